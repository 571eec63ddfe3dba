#include "rnnts/layers/input.hpp"

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("an input is a sequence, of any number of steps or of a given one") {
  STATIC_REQUIRE(Input<3>::shape == sequence_shape(any_steps, 3));
  STATIC_REQUIRE(Input<1, 20>::shape == sequence_shape(20, 1));
}
