#include "rnnts/forecast/forecast.hpp"

#include <span>
#include <vector>

#include "support/catch.hpp"

using rnnts::Forecast;

namespace {

std::vector<double> numbers(std::span<const double> values) { return {values.begin(), values.end()}; }

const Forecast two_series{.horizon = 2,
                          .unique_ids = {"a", "b"},
                          .values = {1, 2, 3, 4},
                          .levels = {0.1, 0.9},
                          .quantiles = {0, 2, 1, 3, 2, 4, 3, 5}};

}  // namespace

TEST_CASE("a Forecast gives the numbers of each series, and its quantiles by their level") {
  CHECK(two_series.size() == 2);
  CHECK(numbers(two_series.mean()) == std::vector<double>{1, 2});
  CHECK(numbers(two_series.mean(1)) == std::vector<double>{3, 4});
  CHECK(two_series.quantile(0.9) == std::vector<double>{2, 3});
  CHECK(two_series.quantile(0.1, 1) == std::vector<double>{2, 3});
  CHECK(numbers(two_series.all_quantiles(1)) == std::vector<double>{2, 4, 3, 5});
}

TEST_CASE("a Forecast refuses a series and a level that it does not have") {
  CHECK_THROWS_WITH(two_series.mean(2), "Forecast: there is no series 2: there are 2, counted from 0");
  CHECK_THROWS_WITH(two_series.quantile(0.5),
                    "Forecast: expected the level of one of its quantiles, which are 0.1, 0.9, found 0.5");
  CHECK_THROWS_WITH((Forecast{.horizon = 1, .unique_ids = {""}, .values = {1}}.quantile(0.5)),
                    "Forecast: expected the level of one of its quantiles, which are none, found 0.5");
}
