#include "rnnts/core/sliding.hpp"

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("a sliding window has a position for every start at which it fits") {
  STATIC_REQUIRE(detail::sliding_steps("layer", 5, 5, 1) == 1);
  STATIC_REQUIRE(detail::sliding_steps("layer", 7, 3, 1) == 5);
  STATIC_REQUIRE(detail::sliding_steps("layer", 7, 3, 2) == 3);
  STATIC_REQUIRE(detail::sliding_steps("layer", 8, 3, 2) == 3);
  STATIC_REQUIRE(detail::sliding_steps("layer", 1, 1, 9) == 1);
  CHECK_THROWS_AS(detail::sliding_steps("layer", 4, 5, 1), ShapeError);
  CHECK_THROWS_WITH(detail::sliding_steps("layer", 4, 5, 1), "layer: expected at least 5 steps, found 4");
}

TEST_CASE("the shape of what a sliding window gives") {
  STATIC_REQUIRE(detail::sliding_shape(sequence_shape(7, 2), 4, 3, 2) == sequence_shape(3, 4));
  STATIC_REQUIRE(detail::sliding_shape(sequence_shape(any_steps, 2), 4, 3, 2) == sequence_shape(any_steps, 4));
  STATIC_REQUIRE(detail::fits_into(sequence_shape(3, 1), 3));
  STATIC_REQUIRE(!detail::fits_into(sequence_shape(3, 1), 4));
  STATIC_REQUIRE(detail::fits_into(sequence_shape(any_steps, 1), 4));
}
