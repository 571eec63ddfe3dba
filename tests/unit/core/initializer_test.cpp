#include "rnnts/core/initializer.hpp"

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("an initializer is made of its name and numbers, at compile time too") {
  STATIC_REQUIRE(zeros.kind == Initializer::Kind::constant);
  STATIC_REQUIRE(zeros.a == 0);
  STATIC_REQUIRE(ones.a == 1);
  STATIC_REQUIRE(random_uniform().b == 0.05);
  STATIC_REQUIRE(orthogonal(2).a == 2);
}

TEST_CASE("unit_forget keeps what it is given") {
  constexpr Initializer bias = detail::unit_forget(constant(0.5));
  STATIC_REQUIRE(bias.unit_forget);
  STATIC_REQUIRE(bias.a == 0.5);
  STATIC_REQUIRE_FALSE(constant(0.5).unit_forget);
}
