#error "a header of xtensor-blas is included although RNNTS_WITH_BLAS is 0"
