// Products and sums as plain loops: what they mean, the fallback for small sizes, and the oracle of the tests.
#pragma once

#include <cstddef>

#include "rnnts/core/loops.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI::detail::naive {

/// y (rows,N) += x (rows,I) w (I,N)
template <Scalar T, std::size_t I, std::size_t N>
void add_product(Rows<const T, I> x, const Tensor<T, I, N>& w, Rows<T, N> y) {
  const T* const weights = w.data();
  for (std::size_t row = 0; row < x.count; ++row) {
    const T* const in = x[row];
    alignas(cache_line) T sum[N];  // a copy that no other memory can be, so that it stays in registers
    for (std::size_t n = 0; n < N; ++n) sum[n] = y[row][n];
    for (std::size_t i = 0; i < I; ++i) {
      for (std::size_t n = 0; n < N; ++n) sum[n] += in[i] * weights[i * N + n];
    }
    for (std::size_t n = 0; n < N; ++n) y[row][n] = sum[n];
  }
}

/// dw (I,N) += x^T (I,rows) dy (rows,N)
template <Scalar T, std::size_t I, std::size_t N>
void add_outer_product(Rows<const T, I> x, Rows<const T, N> dy, Tensor<T, I, N>& dw) {
  T* const weights = dw.data();
  for (std::size_t i = 0; i < I; ++i) {
    alignas(cache_line) T sum[N];
    for (std::size_t n = 0; n < N; ++n) sum[n] = weights[i * N + n];
    for (std::size_t row = 0; row < x.count; ++row) {
      const T in = x[row][i];
      for (std::size_t n = 0; n < N; ++n) sum[n] += in * dy[row][n];
    }
    for (std::size_t n = 0; n < N; ++n) weights[i * N + n] = sum[n];
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail::naive

RNNTS_LOOPS_END
