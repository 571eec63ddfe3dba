// How exact elementary::exp, tanh and sigmoid are: goes through all 2^32 floats, and through doubles of all magnitudes
// that matter, and prints the largest errors. Takes a few minutes; the unit tests look at a sample.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <thread>
#include <type_traits>

#include "rnnts/kernels/elementary.hpp"

namespace {

using namespace rnnts;

// Each with its exact value, computed in a type R that has more digits than T.
struct Exp {
  static constexpr const char* name = "exp";
  template <class T> [[gnu::always_inline]] static T value(T x) { return detail::elementary::exp(x); }
  template <class R> static R exact(R x) { return std::exp(x); }
};
struct Tanh {
  static constexpr const char* name = "tanh";
  template <class T> [[gnu::always_inline]] static T value(T x) { return detail::elementary::tanh(x); }
  template <class R> static R exact(R x) { return std::tanh(x); }
};
struct Sigmoid {
  static constexpr const char* name = "sigmoid";
  template <class T> [[gnu::always_inline]] static T value(T x) { return detail::elementary::sigmoid(x); }
  template <class R> static R exact(R x) { return 1 / (1 + std::exp(-x)); }
};

/// The type with more digits than T, the integer of its size, and which numbers are tried: all bit patterns from
/// `first` to `last`, `step` apart, each with both signs.
template <class T> struct Tried;
template <> struct Tried<float> {
  using Reference = double;
  using Bits = std::uint32_t;
  static constexpr std::uint64_t first = 0, last = 0x7fff'ffff, step = 1;
};
template <> struct Tried<double> {
  using Reference = long double;
  using Bits = std::uint64_t;
  static constexpr std::uint64_t first = std::bit_cast<std::uint64_t>(0x1p-40),
                                 last = std::bit_cast<std::uint64_t>(0x1p10), step = 0x1'0000'3039;
};

/// |found - exact| in units of the last place of the T nearest to `exact`; infinite where `found` is NaN or infinite
/// and should not be, the other way round, or a zero with the wrong sign.
template <class T, class R> double ulps(T found, R exact) {
  const T nearest = static_cast<T>(exact);
  if (!std::isfinite(nearest) || nearest == 0) {
    const bool same =
        std::isnan(nearest) ? std::isnan(found) : found == nearest && std::signbit(found) == std::signbit(nearest);
    if (same) return 0;
    if (nearest != 0 || found == 0) return HUGE_VAL;
  }
  using Bits = typename Tried<T>::Bits;
  constexpr int digits = std::numeric_limits<T>::digits - 1;
  const T normal = std::max(std::abs(nearest), std::numeric_limits<T>::min());
  const T power = std::bit_cast<T>(std::bit_cast<Bits>(normal) >> digits << digits);
  return static_cast<double>(std::abs(static_cast<R>(found) - exact) / static_cast<R>(power)) * std::ldexp(1, digits);
}

template <class T> struct Worst {
  double error = 0;
  T at = 0;
};

/// Tries every `stride`-th of the numbers, from number `offset` on, 256 at a time, so that they are done in registers.
template <class F, class T> Worst<T> try_numbers(std::uint64_t offset, std::uint64_t stride) {
  using N = Tried<T>;
  constexpr std::size_t size = 256;
  constexpr std::uint64_t count = (N::last - N::first) / N::step + 1;
  std::array<T, size> x, y;
  Worst<T> worst;
  for (std::uint64_t begin = offset * size; begin < count; begin += stride * size) {
    for (const T sign : {T(1), T(-1)}) {
      for (std::size_t i = 0; i < size; ++i) {
        const auto bits = N::first + std::min(begin + i, count - 1) * N::step;
        x[i] = std::copysign(std::bit_cast<T>(static_cast<typename N::Bits>(bits)), sign);
      }
      for (std::size_t i = 0; i < size; ++i) y[i] = F::value(x[i]);
      for (std::size_t i = 0; i < size; ++i) {
        const double error = ulps(y[i], F::exact(static_cast<typename N::Reference>(x[i])));
        if (error > worst.error) worst = {error, x[i]};
      }
    }
  }
  return worst;
}

template <class F, class T> void report(const char* type) {
  Worst<T> worst, other;
  std::thread half([&other] { other = try_numbers<F, T>(1, 2); });
  worst = try_numbers<F, T>(0, 2);
  half.join();
  if (other.error > worst.error) worst = other;
  std::printf("%-8s %-7s largest error %.3f ulp at %.9g (%a)\n", F::name, type, worst.error,
              static_cast<double>(worst.at), static_cast<double>(worst.at));
  using Limits = std::numeric_limits<T>;
  for (const T x :
       {T(0), Limits::denorm_min(), Limits::min(), Limits::max(), Limits::infinity(), Limits::quiet_NaN()}) {
    std::printf("  f(%g) = %.9g, f(%g) = %.9g\n", static_cast<double>(x), static_cast<double>(F::value(x)),
                static_cast<double>(-x), static_cast<double>(F::value(-x)));
  }
  std::fflush(stdout);
}

}  // namespace

int main() {
  report<Exp, float>("float");
  report<Tanh, float>("float");
  report<Sigmoid, float>("float");
  report<Exp, double>("double");
  report<Tanh, double>("double");
  report<Sigmoid, double>("double");
}
