#include "rnnts/losses/pinball.hpp"

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
