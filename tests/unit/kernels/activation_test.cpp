#include "rnnts/kernels/activation.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

struct Expected {
  double x, y;
};

template <Activation A> void check(std::string_view name, std::vector<Expected> cases) {
  CHECK(A::name == name);
  for (const auto& [x, y] : cases) {
    INFO(name << " of " << x);
    CHECK_THAT(A::value(x), WithinAbs(y, 1e-14));
    CHECK_THAT(static_cast<double>(A::value(static_cast<float>(x))), WithinAbs(y, 2e-6));
  }
}

}  // namespace

TEST_CASE("activations have the values of their definitions") {
  // By the formulas, computed with 20 digits.
  check<Linear>("linear", {{-2, -2}, {0, 0}, {3, 3}});
  check<Tanh>("tanh", {{-1, -0.76159415595576488812}, {0, 0}, {0.5, 0.46211715726000975850}});
  check<Sigmoid>("sigmoid", {{-1, 0.26894142136999512075}, {0, 0.5}, {2, 0.88079707797788244406}});
  check<FastTanh>("fast_tanh", {{-6, -1}, {0, 0}, {6, 1}});
  check<FastSigmoid>("fast_sigmoid", {{-11, 0}, {0, 0.5}, {11, 1}});
  check<ReLU>("relu", {{-1, 0}, {0, 0}, {2, 2}});
  check<LeakyReLU>("leaky_relu", {{-1, -0.2}, {0, 0}, {2, 2}});
  check<Softplus>("softplus", {{-1, 0.31326168751822283405}, {0, 0.69314718055994530942}, {2, 2.1269280110429724964}});
  check<ELU>("elu", {{-1, -0.63212055882855767840}, {0, 0}, {2, 2}});
  check<SELU>("selu", {{-1, -1.1113307378125628}, {0, 0}, {2, 2.1014019747109609868}});
  check<SiLU>("silu", {{-1, -0.26894142136999512075}, {0, 0}, {2, 1.7615941559557648881}});
  check<GELU>("gelu", {{-1, -0.15865525393145705142}, {0, 0}, {2, 1.9544997361036415856}});
  check<Softsign>("softsign", {{-1, -0.5}, {0, 0}, {3, 0.75}});
  check<HardSigmoid>("hard_sigmoid", {{-4, 0}, {-1, 1.0 / 3}, {0, 0.5}, {1.5, 0.75}, {4, 1}});
  check<Exponential>("exponential", {{-1, 0.36787944117144232160}, {0, 1}, {2, 7.3890560989306502272}});
}

TEST_CASE("softplus neither overflows nor loses small values") {
  CHECK(Softplus::value(1000.0) == 1000);
  CHECK_THAT(Softplus::value(-40.0), WithinRel(std::exp(-40.0), 1e-14));
}

TEMPLATE_TEST_CASE("slopes are the derivatives", "", Linear, Tanh, Sigmoid, ReLU, LeakyReLU, Softplus, ELU, SELU, SiLU,
                   GELU, Softsign, HardSigmoid, Exponential) {
  using A = TestType;
  for (const double x : {-7.0, -3.5, -2.0, -0.3, 0.2, 1.1, 2.9, 5.5}) {
    INFO(std::string(A::name) << " at " << x);
    const double h = 1e-6, expected = (A::value(x + h) - A::value(x - h)) / (2 * h);
    const double input = A::needs_input ? x : std::nan("");  // may not be used otherwise
    CHECK_THAT(A::slope(input, A::value(x)), WithinAbs(expected, 1e-9 * (2 + std::abs(expected))));
  }
}

TEMPLATE_TEST_CASE("the fast ones are as near as they say, odd, bounded and rising", "", float, double) {
  using T = TestType;
  const double ulp = std::numeric_limits<float>::epsilon();
  T last_tanh = -1, last_sigmoid = 0;
  for (int k = -12'000; k <= 12'000; ++k) {
    const T x = static_cast<T>(k) / 1000;
    INFO("at " << x);
    const T y = FastTanh::value(x), s = FastSigmoid::value(x);
    REQUIRE_THAT(static_cast<double>(y), WithinAbs(std::tanh(static_cast<double>(x)), 7e-5));
    REQUIRE_THAT(static_cast<double>(s), WithinAbs(1 / (1 + std::exp(-static_cast<double>(x))), 3.5e-5));
    REQUIRE(FastTanh::value(-x) == -y);
    REQUIRE(std::abs(y) <= 1);
    REQUIRE(s >= 0);
    REQUIRE(s <= 1);
    REQUIRE(static_cast<double>(y - last_tanh) >= -3 * ulp);
    REQUIRE(static_cast<double>(s - last_sigmoid) >= -3 * ulp);
    last_tanh = y, last_sigmoid = s;
  }
  constexpr T infinity = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  CHECK(FastTanh::value(T(0)) == 0);
  CHECK(std::signbit(FastTanh::value(T(-0.0))));
  CHECK(FastSigmoid::value(T(0)) == T(0.5));
  CHECK(FastTanh::value(-infinity) == -1);
  CHECK(FastSigmoid::value(infinity) == 1);
  CHECK(FastSigmoid::value(-infinity) == 0);
  CHECK(std::isnan(FastTanh::value(nan)));
  CHECK(std::isnan(FastSigmoid::value(nan)));
  // The slopes of tanh and sigmoid, where these have the same output.
  CHECK(FastTanh::slope(T(0), T(0.5)) == Tanh::slope(T(0), T(0.5)));
  CHECK(FastSigmoid::slope(T(0), T(0.25)) == Sigmoid::slope(T(0), T(0.25)));
}

TEST_CASE("the slope of relu at 0 is 0") { CHECK(ReLU::slope(0.0, 0.0) == 0); }

TEST_CASE("softmax of a row sums to one, and large inputs do not overflow") {
  const std::vector<double> x{1000, 1001, 999, -5};
  std::vector<double> y(4);
  detail::activate<Softmax>(Rows<const double, 4>{x.data(), 1}, Rows<double, 4>{y.data(), 1});
  const double e = std::exp(-1.0), sum = 1 + e + e * e;
  CHECK_THAT(y[0], WithinRel(e / sum, 1e-14));
  CHECK_THAT(y[1], WithinRel(1 / sum, 1e-14));
  CHECK_THAT(y[2], WithinRel(e * e / sum, 1e-14));
  CHECK(y[3] == 0);
}

TEST_CASE("rows are activated in place, each softmax by itself") {
  std::vector<float> x{0, 0, 5, 5};
  const Rows<float, 2> rows{x.data(), 2};
  detail::activate<Softmax>(rows, rows);
  CHECK(x == std::vector<float>(4, 0.5f));
  detail::activate<ReLU>(rows, rows);
  CHECK(x == std::vector<float>(4, 0.5f));
}

TEST_CASE("the backward pass multiplies with the slope, in place too") {
  std::vector<double> x{-1, 2}, y{0, 2}, dy{3, 4};
  const Rows<double, 2> gradient{dy.data(), 1};
  detail::activate_backward<ReLU>({x.data(), 1}, {y.data(), 1}, gradient, gradient);
  CHECK(dy == std::vector<double>{0, 4});
  STATIC_REQUIRE(detail::activation_needs_input<GELU>);
  STATIC_REQUIRE_FALSE(detail::activation_needs_input<Tanh>);
  STATIC_REQUIRE_FALSE(detail::activation_needs_input<Softmax>);
}
