#include "rnnts/losses/gaussian_negative_log_likelihood.hpp"

#include <array>
#include <cmath>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("the likelihood of a normal distribution, without its constant") {
  const GaussianNegativeLogLikelihood loss;
  const std::array<double, 1> y_true{3};
  const std::array<double, 2> y_pred{1, std::log(4.0)};  // an error of one standard deviation of 2
  CHECK_THAT(loss.value(y_true.data(), y_pred.data(), 2), WithinAbs(0.5 * (std::log(4.0) + 1), 1e-14));
  std::array<double, 2> dy{};
  loss.derivative(y_true.data(), y_pred.data(), dy.data(), 2);
  CHECK_THAT(dy[0], WithinAbs(-0.5, 1e-14));
  CHECK_THAT(dy[1], WithinAbs(0, 1e-14));
}

TEST_CASE("means come first, then the logarithms of the variances") {
  const GaussianNegativeLogLikelihood loss;
  const std::array<double, 2> y_true{1, 5};
  const std::array<double, 4> y_pred{1, 4, 0.5, 0};
  CHECK_THAT(loss.value(y_true.data(), y_pred.data(), 4), WithinAbs((0.5 * 0.5 + 0.5 * 1) / 2, 1e-14));
}
