#include "rnnts/series/rows.hpp"

#include <array>
#include <ranges>
#include <span>
#include <vector>

#include "rnnts/tensor/xtensor.hpp"
#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("the rows of a matrix are spans into it") {
  const xt::xtensor<float, 2> matrix{{1, 2, 3}, {4, 5, 6}};
  const auto rows = matrix | views::rows;
  STATIC_REQUIRE(std::ranges::random_access_range<decltype(rows)>);
  STATIC_REQUIRE(std::same_as<std::ranges::range_value_t<decltype(rows)>, std::span<const float>>);
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].data() == &matrix(1, 0));
  CHECK(std::ranges::equal(rows[1], std::array<float, 3>{4, 5, 6}));
}

TEST_CASE("the rows of an expression are computed when they are read, and a temporary is taken over") {
  const auto rows = views::rows(xt::xtensor<float, 2>{{1, 2}, {3, 4}} * 2);
  CHECK(std::ranges::equal(rows[1], std::array<float, 2>{6, 8}));
}
