#include "rnnts/kernels/thresholds.hpp"

#include "support/catch.hpp"

TEST_CASE("the build option decides whether there is a BLAS") {
  CHECK(rnnts::detail::with_blas == (RNNTS_WITH_BLAS == 1));
}
