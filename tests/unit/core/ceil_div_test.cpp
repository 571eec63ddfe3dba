#include "rnnts/core/ceil_div.hpp"

#include <cstdint>

#include "support/catch.hpp"

using rnnts::detail::ceil_div;

TEST_CASE("sizes are divided and rounded up") {
  STATIC_REQUIRE(ceil_div(0, 3) == 0);
  STATIC_REQUIRE(ceil_div(1, 3) == 1);
  STATIC_REQUIRE(ceil_div(3, 3) == 1);
  STATIC_REQUIRE(ceil_div(4, 3) == 2);
  STATIC_REQUIRE(ceil_div(7, 1) == 7);
}

TEST_CASE("the largest sizes do not overflow") {
  STATIC_REQUIRE(ceil_div(5, SIZE_MAX) == 1);
  STATIC_REQUIRE(ceil_div(SIZE_MAX, SIZE_MAX) == 1);
  STATIC_REQUIRE(ceil_div(SIZE_MAX, 2) == SIZE_MAX / 2 + 1);
}
