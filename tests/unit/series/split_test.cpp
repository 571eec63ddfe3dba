#include "rnnts/series/split.hpp"

#include <array>
#include <deque>
#include <limits>
#include <numeric>
#include <ranges>
#include <span>
#include <type_traits>
#include <vector>

#include "support/catch.hpp"

TEST_CASE("split refers to a contiguous series by spans") {
  std::vector<float> series(144);
  std::iota(series.begin(), series.end(), 0.0f);
  const auto [train, test] = rnnts::split(series, 0.7);
  STATIC_REQUIRE(std::is_same_v<decltype(train), const std::span<const float>>);
  REQUIRE(train.size() == 100);  // int(144 * 0.7)
  REQUIRE(test.size() == 44);
  CHECK(train.data() == series.data());
  CHECK(test.data() == series.data() + 100);

  const std::array<int, 3> array{1, 2, 3};
  CHECK(rnnts::split(array, 0.5).train.size() == 1);
  CHECK(rnnts::split(std::span(array), 0.5).test.data() == &array[1]);
}

TEST_CASE("split refers to any other random-access series by subranges") {
  std::deque<int> series{1, 2, 3, 4};
  const auto [train, test] = rnnts::split(series, 0.75);
  CHECK(train.size() == 3);
  CHECK(&train[0] == &series[0]);
  CHECK(&test[0] == &series[3]);

  const auto lazy = std::views::iota(0, 4) | std::views::transform([](int i) { return 2 * i; });
  const auto [early, late] = rnnts::split(lazy, 0.5);
  CHECK(std::vector(early.begin(), early.end()) == std::vector{0, 2});
  CHECK(std::vector(late.begin(), late.end()) == std::vector{4, 6});
}

TEST_CASE("split keeps the values of a temporary") {
  const auto [train, test] = rnnts::split(std::vector{1, 2, 3, 4}, 0.5);
  STATIC_REQUIRE(std::is_same_v<decltype(train), const std::vector<int>>);
  CHECK(train == std::vector{1, 2});
  CHECK(test == std::vector{3, 4});
}

TEST_CASE("split refuses fractions outside of (0, 1)") {
  const std::vector<int> series{1, 2, 3};
  for (const double fraction : {0.0, 1.0, -0.1, 70.0, std::numeric_limits<double>::quiet_NaN()})
    CHECK_THROWS_AS(rnnts::split(series, fraction), rnnts::ArgumentError);
  CHECK_THROWS_WITH(rnnts::split(series, 70), "split: expected a fraction between 0 and 1, found 70");
}

TEST_CASE("split leaves no part empty") {
  const std::vector<int> series{1, 2, 3};
  CHECK_THROWS_AS(rnnts::split(series, 0.2), rnnts::DataError);
  CHECK_THROWS_WITH(rnnts::split(series, 0.2), "split: a fraction of 0.2 of 3 values leaves a part empty");
  CHECK_THROWS_WITH(rnnts::split(std::vector<int>{}, 0.5), "split: a fraction of 0.5 of 0 values leaves a part empty");
}
