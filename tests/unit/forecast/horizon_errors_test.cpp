#include "rnnts/forecast/horizon_errors.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {
/// The largest sum of a series, which no plain sum over all values gives.
struct LargestOfSeries {
  double sum = 0, largest = 0;
  void end_series() {
    largest = std::max(largest, sum);
    sum = 0;
  }
  double errors() const { return largest; }
};
}  // namespace

TEST_CASE("sums know where a series ends, in each step and in all") {
  detail::HorizonSums sums("test", 2, LargestOfSeries{});
  const auto add = [&](std::size_t index, std::size_t series, double first, double second) {
    sums.begin_forecast(index, series);
    sums.add(0, [&](LargestOfSeries& of) { of.sum += first; });
    sums.add(1, [&](LargestOfSeries& of) { of.sum += second; });
  };
  add(0, 0, 1, 10);
  add(1, 0, 2, 20);
  add(2, 1, 4, 7);
  const HorizonErrors<double> errors = sums.errors();
  CHECK(errors.together == 33);
  CHECK(errors.steps == std::vector<double>{4, 30});
  CHECK(errors.series == std::vector<double>{33, 11});
}

TEST_CASE("series come one after the other") {
  detail::HorizonSums sums("test", 1, LargestOfSeries{});
  CHECK_THROWS_AS(sums.begin_forecast(0, 1), ArgumentError);
  CHECK_THROWS_WITH(sums.begin_forecast(0, 1),
                    "test: forecast 0 (counted from 0) is of series 1, expected series 0 or the next");
  sums.begin_forecast(0, 0);
  sums.begin_forecast(1, 1);
  CHECK_THROWS_WITH(sums.begin_forecast(2, 0),
                    "test: forecast 2 (counted from 0) is of series 0, expected series 1 or the next");
  CHECK_THROWS_WITH(sums.begin_forecast(2, 3),
                    "test: forecast 2 (counted from 0) is of series 3, expected series 1 or the next");
}
