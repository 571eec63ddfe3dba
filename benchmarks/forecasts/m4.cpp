// M4 Hourly: 414 series, of each of which the last 48 values are forecast.
#include <algorithm>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "results.hpp"
#include "rnnts/forecasting.hpp"
#include "rnnts/rnnts.hpp"

namespace bench {
namespace {

using namespace rnnts;

constexpr std::size_t horizon = 48;
const PointErrors naive2{.smape = 18.383, .mase = 2.395};  // as published

/// A day is one step of the net, which reads two weeks.
using Net = Sequential<float, Input<day, 14>,
                       Add<Branch<Dense<64, ReLU>, GRU<64>, Dense<horizon>>, Branch<Flatten, Dense<horizon>>>>;

/// A function that fits, for backtest.
auto recipe(std::size_t epochs, std::size_t of_seed) {
  return [=](ManySeries histories) {
    Forecaster forecaster(DataPath{Log(), SubtractLevel(week), SubtractSeason(week)}, Net(),
                          {.epochs = epochs > 0 ? epochs : 30,
                           .batch_size = 256,
                           .learning_rate = 3e-3,
                           .stride = 4,
                           .seed = seed(of_seed),
                           .verbose = false});
    forecaster.fit(histories);
    return [forecaster = std::move(forecaster)](ManySeries known, std::size_t steps) {
      return rows_of(forecaster.predict(known, steps));
    };
  };
}

/// The training parts, each followed by the 48 values that came.
ListOfSeries read(const std::string& folder) {
  const SeriesTable training = read_series_rows(folder + "/M4-Hourly-train.csv");
  const SeriesTable came = read_series_rows(folder + "/M4-Hourly-test.csv");
  ListOfSeries all;
  for (std::size_t s = 0; s < training.size(); ++s) {
    const auto& [unique_id, values] = training.series[s];
    if (s >= came.size() || came.series[s].first != unique_id || came.series[s].second.size() != horizon) {
      throw std::runtime_error("M4-Hourly-test.csv: expected 48 values of " + unique_id + " in row " +
                               std::to_string(s + 1));
    }
    all.push_back(values);
    all.back().insert(all.back().end(), came.series[s].second.begin(), came.series[s].second.end());
  }
  return all;
}

/// In units of the errors of the seasonal naive forecast within the history, which series have in common.
BacktestResult scaled(BacktestResult result, const ListOfSeries& series) {
  const std::size_t numbers = result.windows * result.horizon;
  for (std::size_t s = 0; s < result.series; ++s) {
    const auto known = std::span(series[s]).first(result.origins[s * result.windows]);
    const double unit = mean_absolute_error(known.subspan(day), known.first(known.size() - day));
    for (std::size_t k = s * numbers; k < (s + 1) * numbers; ++k) {
      result.actual[k] /= unit;
      result.forecasts[k] /= unit;
    }
  }
  return result;
}

}  // namespace

void add_m4(const Arguments& arguments, Results& results) {
  const std::string data = "M4 Hourly";
  const auto series = read(arguments.data);
  const auto add = [&](const std::string& forecast, const PointErrors& errors, double seconds, double megabytes) {
    add_row(results, {data, forecast, errors, overall_weighted_average(errors, naive2), seconds, megabytes});
  };
  std::vector<BacktestResult> runs;
  double seconds = 0, megabytes = 0;
  for (std::size_t k = 0; k < seeds; ++k) {
    const Cost cost;
    runs.push_back(backtest(recipe(arguments.epochs, k), series, {.horizon = horizon, .season = day}));
    if (k == 0) add("seasonal naive", runs[0].seasonal_naive->errors.together, 0, 0);
    add("GRU<64>, seed " + std::to_string(k), runs[k].model.together, cost.seconds(), cost.megabytes());
    seconds += cost.seconds();
    megabytes = std::max(megabytes, cost.megabytes());
  }
  const auto mean = [&](ManySeries, std::size_t) {
    ListOfSeries rows(series.size(), std::vector<double>(horizon));
    for (std::size_t s = 0; s < rows.size(); ++s) {
      for (std::size_t h = 0; h < horizon; ++h) {
        for (const BacktestResult& run : runs) rows[s][h] += run.forecast_of(s, 0)[h] / static_cast<double>(seeds);
      }
    }
    return rows;
  };
  add("mean of the four", backtest(mean, series, {.horizon = horizon, .season = day}).model.together, seconds,
      megabytes);

  // The margins are those of the 48 values before, which this net was not trained with either.
  const auto calibrated =
      scaled(backtest(recipe(arguments.epochs, 0), series,
                      {.horizon = horizon, .windows = 2, .step_size = horizon, .refit = false, .season = day}),
             series);
  add_coverage(results, data, {calibrated, 0, 1}, {calibrated, 1, 2}, true);
}

}  // namespace bench
