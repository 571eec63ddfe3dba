// Products of small matrices in tiles that stay in registers.
#pragma once

#include <algorithm>
#include <cstddef>

#include "rnnts/kernels/simd.hpp"

#if RNNTS_WITH_XSIMD

namespace rnnts::inline v0::tiles {

/// A matrix in memory: element (row, inner) stands at data[row * row_stride + inner * inner_stride].
template <Scalar T> struct Strided {
  const T* data;
  std::size_t row_stride, inner_stride;
};

/// c (R, C L) += a (R, inner) b (inner, C L), all sums in registers; b and c have rows of N numbers. With one row, the
/// sums of even and odd terms are kept apart, so that one need not wait for the other.
template <std::size_t N, std::size_t R, std::size_t C, std::size_t L, Scalar T>
void add_tile(std::size_t inner, Strided<T> a, const T* b, T* c) {
  using Pack = simd::Pack<T, L>;
  constexpr std::size_t sums = R == 1 && C < 8 ? 2 : 1;
  Pack sum[sums][R][C];
  for (std::size_t r = 0; r < R; ++r) {
    for (std::size_t k = 0; k < C; ++k) {
      sum[0][r][k] = Pack::load(c + r * N + k * L);
      if constexpr (sums == 2) sum[1][r][k] = Pack::all(0);
    }
  }
  const auto add_term = [&](std::size_t i, std::size_t s) __attribute__((always_inline)) {
    Pack term[C];
    for (std::size_t k = 0; k < C; ++k) term[k] = Pack::load(b + i * N + k * L);
    for (std::size_t r = 0; r < R; ++r) {
      const Pack factor = Pack::all(a.data[r * a.row_stride + i * a.inner_stride]);
      for (std::size_t k = 0; k < C; ++k) sum[s][r][k].add_product(factor, term[k]);
    }
  };
  std::size_t i = 0;
  for (; i + sums <= inner; i += sums) {
    for (std::size_t s = 0; s < sums; ++s) add_term(i + s, s);
  }
  for (; i < inner; ++i) add_term(i, 0);
  for (std::size_t r = 0; r < R; ++r) {
    for (std::size_t k = 0; k < C; ++k) {
      if constexpr (sums == 2) sum[0][r][k].add(sum[1][r][k]);
      sum[0][r][k].store(c + r * N + k * L);
    }
  }
}

/// c (rows,N) += a (rows,inner) b (inner,N), from column `first` on.
template <std::size_t N, std::size_t first = 0, Scalar T>
void add_product(std::size_t rows, std::size_t inner, Strided<T> a, const T* b, T* c) {
  constexpr std::size_t L = simd::lanes<T>(N - first);
  constexpr std::size_t most = simd::registers / 8;  // packs side by side
  constexpr std::size_t C = std::min((N - first) / L, most);
  constexpr std::size_t R =
      std::min<std::size_t>(simd::registers / 2 / C, 8);  // rows, for sums in half of the registers
  const auto row = [&](std::size_t r) { return Strided<T>{a.data + r * a.row_stride, a.row_stride, a.inner_stride}; };
  std::size_t r = 0;
  for (; r + R <= rows; r += R) add_tile<N, R, C, L>(inner, row(r), b + first, c + r * N + first);
  if constexpr (R > 3) {
    for (; r + 3 <= rows; r += 3) add_tile<N, 3, C, L>(inner, row(r), b + first, c + r * N + first);
  }
  for (; r < rows; ++r) add_tile<N, 1, C, L>(inner, row(r), b + first, c + r * N + first);
  if constexpr (first + C * L < N) add_product<N, first + C * L>(rows, inner, a, b, c);
}

}  // namespace rnnts::inline v0::tiles

#endif
