// How far forecasts of M4 Hourly and of ETTh1 are off, beside the seasonal naive one, and what they cost on one core.
// docs/forecast_benchmarks.md says where the data are from, what the protocols are, and why the recipes are as they
// are.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <exception>
#include <fstream>
#include <iostream>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "openblas.hpp"
#include "rnnts/forecasting.hpp"
#include "rnnts/rnnts.hpp"

namespace {

using namespace rnnts;

using ListOfSeries = std::vector<std::vector<double>>;

constexpr std::size_t day = 24, week = 7 * day, seeds = 4;

struct Arguments {
  std::string data;
  std::size_t epochs = 0;  ///< in place of those of the recipes, to see that all runs; 0: theirs
};

// --- What is measured -----------------------------------------------------------------------------------------------

/// Seconds of one core since it was made, and the most memory of the process.
class Cost {
 public:
  Cost() { std::ofstream("/proc/self/clear_refs") << 5; }  // VmHWM counts from here on

  double seconds() const { return static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC; }
  double megabytes() const {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
    }
    return 0;
  }

 private:
  std::clock_t start_ = std::clock();
};

struct Row {
  std::string data, forecast;
  PointErrors errors;
  std::optional<double> owa = {};  ///< of M4 alone, for which the errors of Naive2 are published
  double seconds = 0;              ///< training and forecasting
  double megabytes = 0;
};

/// The share of the values that intervals held: of all, and of each quarter of the horizon.
struct Coverage {
  std::string data;
  double level = 0, all = 0;
  std::vector<double> quarters = {};
};

struct Results {
  std::vector<Row> rows = {};
  std::vector<Coverage> coverage = {};
};

/// Forecasts of all series as backtest takes them, a row for each.
ListOfSeries rows_of(const Forecast& forecast) {
  ListOfSeries rows;
  for (std::size_t s = 0; s < forecast.size(); ++s) {
    const auto mean = forecast.mean(s);
    rows.emplace_back(mean.begin(), mean.end());
  }
  return rows;
}

/// Some windows of a backtest, `last` left out.
struct Windows {
  const BacktestResult& of;
  std::size_t first, last;
};

/// Split-conformal intervals around the forecasts of `judged`, by the errors in `calibration`: those of each series by
/// itself, or where `pooled` of all together.
void add_coverage(Results& results, const std::string& data, Windows calibration, Windows judged, bool pooled) {
  const std::size_t series = judged.of.series, horizon = judged.of.horizon;
  std::vector<ConformalIntervals> intervals(pooled ? 1 : series, ConformalIntervals(horizon));
  for (std::size_t s = 0; s < series; ++s) {
    for (std::size_t w = calibration.first; w < calibration.last; ++w) {
      intervals[pooled ? 0 : s].add(calibration.of.actual_of(s, w), calibration.of.forecast_of(s, w));
    }
  }
  for (const double level : {0.8, 0.95}) {
    std::vector<ForecastInterval> bounds;
    std::vector<IntervalForecast> forecasts;
    bounds.reserve(series * (judged.last - judged.first));  // forecasts refer to them
    for (std::size_t s = 0; s < series; ++s) {
      for (std::size_t w = judged.first; w < judged.last; ++w) {
        bounds.push_back(intervals[pooled ? 0 : s].around(judged.of.forecast_of(s, w), level));
        forecasts.push_back({s, judged.of.actual_of(s, w), bounds.back().lower, bounds.back().upper});
      }
    }
    const HorizonErrors<IntervalErrors> errors = interval_errors(forecasts, level);
    Coverage row{.data = data, .level = level, .all = errors.together.coverage, .quarters = std::vector<double>(4)};
    for (std::size_t h = 0; h < horizon; ++h) {
      row.quarters[h * 4 / horizon] += errors.steps[h].coverage * 4 / static_cast<double>(horizon);
    }
    results.coverage.push_back(std::move(row));
  }
}

// --- M4 Hourly ------------------------------------------------------------------------------------------------------

namespace m4 {

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

void measure(const Arguments& arguments, Results& results) {
  const std::string data = "M4 Hourly";
  const auto series = read(arguments.data);
  const auto add = [&](const std::string& forecast, const PointErrors& errors, double seconds, double megabytes) {
    results.rows.push_back({data, forecast, errors, overall_weighted_average(errors, naive2), seconds, megabytes});
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

}  // namespace m4

// --- ETTh1 ----------------------------------------------------------------------------------------------------------

namespace etth1 {

constexpr std::size_t horizon = 4 * day, training = 8640, validation = 2880, test = 2880;

/// The seven columns, each standardised by its training part.
ListOfSeries read(const std::string& folder) {
  ListOfSeries columns;
  for (auto [name, values] : read_series_columns(folder + "/ETTh1.csv", "date")) {
    values.resize(training + validation + test);
    columns.push_back(StandardScaler<double>().fit(std::span(values).first(training)).transform(values));
  }
  return columns;
}

/// What lies in [begin, end) of each column, and `before` values.
ListOfSeries part(const ListOfSeries& columns, std::size_t begin, std::size_t end, std::size_t before) {
  ListOfSeries parts;
  for (const auto& column : columns) {
    const auto values = std::span(column).subspan(begin - before, end - begin + before);
    parts.emplace_back(values.begin(), values.end());
  }
  return parts;
}

/// Reads four days, a day at a time.
using HourlyNet = Sequential<float, Input<day, 4>, Dense<128, ReLU>, GRU<128>, Dropout<0.3>, Dense<horizon>>;
/// Reads what was at one hour of the last thirty days, and says what will be at that hour of the next four.
using DailyNet =
    Sequential<float, Input<1, 30>, Add<Branch<GRU<16>, Dense<horizon / day>>, Branch<Flatten, Dense<horizon / day>>>>;

ForecasterOptions options(std::size_t epochs, double learning_rate, std::size_t of_validation) {
  return {.epochs = epochs,
          .batch_size = 256,
          .learning_rate = learning_rate,
          .validation = of_validation,
          .members = seeds,
          .verbose = false};
}

/// Series of hours, which end with a day, as series of days: 24 of each, one for each hour.
ListOfSeries by_hour(const auto& all) {
  ListOfSeries days;
  for (const auto& hours : all) {
    for (std::size_t hour = 0; hour < day; ++hour) {
      days.emplace_back();
      for (std::size_t t = hours.size() % day + hour; t < hours.size(); t += day) days.back().push_back(hours[t]);
    }
  }
  return days;
}

void measure(const Arguments& arguments, Results& results) {
  const std::string data = "ETTh1";
  const auto columns = read(arguments.data);
  const auto seen = part(columns, 0, training + validation, 0);
  const auto epochs = [&](std::size_t of_recipe) { return arguments.epochs > 0 ? arguments.epochs : of_recipe; };
  const auto judge = [&](std::size_t begin, std::size_t count, std::size_t look_back, auto forecast) {
    return backtest(forecast, part(columns, begin, begin + count, look_back),
                    {.horizon = horizon, .windows = count - horizon + 1, .season = day});
  };
  const auto add = [&](const std::string& name, std::size_t look_back, const Cost& cost, auto forecast) {
    const BacktestResult result = judge(training + validation, test, look_back, forecast);
    results.rows.push_back({data, name, result.model.together, {}, cost.seconds(), cost.megabytes()});
    return result;
  };

  const Cost cost;
  Forecaster hourly(DataPath{SubtractLast()}, HourlyNet(), options(epochs(10), 3e-4, validation));
  hourly.fit(seen);
  const auto by_hourly = [&](ManySeries known, std::size_t steps) { return rows_of(hourly.predict(known, steps)); };
  add("seasonal naive", day, cost,
      [](std::span<const double> known, std::size_t steps) { return seasonal_naive_forecast(known, steps, day); });
  add("four GRU<128>, 96 values", horizon, cost, by_hourly);

  Forecaster daily(DataPath{SubtractLevel(7)}, DailyNet(), MeanSquaredError{},
                   options(epochs(10), 1e-3, validation / day));
  daily.fit(by_hour(seen));
  const auto both = [&](ManySeries known, std::size_t steps) {
    ListOfSeries rows = by_hourly(known, steps);
    const Forecast days = daily.predict(by_hour(known));
    for (std::size_t s = 0; s < rows.size(); ++s) {
      for (std::size_t h = 0; h < steps; ++h) rows[s][h] = (rows[s][h] + days.mean(s * day + h % day)[h / day]) / 2;
    }
    return rows;
  };
  const BacktestResult judged = add("and four GRU<16>, 30 days", 30 * day, cost, both);
  const BacktestResult calibration = judge(training, validation, 30 * day, both);
  add_coverage(results, data, {calibration, 0, calibration.windows}, {judged, 0, judged.windows}, false);
}

}  // namespace etth1

// --- The table ------------------------------------------------------------------------------------------------------

void print(const Results& results) {
  std::printf("%-10s %-28s %7s %7s %7s %7s %7s %8s %6s\n", "", "", "sMAPE", "MASE", "OWA", "MSE", "MAE", "seconds",
              "MB");
  for (const Row& row : results.rows) {
    std::printf("%-10s %-28s", row.data.c_str(), row.forecast.c_str());
    if (row.owa) {
      std::printf(" %7.3f %7.3f %7.4f %7s %7s", row.errors.smape, *row.errors.mase, *row.owa, "", "");
    } else {
      std::printf(" %7s %7s %7s %7.4f %7.4f", "", "", "", row.errors.mse, row.errors.mae);
    }
    std::printf(" %8.1f %6.0f\n", row.seconds, row.megabytes);
  }
  std::printf("\n%-10s %-28s %7s %7s %7s %7s %7s\n", "", "values in the intervals", "all", "1st", "2nd", "3rd",
              "4th quarter");
  for (const Coverage& row : results.coverage) {
    std::printf("%-10s %2.0f %%%24s %6.1f%%", row.data.c_str(), 100 * row.level, "", 100 * row.all);
    for (const double share : row.quarters) std::printf(" %6.1f%%", 100 * share);
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) try {
  Arguments arguments;
  for (int k = 1; k < argc; ++k) {
    const std::string option = argv[k];
    if (k + 1 == argc) throw std::runtime_error(option + ": expected a value after it");
    const std::string value = argv[++k];
    if (option == "--data") {
      arguments.data = value;
    } else if (option == "--epochs") {
      arguments.epochs = std::stoul(value);
    } else {
      throw std::runtime_error("there is no option " + option);
    }
  }
  if (arguments.data.empty())
    throw std::runtime_error(
        "expected --data DIR, the folder of M4-Hourly-train.csv, M4-Hourly-test.csv and ETTh1.csv");
  bench::hold_blas_to_one_thread();
  Results results;
  m4::measure(arguments, results);
  etth1::measure(arguments, results);
  print(results);
} catch (const std::exception& error) {
  std::fprintf(stderr, "forecasts: %s\n", error.what());
  return 1;
}
