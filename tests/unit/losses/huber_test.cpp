#include "rnnts/losses/huber.hpp"

#include <limits>

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

TEST_CASE("huber is refused with a delta that is not above 0") {
  CHECK_NOTHROW(Huber{.delta = 1e-3}.check());
  CHECK_NOTHROW(Huber{.delta = std::numeric_limits<double>::infinity()}.check());  // half a square everywhere
  CHECK_THROWS_AS(Huber{.delta = 0}.check(), ArgumentError);
  CHECK_THROWS_AS(Huber{.delta = std::numeric_limits<double>::quiet_NaN()}.check(), ArgumentError);
  CHECK_THROWS_WITH(Huber{.delta = -1}.check(), "huber: expected a delta above 0, found -1");
}
