#include "rnnts/series/window_iterator.hpp"

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("how many samples a series gives") {
  constexpr detail::WindowSizes sizes{.look_back = 3, .horizon = 2, .stride = 2};
  STATIC_REQUIRE(sizes.samples(4) == 0);
  STATIC_REQUIRE(sizes.samples(5) == 1);
  STATIC_REQUIRE(sizes.samples(6) == 1);
  STATIC_REQUIRE(sizes.samples(7) == 2);
  STATIC_REQUIRE(detail::WindowSizes{}.samples(2) == 1);
}

TEST_CASE("a size that no series has is refused as too large") {
  CHECK_THROWS_WITH((detail::WindowSizes{.look_back = static_cast<std::size_t>(-1) / 4}.require_valid()),
                    "views::window: expected look_back to be at most 2305843009213693951, found 4611686018427387903");
  CHECK_NOTHROW((detail::WindowSizes{.look_back = static_cast<std::size_t>(-1) / 8}.require_valid()));
}

TEST_CASE("sizes of 0, and negative numbers that were made unsigned, are refused") {
  CHECK_NOTHROW(detail::WindowSizes{}.require_valid());
  CHECK_THROWS_WITH((detail::WindowSizes{.look_back = 0}.require_valid()),
                    "views::window: expected look_back to be at least 1, found 0");
  CHECK_THROWS_WITH((detail::WindowSizes{.horizon = static_cast<std::size_t>(-1)}.require_valid()),
                    "views::window: expected horizon to be at least 1, found -1");
  CHECK_THROWS_WITH((detail::WindowSizes{.stride = 0}.require_valid()),
                    "views::window: expected stride to be at least 1, found 0");
}
