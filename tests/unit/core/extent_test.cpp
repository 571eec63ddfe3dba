#include "rnnts/core/extent.hpp"

#include <concepts>
#include <type_traits>

#include "support/catch.hpp"

using namespace rnnts;
using detail::Extent;

TEST_CASE("a size that the compiler knows takes no memory, and one that it does not has no default") {
  STATIC_REQUIRE(std::is_empty_v<Extent<5>>);
  STATIC_REQUIRE(Extent<5>() == 5);
  STATIC_REQUIRE(Extent<5>(7) == 5);  // what is given is not looked at
  STATIC_REQUIRE_FALSE(std::default_initializable<Extent<dynamic>>);
  STATIC_REQUIRE(Extent<dynamic>(7) == 7);
}

TEST_CASE("a multiple of a size that is not known is not known, but for none of it") {
  STATIC_REQUIRE(detail::times<3, 5> == 15);
  STATIC_REQUIRE(detail::times<3, dynamic> == dynamic);
  STATIC_REQUIRE(detail::times<0, dynamic> == 0);
}

TEST_CASE("sizes are from 1 to what memory could hold") {
  CHECK(detail::check_extent("0.gru", 1, "units") == 1);
  CHECK(detail::check_extent("0.gru", detail::largest_extent, "units") == detail::largest_extent);
  CHECK_THROWS_AS(detail::check_extent("0.gru", detail::largest_extent + 1, "units"), ArgumentError);
  CHECK_THROWS_AS(detail::check_extent("0.gru", dynamic, "units"), ArgumentError);
  CHECK_THROWS_WITH(detail::check_extent("0.gru", 0, "units"),
                    StartsWith("0.gru: expected from 1 to ") && EndsWith(" units, found 0"));
}
