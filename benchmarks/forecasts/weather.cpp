// Daily minimum temperatures in Melbourne, bundled: of each day of the last two of ten years the eight that follow.
#include <cstddef>
#include <span>
#include <string>

#include "results.hpp"
#include "rnnts/forecasting.hpp"
#include "rnnts/rnnts.hpp"

namespace bench {

using namespace rnnts;

void add_weather(const Arguments& arguments, Results& results) {
  constexpr std::size_t horizon = 8, month = 28, year = 365, validation = 2 * year, test = 2 * year;
  const std::string data = "Melbourne";
  const auto minima = read_csv<double>(RNNTS_DATA_DIR "/melbourne_temperatures.csv", "minimum");
  const auto seen = std::span(minima).first(minima.size() - test);
  const auto judge = [&](std::size_t end, std::size_t count, std::size_t look_back, auto forecast) {
    const auto part = std::span(minima).first(end).last(count + look_back);
    return backtest(forecast, part, {.horizon = horizon, .windows = count - horizon + 1, .season = year});
  };

  const Cost cost;
  Forecaster forecaster(DataPath{SubtractLevel(month)}, {.look_back = 2 * month,
                                                         .horizon = horizon,
                                                         .epochs = arguments.epochs > 0 ? arguments.epochs : 10,
                                                         .learning_rate = 1e-3,
                                                         .validation = validation,
                                                         .members = seeds,
                                                         .verbose = false});
  forecaster.fit(seen);
  const auto by_net = [&](ManySeries known, std::size_t steps) { return rows_of(forecaster.predict(known, steps)); };
  const BacktestResult judged = judge(minima.size(), test, year, by_net);
  add_row(results, {data, "seasonal naive", judged.seasonal_naive->errors.together});
  add_row(results, {data, "four GRU<32>, 56 values", judged.model.together, {}, cost.seconds(), cost.megabytes()});
  const BacktestResult calibration = judge(seen.size(), validation, year, by_net);
  add_coverage(results, data, {calibration, 0, calibration.windows}, {judged, 0, judged.windows}, false);
}

}  // namespace bench
