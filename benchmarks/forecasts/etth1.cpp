// ETTh1: seven columns, each standardised by its training part, of which 96 values are forecast from each hour.
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "results.hpp"
#include "rnnts/forecasting.hpp"
#include "rnnts/rnnts.hpp"

namespace bench {
namespace {

using namespace rnnts;

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

/// They read four days and two weeks, a day at a time.
using ShortNet = Sequential<float, Input<day, 4>, Dense<128, ReLU>, GRU<128>, Dropout<0.3>, Dense<horizon>>;
using LongNet = Sequential<float, Input<day, 14>, Dense<128, ReLU>, GRU<64>, Dropout<0.3>, Dense<horizon>>;
/// A linear map of two weeks.
using LinearNet = Sequential<float, Input<day, 14>, Flatten, Dense<horizon>>;

ForecasterOptions options(std::size_t epochs, double learning_rate, std::size_t members) {
  return {.epochs = epochs,
          .batch_size = 256,
          .learning_rate = learning_rate,
          .validation = validation,
          .members = members,
          .verbose = false};
}

}  // namespace

void add_etth1(const Arguments& arguments, Results& results) {
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
    add_row(results, {data, name, result.model.together, {}, cost.seconds(), cost.megabytes()});
    return result;
  };

  add("seasonal naive", day, Cost(),
      [](std::span<const double> known, std::size_t steps) { return seasonal_naive_forecast(known, steps, day); });

  const Cost cost;
  Forecaster by_days(DataPath{SubtractLast()}, ShortNet(), options(epochs(10), 3e-4, seeds));
  by_days.fit(seen);
  add("four GRU<128>, 96 values", by_days.look_back(), cost,
      [&](ManySeries known, std::size_t steps) { return rows_of(by_days.predict(known, steps)); });

  Forecaster by_weeks(DataPath{SubtractLast()}, LongNet(), options(epochs(10), 3e-4, seeds));
  by_weeks.fit(seen);
  Forecaster linear(DataPath{SubtractLevel(day)}, LinearNet(), MeanSquaredError{}, options(epochs(10), 1e-3, 1));
  linear.fit(seen);
  const auto mean_of_three = [&](ManySeries known, std::size_t steps) {
    ListOfSeries rows = rows_of(by_days.predict(known, steps));
    const Forecast second = by_weeks.predict(known, steps), third = linear.predict(known, steps);
    for (std::size_t s = 0; s < rows.size(); ++s) {
      for (std::size_t h = 0; h < steps; ++h) rows[s][h] = (rows[s][h] + second.mean(s)[h] + third.mean(s)[h]) / 3;
    }
    return rows;
  };
  const std::size_t look_back = linear.look_back();
  const BacktestResult judged = add("and GRU<64>, linear, 336", look_back, cost, mean_of_three);
  const BacktestResult calibration = judge(training, validation, look_back, mean_of_three);
  add_coverage(results, data, {calibration, 0, calibration.windows}, {judged, 0, judged.windows}, false);
}

}  // namespace bench
