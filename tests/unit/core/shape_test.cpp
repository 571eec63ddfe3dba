#include "rnnts/core/shape.hpp"

#include "support/catch.hpp"

TEST_CASE("shapes tell vectors from sequences") {
  constexpr auto vector = rnnts::vector_shape(3), one_step = rnnts::sequence_shape(1, 3);
  STATIC_REQUIRE(vector.features == 3);
  STATIC_REQUIRE(vector.steps == 1);
  STATIC_REQUIRE(one_step.steps == 1);
  STATIC_REQUIRE(vector != one_step);
  STATIC_REQUIRE(rnnts::sequence_shape(rnnts::any_steps, 2).is_sequence);
}
