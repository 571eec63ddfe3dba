#include "rnnts/forecast/conformal_intervals.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/forecast/baselines.hpp"
#include "rnnts/series/csv.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Values = std::vector<double>;

/// 19 calibration forecasts of 0 for two steps, of errors 1 … 19 and 10 … 190 in no order, some negative.
ConformalIntervals nineteen() {
  ConformalIntervals intervals(2);
  for (int k = 0; k < 19; ++k) {
    const int error = (k * 7) % 19 + 1, sign = k % 3 == 0 ? -1 : 1;
    intervals.add(Values{1.0 * sign * error, -10.0 * sign * error}, Values{0, 0});
  }
  return intervals;
}

/// By how much at most, but once in about 400, a share of `count` independent cases differs from its probability.
double binomial_error(double probability, std::size_t count) {
  return 3 * std::sqrt(probability * (1 - probability) / static_cast<double>(count));
}

/// Of many made series each: 99 calibration forecasts of three steps, then one more with its bounds. Of 99, the 80th
/// and the 95th error are the margins, which cover exactly 80 % and 95 %, over all series. `forecasts(random, add)`
/// calls `add(actual, lower, upper)` 100 times.
template <class Forecasts> void require_coverage(Forecasts forecasts) {
  constexpr std::size_t count = 2000, calibrations = 99;
  Random random(seed(5));
  std::array<std::vector<Values>, 2> lower, upper;
  std::vector<Values> came;
  for (std::size_t s = 0; s < count; ++s) {
    ConformalIntervals intervals(3);
    forecasts(random, [&](const Values& actual, const Values& low, const Values& high) {
      if (intervals.size() < calibrations) return intervals.add(actual, low, high);
      came.push_back(actual);
      for (std::size_t k = 0; k < 2; ++k) {
        const auto [l, u] = intervals.around(low, high, std::array{0.8, 0.95}[k]);
        lower[k].push_back(l);
        upper[k].push_back(u);
      }
    });
  }
  REQUIRE(came.size() == count);
  for (std::size_t k = 0; k < 2; ++k) {
    const double level = std::array{0.8, 0.95}[k];
    std::vector<IntervalForecast> all;
    for (std::size_t s = 0; s < count; ++s) all.push_back({s, came[s], lower[k][s], upper[k][s]});
    const auto errors = interval_errors(all, level);
    for (const IntervalErrors& step : errors.steps) {
      CAPTURE(level, step.width);
      CHECK_THAT(step.coverage, WithinAbs(level, binomial_error(level, count)));
    }
  }
}

}  // namespace

TEST_CASE("margins are the errors that so many are below, for each step") {
  const auto intervals = nineteen();
  CHECK(intervals.size() == 19);
  CHECK(intervals.margins(0.8) == Values{16, 160});   // ceil(20 x 0.8) = 16
  CHECK(intervals.margins(0.95) == Values{19, 190});  // all of them
  CHECK(intervals.margins(0.81) == Values{17, 170});
  CHECK(intervals.margins(0.05) == Values{1, 10});
  const auto [lower, upper] = intervals.around(Values{100, 1000}, 0.8);
  CHECK(lower == Values{84, 840});
  CHECK(upper == Values{116, 1160});
}

TEST_CASE("calibration forecasts of another one are added as if they were one's own") {
  ConformalIntervals intervals(2), others(2);
  for (const double error : {3.0, 1.0, 5.0}) intervals.add(Values{error, 0}, Values{0, 0});
  CHECK(!intervals.are_enough(0.8));
  others.add(Values{9, 1}, Values{0, 0});
  intervals.add(others);
  CHECK(intervals.are_enough(0.8));
  CHECK(!intervals.are_enough(0.81));
  CHECK(intervals.margins(0.8) == Values{9, 1});
  CHECK(intervals.margins(0.4) == Values{3, 0});
  CHECK_THROWS_AS(intervals.add(ConformalIntervals(3)), ShapeError);
  CHECK_THROWS_AS(intervals.are_enough(1), ArgumentError);
  CHECK(intervals.size() == 4);
}

TEST_CASE("bounds are moved by what lies outside of them") {
  ConformalIntervals intervals(1);
  for (const double came : {4.0, 5.5, 7.0, 9.0}) intervals.add(Values{came}, Values{5}, Values{6});
  // By 1, -0.5, 1 and 3, of which 5 times the level is the fourth, the second and the first.
  CHECK(intervals.margins(0.8) == Values{3});
  CHECK(intervals.margins(0.4) == Values{1});
  CHECK(intervals.margins(0.2) == Values{-0.5});
  const auto wider = intervals.around(Values{10}, Values{14}, 0.8);
  CHECK(wider.lower == Values{7});
  CHECK(wider.upper == Values{17});
  const auto narrower = intervals.around(Values{10}, Values{14}, 0.2);
  CHECK(narrower.lower == Values{10.5});
  CHECK(narrower.upper == Values{13.5});
  const auto crossed = intervals.around(Values{10}, Values{10.5}, 0.2);
  CHECK(crossed.lower == Values{10.25});
  CHECK(crossed.upper == Values{10.25});
}

TEST_CASE("80 % and 95 % cover what they say around a naive forecast, at each step") {
  // Season and random walk, of steps with heavy tails: errors grow with the horizon, and are not normal.
  require_coverage([](Random& random, auto add) {
    Values series;
    double level = 0;
    for (std::size_t t = 0; t < 4 + 100 * 3; ++t) {
      level += std::pow(random.normal(), 3);
      series.push_back(level + 10 * std::sin(std::acos(0.0) * static_cast<double>(t)));  // a season of 4
    }
    for (std::size_t origin = 4; origin + 3 <= series.size(); origin += 3) {
      const auto forecast = seasonal_naive_forecast(std::span(series).first(origin), 3, 4);
      add(Values(series.begin() + static_cast<std::ptrdiff_t>(origin),
                 series.begin() + static_cast<std::ptrdiff_t>(origin + 3)),
          forecast, forecast);
    }
  });
}

TEST_CASE("80 % and 95 % cover what they say around bounds that are wrong") {
  // Noise whose size is known, and bounds for it that are much too narrow, and not in the middle.
  require_coverage([](Random& random, auto add) {
    for (std::size_t k = 0; k < 100; ++k) {
      Values came(3), lower(3), upper(3);
      for (std::size_t h = 0; h < 3; ++h) {
        const double size = 1 + random.uniform() * static_cast<double>(h);
        came[h] = size * random.normal();
        lower[h] = -0.3 * size;
        upper[h] = 0.6 * size;
      }
      add(came, lower, upper);
    }
  });
}

TEST_CASE("80 % and 95 % cover what they say of a real series, at each step") {
  // Ten years of daily minima in Melbourne: calibrated on the first five, judged on the last five, by forecasts that do
  // not overlap. Both parts are samples, whose binomial errors add up.
  const auto minima = read_csv<double>(RNNTS_DATA_DIR "/melbourne_temperatures.csv", "minimum");
  const std::span<const double> series(minima);
  const std::size_t horizon = GENERATE(as<std::size_t>(), 1, 7), half = series.size() / 2;
  ConformalIntervals intervals(horizon);
  std::size_t origin = 1;
  for (; origin + horizon <= half; origin += horizon) {
    intervals.add(series.subspan(origin, horizon), persistence_forecast(series.first(origin), horizon));
  }
  for (const double level : {0.8, 0.95}) {
    std::vector<ForecastInterval> bounds;
    std::vector<IntervalForecast> judged;
    for (std::size_t at = origin; at + horizon <= series.size(); at += horizon) {
      bounds.push_back(intervals.around(persistence_forecast(series.first(at), horizon), level));
    }
    for (std::size_t k = 0; k < bounds.size(); ++k) {
      judged.push_back({0, series.subspan(origin + k * horizon, horizon), bounds[k].lower, bounds[k].upper});
    }
    const double tolerance = std::hypot(binomial_error(level, intervals.size()), binomial_error(level, judged.size()));
    for (const IntervalErrors& step : interval_errors(judged, level).steps) {
      CAPTURE(horizon, level, step.width);
      CHECK_THAT(step.coverage, WithinAbs(level, tolerance));
    }
  }
}

TEST_CASE("too few calibration forecasts are refused, not answered with bounds that cover less") {
  const auto intervals = nineteen();
  CHECK_THROWS_AS(intervals.margins(0.96), DataError);
  CHECK_THROWS_WITH(intervals.margins(0.96),
                    "ConformalIntervals: a level of 0.96 needs at least 24 calibration forecasts, found 19");
  CHECK_THROWS_WITH(ConformalIntervals(2).margins(0.8),
                    "ConformalIntervals: a level of 0.8 needs at least 4 calibration forecasts, found 0");
  CHECK_THROWS_AS(intervals.margins(95), ArgumentError);
}

TEST_CASE("calibration forecasts that do not fit are refused, and change nothing") {
  auto intervals = nineteen();
  const Values one{1}, two{1, 2}, broken{1, std::numeric_limits<double>::quiet_NaN()};
  CHECK_THROWS_AS(ConformalIntervals(0), ArgumentError);
  CHECK_THROWS_AS(intervals.add(one, two), ShapeError);
  CHECK_THROWS_WITH(intervals.add(one, two),
                    "ConformalIntervals: 1 true values, expected 2, one for each step of the horizon");
  CHECK_THROWS_AS(intervals.around(one, 0.8), ShapeError);
  CHECK_THROWS_AS(intervals.add(two, broken), DataError);
  CHECK_THROWS_WITH(
      intervals.add(two, broken),
      "ConformalIntervals: at step 1 (counted from 0) of calibration forecast 19 the error is not finite: "
      "true value 2, forecast nan to nan");
  CHECK_THROWS_AS(intervals.add(two, two, broken), DataError);
  CHECK(intervals.size() == 19);
}

TEST_CASE("a step of a calibration forecast that is missing is none, and the others count") {
  ConformalIntervals intervals(2, true);
  for (int k = 1; k <= 6; ++k) {
    intervals.add(Values{1.0 * k, k % 3 == 0 ? std::nan("") : 10.0 * k}, Values{0, 0});  // 1, 2, 4 and 5 tens
  }
  CHECK(intervals.size() == 6);
  CHECK(intervals.margins(0.8) == Values{6, 50});
  CHECK(intervals.margins(0.5) == Values{4, 40});
  CHECK(intervals.are_enough(0.8));
  CHECK_FALSE(intervals.are_enough(0.84));  // which 6 are, but not 4
  CHECK_THROWS_AS(intervals.add(Values{1, 2}, Values{0, std::nan("")}), DataError);
}

TEST_CASE("sorted quantiles do not cross, and their losses are no larger") {
  Values quantiles{3, 1, 2, 4, 6, 5};
  const Values came{0, 7}, levels{0.1, 0.5, 0.9}, before = quantiles;
  sort_quantiles(quantiles, 3);
  CHECK(quantiles == Values{1, 2, 3, 4, 5, 6});
  const std::vector<QuantileForecast> crossing{{0, came, before}}, sorted{{0, came, quantiles}};
  CHECK(quantile_errors(sorted, levels).together.pinball < quantile_errors(crossing, levels).together.pinball);
  CHECK_THROWS_AS(sort_quantiles(quantiles, 4), ShapeError);
  CHECK_THROWS_WITH(sort_quantiles(quantiles, 4),
                    "sort_quantiles: expected 4 quantiles for each step, found 6 numbers");
  CHECK_THROWS_AS(sort_quantiles(quantiles, 0), ArgumentError);
}
