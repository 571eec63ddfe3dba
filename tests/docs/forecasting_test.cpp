// The code of docs/forecasting.md and docs/search.md.
#include <rnnts/forecasting.hpp>
#include <rnnts/rnnts.hpp>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/unique_path.hpp"

using namespace rnnts;

namespace {

std::vector<double> hours(std::size_t days, double level) {
  std::vector<double> load;
  for (std::size_t t = 0; t < 24 * days; ++t) {
    load.push_back(level *
                   (1.2 + std::sin(static_cast<double>(t) * 0.2617994) + 0.1 * std::cos(static_cast<double>(t * t))));
  }
  return load;
}

// [own_step]
/// Square roots: milder than logarithms, and 0 is allowed.
struct SquareRoot {
  static constexpr std::string_view name = "square_root", domain = "at least 0";

  double transform(double x) const { return std::sqrt(x); }
  double inverse_transform(double y) const { return y * y; }
};
// [/own_step]

}  // namespace

TEST_CASE("forecasting.md: the airline's next year, beside the seasonal naive forecast") {
  const std::string csv = RNNTS_DATA_DIR "/airline_passengers.csv";
  std::ostringstream out;
  // [airline]
  const std::vector<double> passengers = read_csv<double>(csv, "passengers");
  const std::span<const double> all = passengers, known = all.first(132), last_year = all.last(12);

  Forecaster forecaster(DataPath{Log(), SubtractLevel(12), SubtractSeason(12)},
                        {.look_back = 36, .horizon = 12, .units = 16, .epochs = 60, .members = 3, .verbose = false});
  forecaster.fit(known);
  const Forecast forecast = forecaster.predict(known);

  const auto naive = known.last(12);  // the same month of the year before
  out << "Forecaster " << mean_absolute_error(last_year, forecast.mean()) << ", seasonal naive "
      << mean_absolute_error(last_year, naive) << " thousand passengers\n";
  // [/airline]
  INFO(out.str());
  CHECK(mean_absolute_error(last_year, forecast.mean()) < 0.5 * mean_absolute_error(last_year, naive));

  const auto path = unique_path(".rnnts");
  // [save]
  save(forecaster, path);

  Forecaster loaded(DataPath{Log(), SubtractLevel(12), SubtractSeason(12)},
                    {.look_back = 36, .horizon = 12, .units = 16, .members = 3});
  load(loaded, path);
  const Forecast two_years = loaded.predict(passengers, 24);  // the second one from the forecast of the first
  // [/save]
  CHECK(two_years.mean().size() == 24);
  CHECK(two_years.mean()[0] == forecaster.predict(passengers).mean()[0]);
  std::filesystem::remove(path);
}

TEST_CASE("forecasting.md: many series, a net of one's own, quantiles") {
  // [many]
  const std::map<std::string, std::vector<double>> load{{"north", hours(20, 100)}, {"south", hours(15, 3000)}};

  using Net = Sequential<float, Input<24>, Dense<8, ReLU>, GRU<8>, Dense<24 * 3>>;  // a day is one step
  Forecaster forecaster(DataPath{Log(), SubtractLevel(24)}, Net(), Quantiles<3>{{0.1, 0.5, 0.9}},
                        {.look_back = 7 * 24, .epochs = 5, .stride = 4, .validation = 2 * 24, .verbose = false});
  const std::vector<History> histories = forecaster.fit(load);

  const Forecast tomorrow = forecaster.predict(load);
  const double high = tomorrow.quantile(0.9, 1)[17];  // in the south, 18 hours from now
  // [/many]
  // [calibrate]
  const QuantileCalibration said = calibration(forecaster, load, {.windows = 25});  // of the last two days
  const double share = said.coverage();  // of what came, between the lowest and the highest quantile
  forecaster.calibrate(said);
  // [/calibrate]
  CHECK(said.size() == 50);
  CHECK(share < 1);
  CHECK(forecaster.predict(load).mean(1)[17] == tomorrow.mean(1)[17]);
  CHECK(forecaster.predict(load).quantile(0.9, 1)[17] != high);
  CHECK(tomorrow.unique_ids[1] == "south");
  CHECK(high > 1000);
  CHECK(histories[0].val_loss.size() == 5);
}

TEST_CASE("forecasting.md: covariates") {
  // Sales fall with the square of the price, which is chance.
  const auto made = [](std::string unique_id, std::uint64_t number, double area) {
    ForecastSeries shop{.unique_id = std::move(unique_id), .fixed = {{"area", area}}};
    Random random(seed(number));
    for (std::size_t day = 0; day < 207; ++day) {
      const double price = random.uniform(0.8, 1.2), weekday = day % 7 < 5 ? 1 : 1.6;
      shop.known["price"].push_back(price);
      if (day < 200) shop.values.push_back(area * weekday / (price * price) * std::exp(0.05 * random.normal()));
    }
    for (const double sales : shop.values) shop.past["visitors"].push_back(5 * sales);
    return shop;
  };
  std::vector<ForecastSeries> shops{made("north", 1, 400), made("south", 2, 90)};
  std::ostringstream out;
  // [covariates]
  const std::chrono::sys_days first_day = std::chrono::January / 1 / 2024;
  for (ForecastSeries& shop : shops) {  // with values, and known["price"] for 7 more days
    const auto days = times_from(first_day, std::chrono::days(1), shop.values.size() + 7);
    shop.known.merge(calendar_columns(days, {.hour = false, .month = false, .day_of_year = false}));
  }
  ForecasterOptions options{.look_back = 28, .horizon = 7, .segment = 7, .units = 8, .verbose = false};
  options.known = {"weekday_sin", "weekday_cos"};
  const auto error = [&] {
    const auto fit = [&](const std::vector<ForecastSeries>& histories) {
      Forecaster forecaster(DataPath{Log(), SubtractLevel(7), SubtractSeason(7)}, options);
      forecaster.fit(histories);
      return [forecaster](const ForecastSeries& history, std::size_t horizon) {
        return forecaster.predict(history, horizon).values;
      };
    };
    return backtest(fit, shops, {.horizon = 7, .windows = 6, .step_size = 7, .refit = false}).model.together.mase;
  };
  const std::optional<double> alone = error();
  options.known.push_back("price");
  options.past = {"visitors"};
  options.fixed = {"area"};
  out << "MASE with the calendar alone " << *alone << ", with all columns " << *error() << "\n";
  // [/covariates]
  CHECK(std::stod(out.str().substr(out.str().rfind(' '))) < 0.6 * *alone);
}

TEST_CASE("forecasting.md: a normal distribution") {
  const std::string csv = RNNTS_DATA_DIR "/airline_passengers.csv";
  const std::vector<double> passengers = read_csv<double>(csv, "passengers");
  const auto known = std::span(passengers).first(132);
  std::ostringstream out;
  // [likelihood]
  Forecaster forecaster(DataPath{Log(), SubtractLevel(12), SubtractSeason(12)}, GaussianNegativeLogLikelihood(),
                        {.look_back = 36, .horizon = 12, .units = 8, .quantiles = {0.1, 0.9}, .verbose = false});
  forecaster.fit(known);
  const Forecast forecast = forecaster.predict(known);
  out << "July: " << forecast.mean()[6] << ", from " << forecast.quantile(0.1)[6] << " to " << forecast.quantile(0.9)[6]
      << " in 80 % of all cases\n";
  // [/likelihood]
  INFO(out.str());
  CHECK(forecast.quantile(0.1)[6] < forecast.mean()[6]);
  CHECK(forecast.mean()[6] < forecast.quantile(0.9)[6]);
}

TEST_CASE("forecasting.md: missing values") {
  // Visitors by the day of the week, at a level that drifts, and a level alone; one day in five nobody counted.
  const auto made = [](std::uint64_t number, double of_weekday, double drift) {
    constexpr double weekday[] = {0, 0.1, 0.05, 0.15, 0.3, 0.7, 0.5};
    Random random(seed(number));
    std::vector<double> values;
    double level = 5;
    for (std::size_t day = 0; day < 700; ++day) {
      level += drift * random.normal();
      values.push_back(std::exp(level + of_weekday * weekday[day % 7] + 0.02 * random.normal()));
      if (random.uniform() < 0.2) values.back() = std::nan("");
    }
    return values;
  };
  const std::vector<double> visitors = made(1, 1, 0.02), water = made(1, 0, 0.05);
  std::ostringstream out;
  // [missing]
  const auto error = [](const std::vector<double>& series, std::optional<MissingValue> fill) {
    const auto seen = [=](std::span<const double> history) {
      std::vector<double> values(history.begin(), history.end());
      if (fill) fill_missing(values, *fill, 7);
      return values;
    };
    ForecasterOptions options{.look_back = 28, .horizon = 7, .segment = 7, .units = 8, .verbose = false};
    options.mask_missing = !fill;
    const auto fit = [&](ManySeries histories) {
      Forecaster forecaster(DataPath{Log(), SubtractLevel(7), SubtractSeason(7)}, options);
      forecaster.fit(seen(histories[0]));
      return [=](std::span<const double> history, std::size_t horizon) {
        return forecaster.predict(seen(history), horizon).values;
      };
    };
    const BacktestOptions on_what_came{
        .horizon = 7, .windows = 40, .step_size = 5, .refit = false, .mask_missing = true};
    return backtest(fit, series, on_what_came).model.together.mae;
  };
  for (const auto& [name, series] : {std::pair{"visitors", visitors}, std::pair{"water", water}}) {
    out << name << ": masked " << error(series, {}) << ", filled on a line " << error(series, MissingValue::linear)
        << ", from the season before " << error(series, MissingValue::seasonal) << "\n";
  }
  // [/missing]
  INFO(out.str());
  CHECK(error(visitors, {}) < 0.9 * error(visitors, MissingValue::linear));
}

TEST_CASE("forecasting.md: a learned cycle") {
  ForecastSeries load;
  Random random(seed(1));
  for (std::size_t t = 0; t < 20 * 168; ++t) {
    const std::size_t hour = t % 24, day = t / 24 % 7;
    const double of_hour = std::sin(static_cast<double>(hour) / 24 * 6.2832), of_day = day < 5 ? 1 : 0.4;
    load.values.push_back(100 + 20 * of_day * (1 + of_hour) + random.uniform(-2, 2));
  }
  std::ostringstream out;
  // [cycle]
  for (std::size_t t = 0; t < load.values.size() + 24; ++t) {  // hourly values, from the first hour of a Monday on
    load.known["hour of the week"].push_back(static_cast<double>(t % 168));
  }
  const auto error = [&](auto forecaster) {
    const auto fit = [&](const std::vector<ForecastSeries>& histories) {
      forecaster.fit(histories);
      return [&](const ForecastSeries& history, std::size_t horizon) {
        return forecaster.predict(history, horizon).values;
      };
    };
    return backtest(fit, std::vector{load}, {.horizon = 24, .windows = 14, .step_size = 24, .refit = false})
        .model.together.mae;
  };
  const DataPath path{SubtractLevel(24)};
  ForecasterOptions options{.look_back = 48, .horizon = 24, .segment = 24, .units = 8, .verbose = false};
  out << "from two days alone " << error(Forecaster(path, options));

  options.cycle = "hour of the week";
  options.period = 168;
  out << ", with a learned cycle " << error(Forecaster(path, cycle_net(options), options)) << "\n";
  // [/cycle]
  const std::string text = out.str();
  CHECK(std::stod(text.substr(text.rfind(' '))) < 0.8 * std::stod(text.substr(text.find("alone ") + 6)));
}

TEST_CASE("forecasting.md: steps") {
  const std::vector<double> series{1, 4, 9, 16, 25};
  // [path]
  DataPath path{SquareRoot(), StandardScale(), SubtractLast()};
  path.fit(series);

  const std::vector<double> seen = path.transform(series);  // what a net sees of this window: its last number is 0
  std::vector<double> said{0.5, 1};                         // and what it may say of the next two values
  path.inverse_transform(series, said);                     // now in the units of the series
  // [/path]
  CHECK(seen.back() == 0);
  CHECK(said[1] == Approx(std::pow(5 + std::sqrt(2.0), 2)));
}

TEST_CASE("search.md: the airline's forecaster, chosen on the two years before the last") {
  const std::vector<double> passengers = read_csv<double>(RNNTS_DATA_DIR "/airline_passengers.csv", "passengers");
  const auto known = std::span(passengers).first(132);
  std::ostringstream out;
  // [search]
  const SearchSpace space{{"look_back", Choice{24, 36}},
                          {"units", Integers{4, 16}},
                          {"learning_rate", LogUniform{1e-3, 3e-2}},
                          {"path", Choice{"level", "level and season"}}};

  const auto options_of = [](const Trial& trial) {
    return ForecasterOptions{.look_back = trial.integer("look_back"),
                             .horizon = 12,
                             .units = trial.integer("units"),
                             .epochs = trial.part_of(60),
                             .learning_rate = trial.number("learning_rate"),
                             .seed = trial.seed,
                             .verbose = false};
  };
  const auto judge = [&](const Trial& trial) {
    const auto error_with = [&](auto path) {
      const auto fit = [&](ManySeries histories) {
        Forecaster forecaster(path, options_of(trial));
        forecaster.fit(histories[0]);
        return [forecaster = std::move(forecaster)](std::span<const double> history, std::size_t horizon) {
          return forecaster.predict(history, horizon).values;
        };
      };
      return backtest(fit, known, {.horizon = 12, .windows = 4, .step_size = 4, .refit = false}).model.together.mae;
    };
    return trial.text("path") == "level" ? error_with(DataPath{Log(), SubtractLevel(12)})
                                         : error_with(DataPath{Log(), SubtractLevel(12), SubtractSeason(12)});
  };

  const SearchResult found = search(space, judge, {.trials = 18, .seed = seed(1)});
  out << found;
  // [/search]
  INFO(out.str());
  CHECK(found.trials.size() == 18 + 6 + 2);
  CHECK(found.best().effort == 1);
  // Better than the forecast that needs no model, on the same values.
  const auto naive = [](std::span<const double> history, std::size_t horizon) {
    return seasonal_naive_forecast(history, horizon, 12);
  };
  const BacktestResult by_naive = backtest(naive, known, {.horizon = 12, .windows = 4, .step_size = 4});
  CHECK(*found.best().error < by_naive.model.together.mae);
}
