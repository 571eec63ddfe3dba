// A matrix whose numbers are kept as int8 or int16, with a scale for each column.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>

#include "rnnts/core/ceil_div.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace rnnts::inline RNNTS_ABI {

/// What weights can be kept as.
template <class Q>
concept QuantizedInteger = std::same_as<Q, std::int8_t> || std::same_as<Q, std::int16_t>;

namespace detail {

/// The largest integer that a weight becomes: symmetric, so that zero stays zero and a product needs no correction. An
/// int16 is 256 times one byte and another, of which none is above 127.
template <QuantizedInteger Q> inline constexpr int largest_quantized = sizeof(Q) == 1 ? 127 : 127 * 256 + 127;

/// The scale of numbers of which the largest has this magnitude.
template <QuantizedInteger Q> constexpr float scale_for(float largest) {
  return largest / static_cast<float>(largest_quantized<Q>);
}

/// The nearest multiple of the scale, halves away from zero.
template <QuantizedInteger Q> constexpr Q quantize(float number, float scale) {
  if (scale == 0) return 0;
  constexpr auto largest = static_cast<float>(largest_quantized<Q>);
  const float multiple = number / scale;  // above the largest where the scale is too small to be exact
  const float rounded = multiple < 0 ? multiple - 0.5f : multiple + 0.5f;
  return static_cast<Q>(rounded > largest ? largest : rounded < -largest ? -largest : rounded);
}

/// Integers (I,N) and a scale for each column, which stand for integer times scale.
///
/// Kept in words of 32 bits with four rows of a column each, and zeros after the last row: their first two rows in the
/// lower bytes of the halves of the word, the next two in the upper ones, where one or two shifts make them numbers of
/// 16 bits side by side. An int16 is two such bytes in planes of their own, 256 times the one and the other.
template <QuantizedInteger Q, std::size_t I, std::size_t N> class QuantizedMatrix {
 public:
  static constexpr std::size_t rows_in_word = 4, planes = sizeof(Q), rows_of_words = ceil_div(I, rows_in_word);
  static constexpr std::size_t bytes = (planes * rows_of_words + 1) * N * 4;  ///< with the scales

  /// Numbers in row-major order, as those of a tensor, from -127 to 127 or from -32639 to 32639.
  constexpr void set(std::span<const Q, I * N> numbers, std::span<const float, N> scales) {
    words_ = {};
    for (std::size_t i = 0; i < I; ++i) {
      for (std::size_t n = 0; n < N; ++n) put(i, n, numbers[i * N + n]);
    }
    for (std::size_t n = 0; n < N; ++n) scales_(n) = scales[n];
  }

  /// The nearest that there is to finite numbers: scale = max |w| / 127 of a column for int8, / 32639 for int16, so
  /// that no number moves by more than half of its column's scale.
  constexpr void quantize(const Tensor<float, I, N>& w) {
    words_ = {};
    for (std::size_t n = 0; n < N; ++n) {
      float largest = 0;
      for (std::size_t i = 0; i < I; ++i) {
        const float magnitude = w(i, n) < 0 ? -w(i, n) : w(i, n);
        if (magnitude > largest) largest = magnitude;
      }
      scales_(n) = scale_for<Q>(largest);
      for (std::size_t i = 0; i < I; ++i) put(i, n, detail::quantize<Q>(w(i, n), scales_(n)));
    }
  }

  constexpr Q number(std::size_t i, std::size_t n) const {
    int number = 0;
    for (std::size_t plane = planes; plane-- > 0;) {
      const auto word = static_cast<std::uint32_t>(words(plane)[i / rows_in_word * N + n]);
      number = number * 256 + static_cast<std::int8_t>(word >> shift(i));
    }
    return static_cast<Q>(number);
  }
  /// What stands for the weight.
  constexpr float operator()(std::size_t i, std::size_t n) const { return scales_(n) * number(i, n); }

  static constexpr std::array<std::size_t, 2> extents() { return {I, N}; }
  /// (rows of words, N): plane 0, and of int16 plane 1, whose numbers count 256 times.
  constexpr const std::int32_t* words(std::size_t plane) const { return words_.data() + plane * rows_of_words * N; }
  constexpr const float* scales() const { return scales_.data(); }

  /// Where row i begins in its word.
  static constexpr std::size_t shift(std::size_t i) { return i % 2 * 16 + i / 2 % 2 * 8; }

  static constexpr auto fields() { return std::tuple{Field{"scales", &QuantizedMatrix::scales_}}; }

 private:
  constexpr void put(std::size_t i, std::size_t n, int number) {
    for (std::size_t plane = 0; plane < planes; ++plane) {
      const auto byte = static_cast<std::int8_t>(static_cast<std::uint8_t>(number & 255));
      std::int32_t& word = words_.data()[(plane * rows_of_words + i / rows_in_word) * N + n];
      word |= static_cast<std::int32_t>(std::uint32_t{static_cast<std::uint8_t>(byte)} << shift(i));
      number = (number - byte) / 256;
    }
  }

  TensorMemory<std::int32_t, planes * rows_of_words, N> words_;
  Tensor<float, N> scales_;
};

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
