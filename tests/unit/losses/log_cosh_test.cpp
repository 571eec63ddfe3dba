#include "rnnts/losses/log_cosh.hpp"

#include <cmath>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("log cosh, also where cosh overflows") {
  const LogCosh loss;
  CHECK_THAT(loss.value(1.0, 2.5), WithinAbs(std::log(std::cosh(1.5)), 1e-15));
  CHECK_THAT(loss.value(2.5, 1.0), WithinAbs(std::log(std::cosh(1.5)), 1e-15));
  CHECK(loss.value(0.0, 0.0) == 0);
  CHECK_THAT(loss.value(0.0, 1e4), WithinRel(1e4 - std::log(2.0), 1e-15));
  CHECK_THAT(loss.value(0.0, -1e4), WithinRel(1e4 - std::log(2.0), 1e-15));
  CHECK_THAT(loss.derivative(1.0, 2.5), WithinAbs(std::tanh(1.5), 1e-15));
}
