// Products of a row with a quantized matrix: integers are multiplied and added, and the sums become float again.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>

#include "rnnts/core/ceil_div.hpp"
#include "rnnts/core/loops.hpp"
#include "rnnts/kernels/elementary.hpp"
#include "rnnts/kernels/loop.hpp"
#include "rnnts/kernels/row_product.hpp"
#include "rnnts/kernels/simd.hpp"
#include "rnnts/tensor/quantized_matrix.hpp"
#include "rnnts/tensor/view.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI::detail {

/// A row x (I) as integers, x ≈ scale numbers, with zeros up to a multiple of four. Of up to 512 numbers the largest is
/// 32767; of more it is as large as their sums of products with bytes allow.
template <std::size_t I> struct QuantizedRow {
  static constexpr std::size_t size = ceil_div(I, 4) * 4;
  static constexpr auto largest =
      static_cast<std::int16_t>(std::min<std::size_t>(32767, std::numeric_limits<std::int32_t>::max() / (128 * size)));

  alignas(cache_line) std::int16_t numbers[size]{};
  float scale;

  /// Where a number of x is not finite, neither is the scale. Below 1e-30 all numbers are taken for zero.
  explicit QuantizedRow(const float* x) {
    std::int32_t magnitude = 0;  // numbers without a sign are in the order of their bits, and NaN is above them
    for (std::size_t i = 0; i < I; ++i) {
      magnitude = std::max(magnitude, std::bit_cast<std::int32_t>(x[i]) & 0x7fffffff);
    }
    const auto of_largest = std::bit_cast<float>(magnitude);
    scale = of_largest / largest;
    const float factor = of_largest < 1e-30f ? 0.0f : largest / of_largest;
    for_each_number<I>([&](std::size_t i) __attribute__((always_inline)) {
      const float multiple = x[i] * factor, most = largest;
      // In this order NaN becomes a number, as a conversion needs.
      const float within = select(multiple > -most, select(multiple < most, multiple, most), -most);
      numbers[i] = static_cast<std::int16_t>(static_cast<std::int32_t>(within + select(within < 0, -0.5f, 0.5f)));
    });
  }
};

/// A row x (I) and a quantized matrix w (I,N), for their product; `backwards` reads the last rows first, which changes
/// nothing but what a cache holds in the end.
template <class Q, std::size_t I, std::size_t N> struct QuantizedRowProduct {
  const float* x;
  const QuantizedMatrix<Q, I, N>& w;
  bool backwards;
};

template <std::size_t I, std::size_t N, class Q>
[[gnu::always_inline]] inline QuantizedRowProduct<Q, I, N> row_product(const float* x,
                                                                       const QuantizedMatrix<Q, I, N>& w,
                                                                       bool backwards = false) {
  return {x, w, backwards};
}

namespace naive {

/// sums (N) = x w, where w is one plane of bytes.
template <std::size_t I, std::size_t N, class Matrix>
void set_sums(const QuantizedRow<I>& x, const std::int32_t* words, bool, std::int32_t* sums) {
  std::fill_n(sums, N, 0);
  for (std::size_t i = 0; i < x.size; i += 4, words += N) {
    const int a = x.numbers[i], b = x.numbers[i + 1], c = x.numbers[i + 2], d = x.numbers[i + 3];
    for (std::size_t n = 0; n < N; ++n) {
      const auto byte = [word = static_cast<std::uint32_t>(words[n])](std::size_t k) {
        return static_cast<std::int8_t>(word >> Matrix::shift(k));
      };
      sums[n] += a * byte(0) + b * byte(1) + c * byte(2) + d * byte(3);
    }
  }
}

}  // namespace naive

namespace tiles {

/// The same for a block of the columns, from `first` on, all sums in registers.
template <simd::Block block, std::size_t N, std::size_t I>
[[gnu::always_inline]] inline void set_sums(std::size_t first, const QuantizedRow<I>& x, const std::int32_t* words,
                                            bool backwards, std::int32_t* sums) {
  constexpr std::size_t C = block.packs, L = block.lanes, rows = QuantizedRow<I>::size / 4;
  using Register = simd::WordRegister<L>;
  using Halves = typename Register::Halves;
  typename Register::Words sum[C]{};
#pragma GCC unroll 1
  for (std::size_t step = 0; step < rows; ++step) {
    const std::size_t row = backwards ? rows - 1 - step : step;
    std::int32_t pairs[2];
    std::memcpy(pairs, x.numbers + 4 * row, sizeof pairs);
    const auto lower = Halves(Register::all(pairs[0])), upper = Halves(Register::all(pairs[1]));
    simd::unroll<C>([&]<std::size_t k>() __attribute__((always_inline)) {
      const auto word = Halves(Register::load(words + row * N + first + k * L));
      sum[k] = simd::add_pair_products<L>(sum[k], lower, (word << 8) >> 8);
      sum[k] = simd::add_pair_products<L>(sum[k], upper, word >> 8);
    });
  }
  std::memcpy(sums + first, sum, sizeof sum);
}

}  // namespace tiles

/// y (N) += scales ⊙ (numbers of x) w, and that times the scale of x
template <class Q, std::size_t I, std::size_t N> void add_row(float* y, QuantizedRowProduct<Q, I, N> product) {
  using Matrix = QuantizedMatrix<Q, I, N>;
  const QuantizedRow<I> x(product.x);
  const float* const scales = product.w.scales();
  for (std::size_t plane = 0; plane < Matrix::planes; ++plane) {
    const std::int32_t* const words = product.w.words(plane);
    alignas(cache_line) std::int32_t sums[N];
    if constexpr (simd::has_pair_products) {
      simd::for_each_block<float, N, tiles::row_sums>(
          [&]<std::size_t first, simd::Block block>()
              __attribute__((always_inline)) { tiles::set_sums<block, N>(first, x, words, product.backwards, sums); });
    } else {
      naive::set_sums<I, N, Matrix>(x, words, product.backwards, sums);
    }
    const float scale = plane == 0 ? x.scale : 256 * x.scale;
    for_each_number<N>([&](std::size_t n)
                           __attribute__((always_inline)) { y[n] += scale * scales[n] * static_cast<float>(sums[n]); });
  }
}

/// y (N) += x w, of a matrix of float
template <std::size_t I, std::size_t N>
[[gnu::always_inline]] inline void add_row(float* y, RowProduct<float, I, N> product) {
  set_row(std::span<const float, N>(y, N), y, product);
}

/// y (N) = b (N) + x w; b is empty where there is no bias.
template <std::size_t M, class Q, std::size_t I, std::size_t N>
  requires(M == N || M == 0)
[[gnu::always_inline]] inline void set_row(std::span<const float, M> b, float* y,
                                           QuantizedRowProduct<Q, I, N> product) {
  if constexpr (M == 0) {
    std::fill_n(y, N, 0.0f);
  } else {
    copy_row(b, y);
  }
  add_row(y, product);
}

/// The sum of two products, of which one or both are those of quantized matrices.
template <std::size_t M, class Product, class Q, std::size_t I, std::size_t N>
[[gnu::always_inline]] inline void set_row(std::span<const float, M> b, float* y, Product first,
                                           QuantizedRowProduct<Q, I, N> second) {
  set_row(b, y, first);
  add_row(y, second);
}
template <std::size_t M, class Q, std::size_t I, std::size_t J, std::size_t N>
[[gnu::always_inline]] inline void set_row(std::span<const float, M> b, float* y, QuantizedRowProduct<Q, I, N> first,
                                           RowProduct<float, J, N> second) {
  set_row(b, y, first);
  add_row(y, second);
}

/// y (rows,N) += x (rows,I) w (I,N)
template <class Q, std::size_t I, std::size_t N>
void add_product(std::type_identity_t<Rows<const float, I>> x, const QuantizedMatrix<Q, I, N>& w, Rows<float, N> y) {
  for (std::size_t row = 0; row < y.count; ++row) add_row(y[row], row_product(x[row], w));
}

}  // namespace rnnts::inline RNNTS_ABI::detail

RNNTS_LOOPS_END
