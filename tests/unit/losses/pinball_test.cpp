#include "rnnts/losses/pinball.hpp"

#include <array>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("the pinball loss weighs errors by their side") {
  const Pinball loss{.quantile = 0.75};
  CHECK(loss.value(3.0, 1.0) == 1.5);
  CHECK(loss.value(1.0, 3.0) == 0.5);
  CHECK(loss.value(1.0, 1.0) == 0);
  CHECK(loss.derivative(3.0, 1.0) == -0.75);
  CHECK(loss.derivative(1.0, 3.0) == 0.25);
}

TEST_CASE("its minimum over one number is the quantile") {
  const Pinball loss{.quantile = 0.25};
  const auto total = [&](double prediction) {
    double sum = 0;
    for (const double y : {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0}) sum += loss.value(y, prediction);
    return sum;
  };
  CHECK(total(2) < total(1.9));
  CHECK(total(2) < total(2.1));
}

TEST_CASE("several quantiles are the mean of their losses, label after label") {
  const Quantiles<2> loss{{0.25, 0.75}};
  STATIC_REQUIRE(Quantiles<2>::labels(4) == 2);
  const std::array<double, 2> y_true{3, 1};
  const std::array<double, 4> y_pred{1, 2, 1, 5};
  CHECK(loss.value(y_true.data(), y_pred.data(), 4) == (0.25 * 2 + 0.75 * 1 + 0 + 0.25 * 4) / 4);
  std::array<double, 4> dy{9, 9, 9, 9};
  loss.derivative(y_true.data(), y_pred.data(), dy.data(), 4);
  CHECK(dy == std::array<double, 4>{-0.25 / 4, -0.75 / 4, 0, 0.25 / 4});
}
