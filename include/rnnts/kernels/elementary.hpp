// exp, expm1, tanh and sigmoid without branches, so that a compiler can do many at once in SIMD registers.
//
// A call of the C library is exact to half a unit in the last place, but is one number at a time. These are
// exact to a few units (tests/unit/kernels/elementary_test.cpp holds the bounds), correct at 0, at infinity
// and for NaN, and their results do not depend on the instruction set beyond the rounding of fused
// multiply-adds. Not for -ffast-math, which would fold what they do to split a number.
//
// All of it must be inlined: a loop around a call is not vectorised, and g++ calls what a large program uses often.
#pragma once

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "rnnts/core/scalar.hpp"

namespace rnnts::inline v0 {
namespace detail {

template <Scalar T> struct ExpConstants;

/// log(2) is split in two, so that k * high is exact for every k that occurs (Cody and Waite 1980).
template <> struct ExpConstants<float> {
  using Bits = std::uint32_t;
  static constexpr int mantissa_bits = 23;
  static constexpr Bits bias = 127;
  static constexpr float round = 0x1.8p23f;  // adding it leaves no room for a fraction
  static constexpr float log2_high = 0x1.63p-1f, log2_low = -0x1.bd0106p-13f;
  static constexpr int terms = 7;                      // of the series: the next is below 2^-25
  static constexpr float lowest = -104, highest = 89;  // exp is 0 below and infinite above
  static constexpr float tanh_saturates = 9.1f;        // 1 - tanh is below 2^-25 from here on
};

template <> struct ExpConstants<double> {
  using Bits = std::uint64_t;
  static constexpr int mantissa_bits = 52;
  static constexpr Bits bias = 1023;
  static constexpr double round = 0x1.8p52;
  static constexpr double log2_high = 0x1.62e42feep-1, log2_low = 0x1.a39ef35793c76p-33;
  static constexpr int terms = 13;
  static constexpr double lowest = -746, highest = 710;
  static constexpr double tanh_saturates = 19.1;
};

/// `condition ? a : b` by masking bits. A conditional expression would keep GCC, which must assume that a
/// comparison can trap, from doing many at once.
template <Scalar T> [[gnu::always_inline]] inline T select(bool condition, T a, T b) {
  using Bits = typename ExpConstants<T>::Bits;
  const Bits mask = Bits{0} - static_cast<Bits>(condition);
  return std::bit_cast<T>((std::bit_cast<Bits>(a) & mask) | (std::bit_cast<Bits>(b) & ~mask));
}

/// `x` within [low, high]; NaN stays NaN.
template <Scalar T> [[gnu::always_inline]] inline T clamp(T x, T low, T high) {
  x = select(x < low, low, x);
  return select(x > high, high, x);
}

/// 2^k for a k in the range of normal numbers.
template <Scalar T> [[gnu::always_inline]] inline T power_of_two(std::make_signed_t<typename ExpConstants<T>::Bits> k) {
  using C = ExpConstants<T>;
  using Bits = typename C::Bits;
  return std::bit_cast<T>(static_cast<Bits>((static_cast<Bits>(k) + C::bias) << C::mantissa_bits));
}

/// x = k log(2) + r with |r| <= log(2) / 2, and expm1(r) by its Taylor series r + r^2 / 2! + r^3 / 3! + …
template <Scalar T> struct ReducedExp {
  using C = ExpConstants<T>;
  using Integer = std::make_signed_t<typename C::Bits>;

  [[gnu::always_inline]] explicit ReducedExp(T x) {
    const T shifted = x * T(1.4426950408889634074) + C::round;
    k = static_cast<Integer>(std::bit_cast<typename C::Bits>(shifted) - std::bit_cast<typename C::Bits>(C::round));
    const T whole = shifted - C::round;
    const T r = (x - whole * C::log2_high) - whole * C::log2_low;
    expm1_r = series(r, std::make_integer_sequence<int, C::terms - 1>{}) * r * r + r;
  }

  /// The series from its second term on, divided by r^2; unrolled, or loops over numbers would not vectorise.
  template <int... before> [[gnu::always_inline]] static T series(T r, std::integer_sequence<int, before...>) {
    T sum = 0;
    ((sum = sum * r + one_over_factorial<C::terms - before>), ...);
    return sum;
  }

  template <int n>
  static constexpr T one_over_factorial = [] {
    T value = 1;
    for (int k = 2; k <= n; ++k) value /= T(k);
    return value;
  }();

  Integer k;
  T expm1_r;
};

}  // namespace detail

namespace elementary {

/// e^x.
template <Scalar T> [[gnu::always_inline]] inline T exp(T x) {
  using C = detail::ExpConstants<T>;
  const detail::ReducedExp<T> e(detail::clamp(x, C::lowest, C::highest));
  // In two factors, because 2^k alone may be beyond the largest or below the smallest normal number.
  const auto half = e.k >> 1;
  return (1 + e.expm1_r) * detail::power_of_two<T>(half) * detail::power_of_two<T>(e.k - half);
}

/// tanh x = (e^2x - 1) / (e^2x + 1), with e^2x - 1 computed without cancellation.
template <Scalar T> [[gnu::always_inline]] inline T tanh(T x) {
  using C = detail::ExpConstants<T>;
  const detail::ReducedExp<T> e(2 * detail::clamp(x, -C::tanh_saturates, C::tanh_saturates));
  const T power = detail::power_of_two<T>(e.k);
  const T expm1 = power * e.expm1_r + (power - 1);
  return expm1 / (expm1 + 2);
}

/// 1 / (1 + e^-x), through e^-|x|, which cannot overflow.
template <Scalar T> [[gnu::always_inline]] inline T sigmoid(T x) {
  const T e = elementary::exp(-std::abs(x));
  return detail::select(x < 0, e, T(1)) / (1 + e);
}

}  // namespace elementary
}  // namespace rnnts::inline v0
