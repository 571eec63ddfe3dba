// M4 Hourly: 414 series, of each of which the last 48 values are forecast.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
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
using Net =
    Sequential<float, Input<day, 14>,
               Add<Branch<Dense<64, ReLU>, GRU<64>, Dropout<0.2>, Dense<horizon>>, Branch<Flatten, Dense<horizon>>>>;

/// By how much the values differ from those of the day before, on average of the logarithms.
double unrest(std::span<const double> values) {
  double sum = 0;
  for (std::size_t t = day; t < values.size(); ++t) sum += std::abs(std::log(values[t] / values[t - day]));
  return sum / static_cast<double>(values.size() - day);
}

/// Series that a net learns and forecasts, and how.
struct Group {
  double calmest, most_restless;
  std::size_t season;  ///< what is learnt is the difference from the hour that long before
  std::size_t epochs, stride;

  bool has(std::span<const double> values) const {
    const double of_values = unrest(values);
    return calmest <= of_values && of_values < most_restless;
  }
};

/// All, and those that the net of all forecasts less well than one of their own. A later group has the last word.
constexpr Group groups[] = {{0, 1e9, week, 30, 4}, {0, 0.03, day, 24, 1}, {0.15, 1e9, week, 12, 1}};

/// A function that fits, for backtest.
auto recipe(std::size_t epochs, std::size_t of_seed) {
  return [=](ManySeries histories) {
    const auto fitted = [&](const Group& group) {
      std::vector<std::span<const double>> members;
      std::ranges::copy_if(histories, std::back_inserter(members), [&](auto values) { return group.has(values); });
      Forecaster forecaster(DataPath{Log(), SubtractLevel(group.season), SubtractSeason(group.season)}, Net(),
                            {.epochs = epochs > 0 ? epochs : group.epochs,
                             .batch_size = 256,
                             .learning_rate = 3e-3,
                             .stride = group.stride,
                             .seed = seed(of_seed),
                             .verbose = false});
      forecaster.fit(members);
      return forecaster;
    };
    std::vector<decltype(fitted(groups[0]))> forecasters;
    for (const Group& group : groups) forecasters.push_back(fitted(group));
    return [forecasters = std::move(forecasters)](ManySeries known, std::size_t steps) {
      ListOfSeries rows(known.size());
      for (std::size_t g = 0; g < forecasters.size(); ++g) {
        ListOfSeries of_group = rows_of(forecasters[g].predict(known, steps));
        for (std::size_t s = 0; s < rows.size(); ++s) {
          if (groups[g].has(known[s])) rows[s] = std::move(of_group[s]);
        }
      }
      return rows;
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
    add("three GRU<64>, seed " + std::to_string(k), runs[k].model.together, cost.seconds(), cost.megabytes());
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
