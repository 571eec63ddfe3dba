// The code of docs/many_series.md.
#include <chrono>
#include <cmath>
#include <cstddef>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "../unit/series/temporary_file.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/forecast/backtest.hpp"
#include "rnnts/forecast/fill_missing.hpp"
#include "rnnts/forecast/find_season.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/forecaster.hpp"
#include "rnnts/forecast/read_series.hpp"
#include "rnnts/forecast/resample.hpp"
#include "rnnts/forecast/series_net.hpp"
#include "rnnts/forecast/series_table.hpp"
#include "rnnts/forecast/steps.hpp"
#include "rnnts/forecast/window_steps.hpp"
#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("many_series.md: series are read with their times") {
  const TemporaryFile file(
      "store,date,sales\nnorth,2024-02-26,5\nsouth,2024-02-26,1\nnorth,2024-02-27,6\nsouth,2024-02-27,2\n"
      "north,2024-02-28,7\nsouth,2024-02-28,3\nnorth,2024-02-29,7\nnorth,2024-03-01,9\n");
  const std::string path = file.path();
  std::ostringstream out;
  // [read]
  const SeriesTable sales = read_series(path, {.unique_id = "store", .ds = "date", .y = "sales"});

  for (const auto& [store, values] : sales) out << store << ": " << values.size() << " values\n";
  out << "one every " << sales.step.text() << "; the next one of the first store is that of "
      << time_text(sales.time(0, sales.series[0].second.size())) << "\n";
  // [/read]
  CHECK(out.str() ==
        "north: 5 values\nsouth: 3 values\none every 1 day; the next one of the first store is that of 2024-03-02\n");
}

TEST_CASE("many_series.md: columns are read beside the values") {
  const TemporaryFile file(
      "store,date,sales,price,area\nnorth,2024-02-26,5,2,50\nnorth,2024-02-27,6,1.5,\nnorth,2024-02-28,7,1.5,\n"
      "north,2024-02-29,,2,\n");
  const std::string path = file.path();
  std::ostringstream out;
  // [columns]
  const SeriesTable sales =
      read_series(path, {.unique_id = "store", .ds = "date", .y = "sales", .known = {"price"}, .fixed = {"area"}});
  const std::vector<ForecastSeries> stores = sales.with_columns();

  out << stores[0].values.size() << " values, " << stores[0].known.at("price").size() << " prices, an area of "
      << stores[0].fixed.at("area") << "\n";
  // [/columns]
  CHECK(out.str() == "3 values, 4 prices, an area of 50\n");
}

TEST_CASE("many_series.md: uneven times are resampled") {
  const TemporaryFile file(
      "time,watts\n2024-01-01 08:03,400\n2024-01-01 08:41,500\n2024-01-01 09:20,300\n"
      "2024-01-01 10:00,200\n2024-01-01 10:59,300\n");
  const std::string path = file.path();
  std::ostringstream out;
  // [resample]
  const SeriesTable hours = read_series(path, {.ds = "time", .y = "watts"},
                                        {.resample = Resample{.step = time_step("1h"), .by = Aggregate::mean}});

  out << "from " << time_text(hours.time(0, 0)) << ":";
  for (const double watts : hours.series[0].second) out << " " << watts;
  out << "\n";
  // [/resample]
  CHECK(out.str() == "from 2024-01-01 08:00:00: 450 300 250\n");
}

TEST_CASE("many_series.md: missing values are filled") {
  const TemporaryFile file(
      "date,load\n2024-01-01,1\n2024-01-02,\n2024-01-03,3\n2024-01-06,6\n2024-01-07,7\n2024-01-08,8\n");
  const std::string path = file.path();
  std::ostringstream out;
  // [fill]
  SeriesTable table = read_series(path, {.ds = "date", .y = "load"}, {.allow_missing = true});
  out << table.gaps << " without a row, " << table.missing << " without a number\n";
  fill_missing(table, MissingValue::linear);
  // [/fill]
  CHECK(out.str() == "2 without a row, 1 without a number\n");
  CHECK(table.series[0].second == std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("many_series.md: the season is found") {
  const std::string csv = RNNTS_DATA_DIR "/airline_passengers.csv";
  std::ostringstream out;
  // [season]
  const SeriesTable table = read_series(csv, {.ds = "month", .y = "passengers"});
  const std::vector<std::span<const double>> series{table.series[0].second};
  const FoundSeason season = find_season(series, usual_seasons(table.step));
  out << season.steps << " steps: their autocorrelation is " << season.autocorrelation << "\n";
  // [/season]
  CHECK(out.str() == "12 steps: their autocorrelation is 0.9311\n");
}

TEST_CASE("many_series.md: a learned vector of each series") {
  std::vector<ForecastSeries> shops;
  Random random(seed(1));
  for (std::size_t k = 0; k < 12; ++k) {  // of which each loses other customers when its price rises
    ForecastSeries shop{.unique_id = "shop " + std::to_string(k)};
    const double elasticity = static_cast<double>(k % 4);
    for (std::size_t t = 0; t < 200; ++t) {
      const double price = std::exp(random.uniform(-0.3, 0.3));
      shop.known["price"].push_back(price);
      shop.values.push_back(100 * std::pow(price, -elasticity) * std::exp(random.uniform(-0.1, 0.1)));
    }
    shops.push_back(shop);
  }
  std::ostringstream out;
  // [embedding]
  const auto error = [&](auto forecaster) {
    const auto fit = [&](const std::vector<ForecastSeries>& histories) {
      forecaster.fit(histories);
      return [&](const ForecastSeries& history, std::size_t horizon) {
        return forecaster.predict(history, horizon).values;
      };
    };
    return backtest(fit, shops, {.horizon = 7, .windows = 6, .step_size = 7, .refit = false}).model.together.mase;
  };
  const DataPath path{Log(), SubtractLevel(7)};
  ForecasterOptions options{.look_back = 7, .horizon = 7, .units = 16, .known = {"price"}, .verbose = false};
  out << "MASE of one net for all " << *error(Forecaster(path, options));

  options.series = shops.size();
  out << ", with a vector of each shop " << *error(Forecaster(path, series_net(options), options)) << "\n";
  // [/embedding]
  const std::string text = out.str();
  CHECK(std::stod(text.substr(text.rfind(' '))) < 0.5 * std::stod(text.substr(text.find("all ") + 4)));
}
