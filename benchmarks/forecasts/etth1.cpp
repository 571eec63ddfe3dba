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
/// Linear maps: of four days, one for each column, and of three weeks, one for all.
using ColumnNet = Sequential<float, Input<4 * day, 1>, Flatten, Dense<horizon>>;
using LinearNet = Sequential<float, Input<512, 1>, Flatten, Dense<horizon>>;

ForecasterOptions options(std::size_t epochs, std::size_t batch_size, double learning_rate) {
  return {.epochs = epochs,
          .batch_size = batch_size,
          .learning_rate = learning_rate,
          .validation = validation,
          .members = seeds,
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

  const Cost cost_of_one;
  Forecaster by_days(DataPath{SubtractLast()}, ShortNet(), options(epochs(10), 256, 3e-4));
  by_days.fit(seen);
  add("four GRU<128>, 96 values", by_days.look_back(), cost_of_one,
      [&](ManySeries known, std::size_t steps) { return rows_of(by_days.predict(known, steps)); });

  const Cost cost;
  Forecaster by_weeks(DataPath{SubtractLast()}, LongNet(), options(epochs(10), 256, 3e-4));
  by_weeks.fit(seen);
  // The linear maps take values as they are, so that they can draw a forecast towards the mean of the training part:
  // that is what a GRU behind SubtractLast cannot do.
  const Forecaster map(DataPath{}, ColumnNet(), MeanSquaredError{}, options(epochs(40), 64, 3e-3));
  std::vector by_column(columns.size(), map);
  for (std::size_t c = 0; c < columns.size(); ++c) by_column[c].fit(seen[c]);
  Forecaster linear(DataPath{}, LinearNet(), MeanSquaredError{}, options(epochs(40), 256, 1e-3));
  linear.fit(seen);
  const auto mean_of_three = [&](ManySeries known, std::size_t steps) {
    ListOfSeries rows = rows_of(by_weeks.predict(known, steps));
    const Forecast of_all = linear.predict(known, steps);
    for (std::size_t c = 0; c < rows.size(); ++c) {
      const Forecast of_column = by_column[c].predict(known[c], steps);
      for (std::size_t h = 0; h < steps; ++h) {
        rows[c][h] = (rows[c][h] + of_column.mean()[h] + of_all.mean(c)[h]) / 3;
      }
    }
    return rows;
  };
  const std::size_t look_back = linear.look_back();
  const BacktestResult judged = add("GRU<64>, linear maps, 512", look_back, cost, mean_of_three);
  const BacktestResult calibration = judge(training, validation, look_back, mean_of_three);
  add_coverage(results, data, {calibration, 0, calibration.windows}, {judged, 0, judged.windows}, false);
}

}  // namespace bench
