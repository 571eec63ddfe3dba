#include "rnnts/series/labels.hpp"

#include <array>
#include <ranges>
#include <utility>
#include <vector>

#include "rnnts/series/window.hpp"
#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("views::labels gives the label of each sample") {
  const std::vector<int> series{1, 2, 3, 4, 5};
  CHECK(std::ranges::equal(series | views::window(3) | views::labels, std::vector{4, 5}));
  CHECK(std::ranges::equal(series | (views::window(3) | views::labels), std::vector{4, 5}));

  const auto pairs = series | views::window(2, 2) | views::labels;
  CHECK(pairs.size() == 2);
  CHECK(std::ranges::equal(pairs[1], std::vector{4, 5}));

  const std::vector<std::array<int, 2>> rows{{1, 10}, {2, 20}, {3, 30}};
  CHECK(std::ranges::equal(rows | views::window(1, LabelColumn{1}) | views::labels, std::vector{20, 30}));

  const std::vector<std::pair<std::vector<int>, int>> of_pairs{{{1, 2}, 3}, {{2, 3}, 4}};
  CHECK(std::ranges::equal(of_pairs | views::labels, std::vector{3, 4}));
}
