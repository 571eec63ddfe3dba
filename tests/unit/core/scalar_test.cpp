#include "rnnts/core/scalar.hpp"

#include "support/catch.hpp"

TEST_CASE("float and double are scalars, and nothing else is") {
  STATIC_REQUIRE(rnnts::Scalar<float>);
  STATIC_REQUIRE(rnnts::Scalar<double>);
  STATIC_REQUIRE_FALSE(rnnts::Scalar<int>);
  STATIC_REQUIRE_FALSE(rnnts::Scalar<long double>);
  STATIC_REQUIRE_FALSE(rnnts::Scalar<const float>);
}
