// The one file that calls a BLAS, through its C interface, as a header of xtensor-blas declares it.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

#include "rnnts/core/abi.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/kernels/simd.hpp"

#if RNNTS_WITH_BLAS

// The C interface alone: the templates around it, cxxblas.cxx, are a tenth of what a compiler reads for the library.
#include <xflens/cxxblas/drivers/cblas.h>

extern "C" __attribute__((weak)) char* openblas_get_corename();  // null if another BLAS is linked, or a static one

#endif

namespace rnnts::inline RNNTS_ABI::detail::blas {

/// Whether these are OpenBLAS' kernels for a processor that it does not know: SSE3, whatever the processor could do.
inline bool is_fallback(std::string_view kernels) { return kernels == "Prescott"; }

/// Whether the BLAS falls back to narrower registers than those of this build.
inline bool is_narrower() {
#if RNNTS_WITH_BLAS
  static const bool falls_back = openblas_get_corename && is_fallback(openblas_get_corename());
  return falls_back && simd::widest<float> > 4;
#else
  return false;
#endif
}

enum class Left { plain, transposed };

/// C (rows,columns) += op(A) (rows,inner) B (inner,columns), all row-major without gaps; `Left::transposed`
/// says that A is stored as (inner,rows). Not defined without a BLAS.
template <Scalar T>
void add_product(Left left, std::size_t rows, std::size_t columns, std::size_t inner, const T* a, const T* b, T* c);

#if RNNTS_WITH_BLAS
template <Scalar T>
void add_product(Left left, std::size_t rows, std::size_t columns, std::size_t inner, const T* a, const T* b, T* c) {
  const auto gemm = [] {
    if constexpr (std::same_as<T, float>) {
      return cblas_sgemm;
    } else {
      return cblas_dgemm;
    }
  }();
  const bool transposed = left == Left::transposed;
  const auto index = [](std::size_t n) { return static_cast<CBLAS_INT>(n); };
  gemm(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, index(rows), index(columns), index(inner),
       T(1), a, index(transposed ? rows : inner), b, index(columns), T(1), c, index(columns));
}
#endif

}  // namespace rnnts::inline RNNTS_ABI::detail::blas
