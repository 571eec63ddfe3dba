#include "rnnts/losses/huber.hpp"

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("huber is half a square up to delta, then a line that continues it") {
  const Huber loss{.delta = 2};
  CHECK(loss.value(1.0, 2.5) == 1.5 * 1.5 / 2);
  CHECK(loss.value(3.0, 1.0) == 2);
  CHECK(loss.value(0.0, -5.0) == 2 * (5 - 1));
  CHECK(loss.derivative(1.0, 2.5) == 1.5);
  CHECK(loss.derivative(0.0, -5.0) == -2);
  CHECK(loss.derivative(0.0, 5.0) == 2);
  CHECK(Huber{}.value(0.0, 3.0) == 2.5);
}
