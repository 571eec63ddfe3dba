// Carbon dioxide in the air over Mauna Loa, week by week: a series with gaps, forecast a year ahead with the range to
// expect.
//
// A trend, a season and little noise: whoever knows that can forecast with a pencil, and the net is compared with just
// that. What is shown here are the steps from a file with gaps to intervals that were checked: which way to fill gaps
// is best, judged by gaps that are made where values are known; a backtest; intervals from the errors of earlier
// forecasts.

#include <rnnts/forecasting.hpp>
#include <rnnts/rnnts.hpp>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <functional>
#include <iostream>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/options.hpp"
#include "support/plot.hpp"
#include "support/report.hpp"
#include "support/table.hpp"

using namespace rnnts;

namespace {

constexpr std::size_t season = 52;     // weeks
constexpr std::size_t horizon = 52;    // weeks ahead
constexpr std::size_t part = 10 * 52;  // the test part, and before it the calibration part
constexpr BacktestOptions every_quarter{
    .horizon = horizon, .windows = (part - horizon) / 13 + 1, .step_size = 13, .refit = false, .season = season};

using Values = std::span<const double>;
using ForecastFunction = std::function<std::vector<double>(Values history, std::size_t steps)>;

// [gaps]
/// The mean error of a way to fill gaps, judged by gaps like those of the series ten years later, where values are
/// known.
double error_of(MissingValue by, Values with_gaps) {
  std::vector<double> values(with_gaps.begin(), with_gaps.end()), came, filled;
  for (std::size_t t = 0; t + part < values.size(); ++t) {
    if (std::isnan(with_gaps[t])) values[t + part] = std::numeric_limits<double>::quiet_NaN();
  }
  fill_missing(values, by, season);
  for (std::size_t t = 0; t + part < values.size(); ++t) {
    if (!std::isnan(with_gaps[t]) || std::isnan(with_gaps[t + part])) continue;
    came.push_back(with_gaps[t + part]);
    filled.push_back(values[t + part]);
  }
  return mean_absolute_error(came, filled);
}
// [/gaps]

// [pencil]
/// The value of a year before, and what the last year's mean is above that of the year before.
std::vector<double> last_year_and_growth(Values history, std::size_t steps) {
  const auto mean = [](Values year) { return std::accumulate(year.begin(), year.end(), 0.0) / season; };
  const auto last = history.last(season);
  const double growth = mean(last) - mean(history.last(2 * season).first(season));
  std::vector<double> forecast(steps);
  for (std::size_t h = 0; h < steps; ++h) {
    forecast[h] = last[h % season] + growth * static_cast<double>(h / season + 1);
  }
  return forecast;
}
// [/pencil]

/// Forecasts of the calibration part, of the test part, and the range around the latter.
struct Judged {
  BacktestResult calibration, test;
  std::vector<ForecastInterval> ranges;  ///< of each window of the test part
  examples::Result result;
};

Judged judge(std::string name, const ForecastFunction& forecast, Values series) {
  // [intervals]
  const BacktestResult calibration = backtest(forecast, series.first(series.size() - part), every_quarter);
  ConformalIntervals intervals(horizon);
  for (std::size_t w = 0; w < calibration.windows; ++w) {
    intervals.add(calibration.actual_of(0, w), calibration.forecast_of(0, w));
  }
  const BacktestResult test = backtest(forecast, series, every_quarter);
  std::vector<ForecastInterval> ranges;
  for (std::size_t w = 0; w < test.windows; ++w) ranges.push_back(intervals.around(test.forecast_of(0, w), 0.8));
  // [/intervals]
  std::vector<IntervalForecast> judged;
  for (std::size_t w = 0; w < test.windows; ++w) {
    judged.push_back({.actual = test.actual_of(0, w), .lower = ranges[w].lower, .upper = ranges[w].upper});
  }
  const IntervalErrors errors = interval_errors(judged, 0.8).together;
  const BacktestResult training = backtest(forecast, series.first(series.size() - 2 * part), every_quarter);
  examples::Result result{
      .name = std::move(name),
      .train_mae = training.model.together.mae,
      .val_mae = calibration.model.together.mae,
      .test_mae = test.model.together.mae,
      .scores = {{"last_week", test.model.steps.back().mae}, {"coverage", errors.coverage}, {"width", errors.width}}};
  return {calibration, test, std::move(ranges), std::move(result)};
}

/// The last years, each as it was forecast at its beginning.
void draw(const Judged& judged, Values series, std::chrono::sys_seconds start, const std::filesystem::path& file) {
  const auto dates = [&](std::size_t first, std::size_t count) {
    std::vector<std::chrono::year_month_day> all;
    for (std::size_t t = first; t < first + count; ++t) {
      all.emplace_back(std::chrono::floor<std::chrono::days>(start) + std::chrono::weeks(t));
    }
    return all;
  };
  const std::size_t shown = 5 * season, begin = series.size() - shown;
  examples::Plot plot(
      examples::with_error("Carbon dioxide over Mauna Loa, each year forecast at its beginning", judged.result, 2),
      "date", "parts per million");
  plot.dates_as("%b %Y");
  for (std::size_t years = 0; years < 5; ++years) {
    const std::size_t w = judged.test.windows - 1 - 4 * years;
    const auto weeks = dates(judged.test.origins[w], horizon);
    const auto& [lower, upper] = judged.ranges[w];
    plot.band(years == 0 ? "80 %" : "", examples::colour::vermilion, weeks, lower, upper);
    plot.line(years == 0 ? "forecast" : "", examples::colour::vermilion, weeks, judged.test.forecast_of(0, w));
  }
  plot.line("measured", examples::colour::black, dates(begin, shown), series.last(shown), "lw 1").save(file);
}

}  // namespace

int main(int argc, char** argv) try {
  const examples::CommandLine command_line{
      .example = "co2",
      .description = "Forecasts the carbon dioxide over Mauna Loa a year ahead, from a series with gaps.",
      .data_file = "mauna_loa_co2.csv",
      .seeds = 3};
  const examples::Options options = command_line.parse(argc, argv);

  // [read]
  SeriesTable table = read_series(options.data, {.ds = "date", .y = "co2"}, {.allow_missing = true});
  std::vector<double>& series = table.series[0].second;
  std::cout << series.size() << " weeks from " << time_text(table.starts[0]) << " on, " << table.missing + table.gaps
            << " of them without a value\n";
  for (const auto& [name, by] : {std::pair{"forward", MissingValue::forward},
                                 {"linear", MissingValue::linear},
                                 {"seasonal", MissingValue::seasonal}}) {
    std::cout << "  filled by " << name << ", such gaps have an error of "
              << examples::with_digits(error_of(by, series), 2) << " ppm\n";
  }
  fill_missing(table, MissingValue::linear);
  // [/read]

  examples::Report report(
      "carbon dioxide at Mauna Loa, weekly, 1958 to 2001", "parts per million",
      {{"training_part",
        "up to 1981, of which the last two years choose the epoch; then ten years for calibration, ten for the test"},
       {"gaps", "filled on a line"},
       {"windows",
        "104 weeks less the mean of the last 52, in pieces of 13; the next 52 weeks less those of a year before"},
       {"optimizer", "Adam, learning rate 3e-3 with cosine decay, batches of 32; loss: mean absolute error"},
       {"intervals", "split-conformal, from the errors in the calibration part"},
       {"errors",
        "of 52 weeks ahead from 37 origins a quarter of a year apart, val_mae in the calibration part, train_mae in "
        "the "
        "last ten years of the training part; last_week: 52 weeks ahead; coverage and width of the range of 80 %"}});
  report.plot_losses("losses.png", "mean absolute error of standardised values", {"forecaster"});

  report.add(judge("persistence", persistence_forecast, series).result);
  const auto naive = [](Values history, std::size_t steps) { return seasonal_naive_forecast(history, steps, season); };
  report.add(judge("seasonal_naive", naive, series).result);
  report.add(judge("drift", drift_forecast, series).result);
  report.add(judge("last_year_and_growth", last_year_and_growth, series).result);
  for (std::size_t k = 0; k < options.seeds; ++k) {
    // [forecaster]
    Forecaster forecaster(DataPath{StandardScale(), SubtractLevel(season), SubtractSeason(season)},
                          {.look_back = 2 * season,
                           .horizon = horizon,
                           .segment = 13,
                           .units = 16,
                           .epochs = options.epochs_or(30),
                           .validation = 2 * season,
                           .seed = seed(options.seed + k),
                           .verbose = false});
    const History history = forecaster.fit(Values(series).first(series.size() - 2 * part))[0];
    const auto forecast = [&](Values known, std::size_t steps) { return forecaster.predict(known, steps).values; };
    // [/forecaster]
    Judged judged = judge("forecaster", forecast, series);
    judged.result.parameters = forecaster.net().parameter_count();
    judged.result.seed = options.seed + k;
    judged.result.seconds = history.seconds;
    judged.result.losses = history.loss;
    judged.result.val_losses = history.val_loss;
    if (k == 0) draw(judged, series, table.starts[0], options.out / "forecast.png");
    report.add(judged.result);
  }
  report.print_table("mean of 52 weeks ahead");
  report.print_verdicts();
  report.write(options.out);
} catch (const std::exception& error) {
  std::cerr << "co2: " << error.what() << '\n';
  return 1;
}
