// Products of small matrices in tiles that stay in registers.
#pragma once

#include <cstddef>

#include "rnnts/kernels/plan.hpp"
#include "rnnts/kernels/simd.hpp"

namespace rnnts::inline RNNTS_ABI::detail::tiles {

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

/// Whether b, with rows of N numbers, is so wide that its rows stand far apart and reading them takes longer. Then
/// tiles have three packs and eight rows, if there are registers for them.
template <Scalar T, std::size_t N>
inline constexpr bool is_wide = simd::registers == 32 && N * sizeof(T) >= wide_row_bytes;

/// At most as many packs side by side: an eighth of the registers.
template <Scalar T, std::size_t N> inline constexpr std::size_t most_packs = is_wide<T, N> ? 3 : simd::registers / 8;

/// As many rows as to have the sums in half of the registers. Of 16, half are too few: two packs have six rows, with
/// sums in twelve.
consteval std::size_t rows_of_tile(std::size_t packs, bool is_wide) {
  if (packs == 1 || is_wide) return 8;
  if (packs == 2) return simd::registers == 16 ? 6 : 8;
  return simd::registers / 8;
}

/// The columns of one block: c (rows, columns) += a (rows, inner) b (inner, columns), R rows at a time, and the rest
/// with fewer; b and c have rows of N numbers. N is an argument, which costs no time, so that matrices of any N share
/// the code. The matrix a comes by reference: by value it would go through the stack, written in parts and read at
/// once, for which a call for one row waits as long as for a fifth of its work.
template <std::size_t R, simd::Block block, Scalar T>
void add_columns(std::size_t rows, std::size_t inner, const Strided<T>& matrix, const T* b, T* c, std::size_t N) {
  Strided<T> a = matrix;
  const auto add_rows = [&]<std::size_t at_once>() __attribute__((always_inline)) {
    for (; rows >= at_once; rows -= at_once) {
      add_tile<at_once, block.packs, block.lanes>(inner, a, b, c, N);
      a.data += at_once * a.row_stride;
      c += at_once * N;
    }
  };
  add_rows.template operator()<R>();
  if constexpr (R > 4) add_rows.template operator()<4>();
  add_rows.template operator()<2>();
  add_rows.template operator()<1>();
}

/// c (rows,N) += a (rows,inner) b (inner,N)
template <std::size_t N, Scalar T>
void add_product(std::size_t rows, std::size_t inner, Strided<T> a, const T* b, T* c) {
  simd::for_each_block<T, N, most_packs<T, N>>([&]<std::size_t first, simd::Block block>() {
    constexpr std::size_t R = rows_of_tile(block.packs, is_wide<T, N>);
    add_columns<R, block>(rows, inner, a, b + first, c + first, N);
  });
}

/// The same for N that only a run knows.
template <Scalar T>
void add_product(std::size_t rows, std::size_t inner, std::size_t N, Strided<T> a, const T* b, T* c) {
  const auto add = [&]<std::size_t most_packs, bool is_wide>() {
    simd::for_each_block<T, most_packs>(N, [&]<simd::Block block>(std::size_t first) {
      add_columns<rows_of_tile(block.packs, is_wide), block>(rows, inner, a, b + first, c + first, N);
    });
  };
  if constexpr (simd::registers == 32) {
    if (N * sizeof(T) >= wide_row_bytes) return add.template operator()<3, true>();
  }
  add.template operator()<simd::registers / 8, false>();
}

}  // namespace rnnts::inline RNNTS_ABI::detail::tiles
