#include "rnnts/kernels/elementary.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// |found - expected| in units of the last place of a T.
template <class T> double ulps(T found, long double expected) {
  const T rounded = static_cast<T>(expected);
  if (std::isinf(rounded)) return found == rounded ? 0 : HUGE_VAL;
  const T above = std::nextafter(std::abs(rounded), std::numeric_limits<T>::infinity());
  const auto ulp = static_cast<long double>(above) - std::abs(static_cast<long double>(rounded));
  return static_cast<double>(std::abs(static_cast<long double>(found) - expected) / ulp);
}

struct Worst {
  double error = 0;
  double at = 0;

  void note(double candidate, double x) {
    if (!(candidate <= error)) *this = {candidate, x};
  }
};

/// Every 4099th float from all of them: denormal numbers, both signs, up to the largest.
template <class F, class G> Worst worst_of_floats(F function, G exact) {
  Worst worst;
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += 4099) {
    const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    if (!std::isfinite(x)) continue;
    worst.note(ulps(function(x), exact(static_cast<long double>(x))), static_cast<double>(x));
  }
  return worst;
}

/// Doubles of all magnitudes between 2^-1074 and the limit, of both signs.
template <class F, class G> Worst worst_of_doubles(F function, G exact, double limit) {
  Worst worst;
  for (int i = 0; i < 400000; ++i) {
    const double magnitude = limit * (i % 4000 + 0.37) / 4000;
    const double scaled = i < 200000 ? magnitude : std::ldexp(magnitude, -(i % 1080));
    const double x = i % 2 == 0 ? scaled : -scaled;
    worst.note(ulps(function(x), exact(static_cast<long double>(x))), x);
  }
  return worst;
}

long double exact_sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

TEST_CASE("exp, tanh and sigmoid of floats are within a few units in the last place on the whole line") {
  const auto exp =
      worst_of_floats([](float x) { return detail::elementary::exp(x); }, [](long double x) { return std::exp(x); });
  INFO("exp: " << exp.error << " at " << exp.at);
  CHECK(exp.error <= 1.5);
  const auto tanh =
      worst_of_floats([](float x) { return detail::elementary::tanh(x); }, [](long double x) { return std::tanh(x); });
  INFO("tanh: " << tanh.error << " at " << tanh.at);
  CHECK(tanh.error <= 3);
  const auto sigmoid = worst_of_floats([](float x) { return detail::elementary::sigmoid(x); }, exact_sigmoid);
  INFO("sigmoid: " << sigmoid.error << " at " << sigmoid.at);
  CHECK(sigmoid.error <= 3);
}

TEST_CASE("exp, tanh and sigmoid of doubles are within a few units in the last place") {
  const auto exp = worst_of_doubles([](double x) { return detail::elementary::exp(x); },
                                    [](long double x) { return std::exp(x); }, 708);
  INFO("exp: " << exp.error << " at " << exp.at);
  CHECK(exp.error <= 1.5);
  const auto tanh = worst_of_doubles([](double x) { return detail::elementary::tanh(x); },
                                     [](long double x) { return std::tanh(x); }, 25);
  INFO("tanh: " << tanh.error << " at " << tanh.at);
  CHECK(tanh.error <= 3);
  const auto sigmoid = worst_of_doubles([](double x) { return detail::elementary::sigmoid(x); }, exact_sigmoid, 700);
  INFO("sigmoid: " << sigmoid.error << " at " << sigmoid.at);
  CHECK(sigmoid.error <= 3);
}

TEMPLATE_TEST_CASE("special values", "", float, double) {
  using T = TestType;
  const T infinity = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  const T largest = std::numeric_limits<T>::max();
  CHECK(detail::elementary::exp(T(0)) == 1);
  CHECK(detail::elementary::tanh(T(0)) == 0);
  CHECK(detail::elementary::sigmoid(T(0)) == T(0.5));
  CHECK(detail::elementary::exp(-T(0)) == 1);
  CHECK((detail::elementary::tanh(-T(0)) == 0 && std::signbit(detail::elementary::tanh(-T(0)))));
  CHECK(detail::elementary::sigmoid(-T(0)) == T(0.5));
  for (const T x : {infinity, largest, T(1e6)}) {
    CHECK(detail::elementary::exp(x) == infinity);
    CHECK(detail::elementary::exp(-x) == 0);
    CHECK(detail::elementary::tanh(x) == 1);
    CHECK(detail::elementary::tanh(-x) == -1);
    CHECK(detail::elementary::sigmoid(x) == 1);
    CHECK(detail::elementary::sigmoid(-x) == 0);
  }
  for (const T x : {std::numeric_limits<T>::denorm_min(), std::numeric_limits<T>::min()}) {
    CHECK(detail::elementary::exp(x) == 1);
    CHECK(detail::elementary::tanh(x) == x);
    CHECK(detail::elementary::tanh(-x) == -x);
    CHECK(detail::elementary::sigmoid(x) == T(0.5));
  }
  for (const T x : {nan, -nan}) {
    CHECK(std::isnan(detail::elementary::exp(x)));
    CHECK(std::isnan(detail::elementary::tanh(x)));
    CHECK(std::isnan(detail::elementary::sigmoid(x)));
  }
}
