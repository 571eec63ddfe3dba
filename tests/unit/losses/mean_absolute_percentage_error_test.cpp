#include "rnnts/losses/mean_absolute_percentage_error.hpp"

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("mape is the error in percent of the label") {
  const MeanAbsolutePercentageError loss;
  CHECK(loss.value(4.0, 5.0) == 25);
  CHECK(loss.value(-4.0, -3.0) == 25);
  CHECK(loss.derivative(4.0, 5.0) == 25);
  CHECK(loss.derivative(4.0, 3.0) == -25);
  CHECK_THAT(loss.value(0.0, 1.0), WithinRel(1e9, 1e-12));
}
