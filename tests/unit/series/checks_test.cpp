#include "rnnts/series/checks.hpp"

#include <array>
#include <limits>
#include <list>
#include <vector>

#include "rnnts/tensor/xtensor.hpp"
#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("what a series is: a forward range or a tensor, of numbers or of rows") {
  STATIC_REQUIRE(detail::NumberSeries<std::vector<int>>);
  STATIC_REQUIRE(detail::NumberSeries<std::list<float>>);
  STATIC_REQUIRE(detail::NumberSeries<xt::xtensor<double, 1>>);
  STATIC_REQUIRE(detail::RowSeries<std::vector<std::array<float, 3>>>);
  STATIC_REQUIRE(detail::RowSeries<xt::xtensor<double, 2>>);
  STATIC_REQUIRE_FALSE(detail::Series<int>);
  STATIC_REQUIRE_FALSE(detail::NumberSeries<std::vector<std::array<float, 3>>>);
}

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
