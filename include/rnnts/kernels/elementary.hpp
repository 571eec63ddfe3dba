// exp, expm1, tanh and sigmoid without branches, so that a compiler can do many at once in SIMD registers.
//
// A call of the C library is exact to half a unit in the last place (ulp), but is one number at a time. These are exact
// to 1.1 ulp (exp) and 2.7 ulp (tanh, sigmoid), measured on all floats and on doubles of all magnitudes, with and
// without fused multiply-adds (benchmarks/elementary_accuracy.cpp; tests/unit/kernels/elementary_test.cpp checks a
// sample). They are correct at 0, whose sign tanh keeps, at infinity and for NaN, and do not depend on the instruction
// set beyond the rounding of fused multiply-adds. Not for -ffast-math, which would fold what they do to split a number.
//
// All of it must be inlined: a loop around a call is not vectorised, and g++ calls what a large program uses often.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

#include "rnnts/core/scalar.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

template <Scalar T> struct ExpConstants;

/// log(2) is split in two, so that k * high is exact for every k that occurs (Cody and Waite 1980).
template <> struct ExpConstants<float> {
  using Bits = std::uint32_t;
  static constexpr int mantissa_bits = 23;
  static constexpr float bias = 127;
  static constexpr float round = 0x1.8p23f;  // adding it leaves no room for a fraction
  static constexpr float log2_high = 0x1.63p-1f, log2_low = -0x1.bd0106p-13f;
  static constexpr float series[] = {0x1.fffffep-2f, 0x1.5554bp-3f, 0x1.555674p-5f, 0x1.1227bp-7f, 0x1.6bec02p-10f};
  static constexpr float lowest = -104, highest = 89;  // exp is 0 below and infinite above
  static constexpr float tanh_saturates = 9.1f;        // 1 - tanh is below 2^-25 from here on
};

template <> struct ExpConstants<double> {
  using Bits = std::uint64_t;
  static constexpr int mantissa_bits = 52;
  static constexpr double bias = 1023;
  static constexpr double round = 0x1.8p52;
  static constexpr double log2_high = 0x1.62e42feep-1, log2_low = 0x1.a39ef35793c76p-33;
  static constexpr double series[] = {0x1.0000000000005p-1,  0x1.5555555555539p-3,  0x1.555555555228ep-5,
                                      0x1.111111111900fp-7,  0x1.6c16c17ee7225p-10, 0x1.a01a0174fb514p-13,
                                      0x1.a019a74a84745p-16, 0x1.71de88250f6b4p-19, 0x1.28a2067e41846p-22,
                                      0x1.ae6bab25b869bp-26};
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

/// x = k log(2) + r with |r| <= log(2) / 2, and expm1(r) = r + r^2 p(r). The polynomial p is the one of its degree with
/// the smallest relative error of expm1 (Remez' algorithm with 50 digits, then rounded): 2^-25.8 in float, 2^-54.7 in
/// double, where the Taylor series would need one and two terms more.
///
/// For an x far outside of the range of exp all is meaningless; for NaN, expm1_r is NaN.
template <Scalar T> struct ReducedExp {
  using C = ExpConstants<T>;
  using Bits = typename C::Bits;

  /// `offset` is added to k.
  [[gnu::always_inline]] ReducedExp(T x, T offset) {
    const T round = C::round + offset, shifted = x * T(1.4426950408889634074) + round;
    k = std::bit_cast<Bits>(shifted);
    const T whole = shifted - round;
    const T r = (x - whole * C::log2_high) - whole * C::log2_low, r2 = r * r;
    expm1_r = polynomial(r, r2, std::make_index_sequence<(std::size(C::series) - 1) / 2>{}) * r2 + r;
  }

  /// By Horner's scheme in r^2, two terms at once: a chain half as long. Unrolled, or loops over numbers would not
  /// vectorise.
  template <std::size_t... pair> [[gnu::always_inline]] static T polynomial(T r, T r2, std::index_sequence<pair...>) {
    const auto& c = C::series;
    constexpr std::size_t rest = 2 * sizeof...(pair);  // the terms below the highest one or two
    T sum = c[rest];
    if constexpr (std::size(C::series) > rest + 1) sum = c[rest + 1] * r + sum;
    ((sum = sum * r2 + (c[rest - 1 - 2 * pair] * r + c[rest - 2 - 2 * pair])), ...);
    return sum;
  }

  /// 2^n as a T, where the lowest bits of `biased` are n + bias; the others are shifted out.
  [[gnu::always_inline]] static T power_of_two(Bits biased) {
    return std::bit_cast<T>(static_cast<Bits>(biased << C::mantissa_bits));
  }

  Bits k;  ///< in its lowest bits, k + offset
  T expm1_r;
};

/// e^x for an x that is not positive.
template <Scalar T> [[gnu::always_inline]] inline T exp_of_negative(T x) {
  using C = ExpConstants<T>;
  // 2^k alone may be below the smallest normal number.
  const ReducedExp<T> e(x, C::bias + 64);
  return select(x < C::lowest, T(0), (1 + e.expm1_r) * e.power_of_two(e.k) * T(0x1p-64));
}

namespace elementary {

/// e^x.
template <Scalar T> [[gnu::always_inline]] inline T exp(T x) {
  using C = ExpConstants<T>;
  // In two factors, because 2^k alone may be beyond the largest or below the smallest normal number.
  const ReducedExp<T> e(x, 2 * C::bias);
  const auto half = e.k >> 1;
  const T y = (1 + e.expm1_r) * e.power_of_two(half) * e.power_of_two(e.k - half);
  return select(x > C::highest, std::numeric_limits<T>::infinity(), select(x < C::lowest, T(0), y));
}

/// tanh |x| = (e^2|x| - 1) / (e^2|x| + 1), with e^2|x| - 1 computed without cancellation, and the sign of x.
template <Scalar T> [[gnu::always_inline]] inline T tanh(T x) {
  using C = ExpConstants<T>;
  const T magnitude = std::abs(x);
  const ReducedExp<T> e(2 * magnitude, C::bias);
  const T power = e.power_of_two(e.k);
  const T expm1 = power * e.expm1_r + (power - 1);
  return std::copysign(select(magnitude > C::tanh_saturates, T(1), expm1 / (expm1 + 2)), x);
}

/// 1 / (1 + e^-x), through e^-|x|, which cannot overflow.
template <Scalar T> [[gnu::always_inline]] inline T sigmoid(T x) {
  const T e = exp_of_negative(-std::abs(x));
  return select(x < 0, e, T(1)) / (1 + e);
}

/// tanh x within 7e-5, by a quotient of polynomials: a chain of operations half as long. The coefficients have the
/// smallest absolute error on [-5.14, 5.14] of their degrees (fitted by least squares with Lawson's weights); beyond,
/// it is 1 or -1.
template <Scalar T> [[gnu::always_inline]] inline T fast_tanh(T x) {
  const T square = x * x;
  const T above = x * (1 + square * (T(0.102068078686937) + square * T(0.000658672687407626)));
  const T below = 1 + square * (T(0.435098973555899) + square * T(0.0127058916782295));
  return select(std::abs(x) >= T(5.14), std::copysign(T(1), x), above / below);
}

}  // namespace elementary

}  // namespace rnnts::inline RNNTS_ABI::detail
