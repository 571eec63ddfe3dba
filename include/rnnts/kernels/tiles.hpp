// Products of small matrices in tiles that stay in registers.
#pragma once

#include <algorithm>
#include <cstddef>

#include "rnnts/kernels/simd.hpp"
#include "rnnts/kernels/thresholds.hpp"

#if RNNTS_WITH_XSIMD

namespace rnnts::inline v0::detail::tiles {

/// A matrix in memory: element (row, inner) stands at data[row * row_stride + inner * inner_stride].
template <Scalar T> struct Strided {
  const T* data;
  std::size_t row_stride, inner_stride;
};

/// c (R, C L) += a (R, inner) b (inner, C L), all sums in registers; b and c have rows of N numbers. With one row, the
/// sums of even and odd terms are kept apart, so that one need not wait for the other.
template <std::size_t R, std::size_t C, std::size_t L, Scalar T>
[[gnu::always_inline]] inline void add_tile(std::size_t inner, Strided<T> a, const T* b, T* c, std::size_t N) {
  using Pack = simd::Pack<T, L>;
  constexpr std::size_t parts = R == 1 ? 2 : 1;
  Pack sum[parts][R][C];
  simd::unroll<R * C>([&]<std::size_t rk>() __attribute__((always_inline)) {
    sum[0][rk / C][rk % C] = Pack::load(c + rk / C * N + rk % C * L);
    if constexpr (parts == 2) sum[1][rk / C][rk % C] = Pack::all(0);
  });
  const auto add_term = [&]<std::size_t part>(std::size_t i) __attribute__((always_inline)) {
    Pack term[C];
    simd::unroll<C>([&]<std::size_t k>() __attribute__((always_inline)) { term[k] = Pack::load(b + i * N + k * L); });
    simd::unroll<R>([&]<std::size_t r>() __attribute__((always_inline)) {
      const Pack factor = Pack::all(a.data[r * a.row_stride + i * a.inner_stride]);
      simd::unroll<C>([&]<std::size_t k>()
                          __attribute__((always_inline)) { sum[part][r][k].add_product(factor, term[k]); });
    });
  };
  const std::size_t whole = inner - inner % parts;
  for (std::size_t i = 0; i < whole; i += parts) {
    add_term.template operator()<0>(i);
    if constexpr (parts == 2) add_term.template operator()<1>(i + 1);
  }
  if (whole < inner) add_term.template operator()<0>(whole);
  simd::unroll<R * C>([&]<std::size_t rk>() __attribute__((always_inline)) {
    if constexpr (parts == 2) sum[0][rk / C][rk % C].add(sum[1][rk / C][rk % C]);
    sum[0][rk / C][rk % C].store(c + rk / C * N + rk % C * L);
  });
}

/// How many sums a tile holds: `rows` by `packs` of `lanes` numbers.
struct TileShape {
  std::size_t lanes, packs, rows;
};

/// The tile for the first of `columns` columns of matrices with rows of N numbers: as many packs side by side as an
/// eighth of the registers, and as many rows as to have the sums in half of them. Of 16 registers, half are too few:
/// two packs have six rows, with sums in twelve. Where b is so wide that its rows stand far apart, and reading them
/// takes longer, three packs and eight rows if there are registers for them.
template <std::size_t N, Scalar T> consteval TileShape shape_for(std::size_t columns) {
  const bool wide = simd::registers == 32 && N * sizeof(T) >= wide_row_bytes;
  const std::size_t lanes = simd::lanes<T>(columns);
  const std::size_t packs = std::min(columns / lanes, wide ? 3 : simd::registers / 8);
  const std::size_t rows_of_two_packs = simd::registers == 16 ? 6 : 8;
  return {lanes, packs, packs == 1 || wide ? 8 : packs == 2 ? rows_of_two_packs : simd::registers / 8};
}

/// The columns of one tile: c (rows, packs lanes) += a (rows, inner) b (inner, packs lanes), as many rows at a time as
/// the tile has, and the rest with fewer; b and c have rows of N numbers. N is an argument, which costs no time, so
/// that matrices of any N share the code.
template <TileShape tile, Scalar T>
void add_columns(std::size_t rows, std::size_t inner, Strided<T> a, const T* b, T* c, std::size_t N) {
  const auto add_rows = [&]<std::size_t R>() __attribute__((always_inline)) {
    for (; rows >= R; rows -= R) {
      add_tile<R, tile.packs, tile.lanes>(inner, a, b, c, N);
      a.data += R * a.row_stride;
      c += R * N;
    }
  };
  add_rows.template operator()<tile.rows>();
  if constexpr (tile.rows > 4) add_rows.template operator()<4>();
  add_rows.template operator()<2>();
  add_rows.template operator()<1>();
}

/// c (rows,N) += a (rows,inner) b (inner,N), from column `first` on.
template <std::size_t N, std::size_t first = 0, Scalar T>
void add_product(std::size_t rows, std::size_t inner, Strided<T> a, const T* b, T* c) {
  constexpr TileShape tile = shape_for<N, T>(N - first);
  add_columns<tile>(rows, inner, a, b + first, c + first, N);
  constexpr std::size_t next = first + tile.packs * tile.lanes;
  if constexpr (next < N) add_product<N, next>(rows, inner, a, b, c);
}

}  // namespace rnnts::inline v0::detail::tiles

#endif
