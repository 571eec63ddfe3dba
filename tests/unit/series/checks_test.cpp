#include "rnnts/series/checks.hpp"

#include <concepts>
#include <limits>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("integers are computed with as double, floating-point numbers as what they are") {
  STATIC_REQUIRE(std::same_as<detail::RealOf<int>, double>);
  STATIC_REQUIRE(std::same_as<detail::RealOf<float>, float>);
}

TEST_CASE("a number that is not finite is named with the function and its place") {
  CHECK_NOTHROW(detail::require_finite("split", 1.5, 0));
  CHECK_NOTHROW(detail::require_finite("split", 7, 0));
  CHECK_THROWS_WITH(detail::require_finite("difference", std::numeric_limits<double>::infinity(), 3),
                    "difference: value 3 (counted from 0) is inf, expected a finite number");
}
