#include "rnnts/forecast/quantile_errors.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {
using Values = std::vector<double>;
const Values levels{0.1, 0.5, 0.9};
const Values came{10, 20};
}  // namespace

TEST_CASE("pinball and weighted quantile losses agree with values computed by hand") {
  // Step 1: 10 among 8, 11, 13; step 2: 20 among 22, 23, 30, below all of them.
  const Values quantiles{8, 11, 13, 22, 23, 30};
  // Pinball losses: .1 x 2, .5 x 1, .1 x 3; .9 x 2, .5 x 3, .1 x 10.
  const std::vector<QuantileForecast> one{{0, came, quantiles}};
  const auto errors = quantile_errors(one, levels);
  CHECK(errors.together.values == 2);
  REQUIRE(errors.together.pinballs.size() == 3);
  CHECK(errors.together.pinballs[0] == Approx((0.2 + 1.8) / 2));
  CHECK(errors.together.pinballs[1] == Approx((0.5 + 1.5) / 2));
  CHECK(errors.together.pinballs[2] == Approx((0.3 + 1.0) / 2));
  CHECK(errors.together.pinball == Approx((2.0 + 2.0 + 1.3) / 6));
  CHECK(errors.together.weighted_quantile_loss.value() == Approx(2 * (2.0 + 2.0 + 1.3) / 3 / 30));
  CHECK(errors.steps[0].pinball == Approx((0.2 + 0.5 + 0.3) / 3));
  CHECK(errors.steps[1].weighted_quantile_loss.value() == Approx(2 * (1.8 + 1.5 + 1.0) / 3 / 20));
}

TEST_CASE("quantile errors are counted by series") {
  const Values first{8, 18}, second{13, 20}, nothing{0, 0};
  const std::vector<QuantileForecast> forecasts{{0, came, first}, {1, came, second}, {2, nothing, nothing}};
  const auto errors = quantile_errors(forecasts, std::array{0.5});
  REQUIRE(errors.series.size() == 3);
  CHECK(errors.series[0].pinball == 1);  // half the mean absolute error
  CHECK(errors.series[1].pinball == 0.75);
  CHECK(errors.together.pinball == Approx((1 + 1 + 1.5) / 6));
  CHECK(errors.together.weighted_quantile_loss.value() == Approx(2 * 3.5 / 60));
  CHECK_FALSE(errors.series[2].weighted_quantile_loss);
}

TEST_CASE("quantiles that do not fit are refused") {
  const Values quantiles{8, 11, 13, 22, 23};
  const std::vector<QuantileForecast> short_one{{0, came, quantiles}};
  CHECK_THROWS_AS(quantile_errors(short_one, levels), ShapeError);
  CHECK_THROWS_WITH(quantile_errors(short_one, levels),
                    "quantile_errors: forecast 0 (counted from 0) has 5 quantiles of all steps, expected 6");
  CHECK_THROWS_AS(quantile_errors(short_one, {}), DataError);
  CHECK_THROWS_AS(quantile_errors(short_one, std::array{1.0}), ArgumentError);
  CHECK_THROWS_AS(quantile_errors({}, levels), DataError);
}

TEST_CASE("coverage, width and interval score agree with values computed by hand") {
  const Values lower{8, 21}, upper{12, 24}, other_lower{10, 15}, other_upper{10, 18};
  const std::vector<IntervalForecast> forecasts{{0, came, lower, upper}, {1, came, other_lower, other_upper}};
  const auto errors = interval_errors(forecasts, 0.8);  // what lies outside counts 10 times
  CHECK(errors.together.values == 4);
  CHECK(errors.together.coverage == 0.5);  // a bound that is met covers
  CHECK(errors.together.width == Approx((4.0 + 3 + 0 + 3) / 4));
  CHECK(errors.together.score == Approx((4.0 + 3 + 10 * 1 + 0 + 3 + 10 * 2) / 4));
  CHECK(errors.steps[0].coverage == 1);
  CHECK(errors.steps[0].score == 2);
  CHECK(errors.steps[1].coverage == 0);
  CHECK(errors.steps[1].score == Approx((13.0 + 23) / 2));
  CHECK(errors.series[0].score == Approx((4.0 + 13) / 2));
}

TEST_CASE("the interval score is that of its two pinball losses") {
  // 2 / alpha times their sum, by the definitions.
  const Values lower{8, 21}, upper{12, 24}, both{8, 12, 21, 24};
  const std::vector<IntervalForecast> intervals{{0, came, lower, upper}};
  const std::vector<QuantileForecast> quantiles{{0, came, both}};
  const auto pinballs = quantile_errors(quantiles, std::array{0.1, 0.9}).together.pinballs;
  CHECK(interval_errors(intervals, 0.8).together.score == Approx(2 / 0.2 * (pinballs[0] + pinballs[1])));
}

TEST_CASE("intervals that are none are refused") {
  const Values lower{8, 25}, upper{12, 24};
  const std::vector<IntervalForecast> crossing{{0, came, lower, upper}}, too_few{{0, came, lower, {}}};
  CHECK_THROWS_AS(interval_errors(crossing, 0.8), DataError);
  CHECK_THROWS_WITH(interval_errors(crossing, 0.8),
                    "interval_errors: at step 1 of forecast 0 (counted from 0) the bounds 25 and 24 cross; "
                    "sort_quantiles puts them in order");
  CHECK_THROWS_AS(interval_errors(too_few, 0.8), ShapeError);
  CHECK_THROWS_WITH(interval_errors(too_few, 0.8),
                    "interval_errors: forecast 0 (counted from 0) has 0 upper bounds, expected 2");
  CHECK_THROWS_AS(interval_errors(crossing, 80), ArgumentError);
  CHECK_THROWS_WITH(interval_errors(crossing, 80),
                    "interval_errors: expected a level between 0 and 1, as 0.8 for 80 %, found 80");
}

TEST_CASE("a value that is missing counts in no error of quantiles or intervals") {
  const Values gap{10, std::nan("")}, quantiles{8, 11, 13, 22, 23, 30}, lower{8, 22}, upper{13, 30};
  const std::vector<QuantileForecast> one{{0, gap, quantiles}};
  const auto errors = quantile_errors(one, levels);
  CHECK(errors.together.values == 1);
  CHECK(errors.together.pinball == Approx((0.2 + 0.5 + 0.3) / 3));
  CHECK(errors.together.weighted_quantile_loss.value() == Approx(2 * (0.2 + 0.5 + 0.3) / 3 / 10));
  const std::vector<IntervalForecast> interval{{0, gap, lower, upper}};
  const auto of_interval = interval_errors(interval, 0.8).together;
  CHECK(of_interval.values == 1);
  CHECK(of_interval.coverage == 1);
  CHECK(of_interval.width == 5);
}
