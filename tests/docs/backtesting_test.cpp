// The code of docs/backtesting.md.
#include <rnnts/forecasting.hpp>
#include <rnnts/rnnts.hpp>

#include <cmath>
#include <cstddef>
#include <iostream>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

std::vector<double> airline() {
  return read_csv<double>(RNNTS_DATA_DIR "/airline_passengers.csv", "passengers");
}

}  // namespace

TEST_CASE("backtesting.md: a function") {
  const auto passengers = airline();
  // [function]
  // Last year's value, grown as the last year has grown.
  const auto grown = [](std::span<const double> history, std::size_t horizon) {
    const std::size_t n = history.size();
    std::vector<double> forecast(horizon);
    for (std::size_t h = 0; h < horizon; ++h) forecast[h] = history[n - 12 + h % 12] * history[n - 1] / history[n - 13];
    return forecast;
  };
  const BacktestResult result =
      backtest(grown, passengers, {.horizon = 12, .windows = 24, .step_size = 3, .season = 12});
  std::cout << result;
  // [/function]
  CHECK(result.origins.front() == 144 - 12 - 23 * 3);
  CHECK(result.model.together.mae < result.seasonal_naive->errors.together.mae);
}

TEST_CASE("backtesting.md: a net that is fitted again") {
  const auto passengers = airline();
  // [fit]
  const auto fit_net = [](ManySeries histories) {
    const auto growth = log_difference(histories[0], 12);
    Sequential<double, Input<1>, GRU<6>, Dense<12>> net{seed(7)};
    fit(net, growth | views::window(12, 12), MeanAbsoluteError{}, Adam{.learning_rate = 0.01},
        {.epochs = 60, .batch_size = 8, .verbose = false});
    return [net = std::move(net)](std::span<const double> history, std::size_t horizon) {
      const auto predicted = net.predict(log_difference(history.last(24), 12));
      std::vector<double> forecast(horizon);
      for (std::size_t h = 0; h < horizon; ++h) forecast[h] = history[history.size() - 12 + h] * std::exp(predicted(h));
      return forecast;
    };
  };
  const auto result =
      backtest(fit_net, passengers, {.horizon = 12, .windows = 8, .step_size = 6, .refit = 4, .season = 12});
  // [/fit]
  std::cout << result;
  CHECK(result.model.together.mae < result.persistence.errors.together.mae);
}

TEST_CASE("backtesting.md: errors") {
  // [errors]
  const std::vector<double> north{10, 12, 11, 13}, south{100, 90, 95, 105};
  const std::vector<double> north_came{14, 12}, north_said{13, 13}, south_came{100, 110}, south_said{104, 104};
  const std::vector<PointForecast> forecasts{
      {.series = 0, .history = north, .actual = north_came, .forecast = north_said},
      {.series = 1, .history = south, .actual = south_came, .forecast = south_said}};
  const HorizonErrors<PointErrors> errors = point_errors(forecasts);

  const double mae = errors.together.mae;                 // (1 + 1 + 4 + 6) / 4
  const double two_steps_ahead = errors.steps[1].mae;     // (1 + 6) / 2
  const double of_north = errors.series[0].mase.value();  // 1, by (2 + 1 + 2) / 3
  const double owa = overall_weighted_average(errors.together, {.smape = 18.383, .mase = 2.395});
  // [/errors]
  CHECK(mae == 3);
  CHECK(two_steps_ahead == 3.5);
  CHECK(of_north == Approx(0.6));
  CHECK(owa < 1);
}

TEST_CASE("backtesting.md: quantiles and intervals") {
  // [quantiles]
  const std::vector<double> came{14, 12};
  std::vector<double> quantiles{11, 13, 16,   // 0.1, 0.5, 0.9 of the first step
                                12, 11, 17};  // and of the second, where two cross
  sort_quantiles(quantiles, 3);
  const std::vector<QuantileForecast> forecasts{{.series = 0, .actual = came, .quantiles = quantiles}};
  const auto errors = quantile_errors(forecasts, std::vector{0.1, 0.5, 0.9});

  const std::vector<double> lower{11, 11}, upper{16, 17};
  const std::vector<IntervalForecast> intervals{{.series = 0, .actual = came, .lower = lower, .upper = upper}};
  const IntervalErrors of_80_percent = interval_errors(intervals, 0.8).together;
  // [/quantiles]
  CHECK(quantiles == std::vector<double>{11, 13, 16, 11, 12, 17});
  CHECK(errors.together.pinball == Approx((0.3 + 0.5 + 0.2 + 0.1 + 0 + 0.5) / 6));
  CHECK(of_80_percent.coverage == 1);
  CHECK(of_80_percent.score == 5.5);
}

TEST_CASE("backtesting.md: conformal intervals") {
  const auto passengers = airline();
  // [conformal]
  const auto forecast = [](std::span<const double> history, std::size_t horizon) {
    return seasonal_naive_forecast(history, horizon, 12);
  };
  const BacktestResult past = backtest(forecast, passengers, {.horizon = 3, .windows = 40, .step_size = 3});
  ConformalIntervals intervals(3);
  for (std::size_t w = 0; w < past.windows; ++w) intervals.add(past.actual_of(0, w), past.forecast_of(0, w));

  const ForecastInterval next = intervals.around(forecast(passengers, 3), 0.8);  // next.lower, next.upper
  // [/conformal]
  // Of 40 errors the 33rd, as ceil(41 x 0.8) = 33, is the largest that at most 7 are above.
  std::size_t above = 0;
  for (std::size_t w = 0; w < 40; ++w)
    above += std::abs(past.actual_of(0, w)[2] - past.forecast_of(0, w)[2]) > next.upper[2] - 419;
  CHECK(next.upper[2] + next.lower[2] == 2 * 419);  // March 1960
  CHECK(above <= 7);
  CHECK(above >= 5);
}
