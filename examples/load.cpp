// An electric load, hour by hour, a day ahead, where the temperature is known in advance: with and without it.
//
// A month is little to learn from: without its first week, before which there is none, and the last, which is the test
// part, there are 17 values of each hour of the day. A HorizonNet learns once for all hours what the temperature does.
//
// The series is not in the project, as it is under the GPL: it is read from where the Debian package gretl-data puts
// it.

#include <rnnts/forecasting.hpp>
#include <rnnts/rnnts.hpp>

#include <cstddef>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support/options.hpp"
#include "support/plot.hpp"
#include "support/report.hpp"

using namespace rnnts;

namespace {

constexpr std::size_t day = 24, week = 7 * day;

// [read]
/// A file of gretl's with a line for each hour: day and hour, megawatts, degrees Fahrenheit, as in
/// `<obs>1.01 2054 44 </obs>`.
ForecastSeries read_load(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw DataError(path + " cannot be read: it is a file of the Debian package gretl-data");
  ForecastSeries series{.unique_id = "load"};
  std::vector<double>& temperature = series.known["temperature"];
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("<obs>")) continue;
    std::istringstream numbers(line.substr(5));
    double hour = 0, megawatts = 0, fahrenheit = 0;
    if (!(numbers >> hour >> megawatts >> fahrenheit)) throw DataError(path + ": expected 3 numbers in " + line);
    series.values.push_back(megawatts);
    temperature.push_back((fahrenheit - 32) / 1.8);
  }
  return series;
}
// [/read]

// [columns]
/// A day in advance not only the temperature is known, but also what load and temperature were a day and a week before
/// each hour. The first week goes, as there is no week before it.
ForecastSeries with_columns(const ForecastSeries& series) {
  const auto earlier = [](const std::vector<double>& numbers, std::size_t hours) {
    const auto part = std::span(numbers).subspan(week - hours, numbers.size() - week);
    return std::vector<double>(part.begin(), part.end());
  };
  const std::vector<double>& temperature = series.known.at("temperature");
  return {.unique_id = series.unique_id,
          .values = earlier(series.values, 0),
          .known = {{"load_day_ago", earlier(series.values, day)},
                    {"load_week_ago", earlier(series.values, week)},
                    {"temperature", earlier(temperature, 0)},
                    {"temperature_day_ago", earlier(temperature, day)},
                    {"temperature_week_ago", earlier(temperature, week)}}};
}
// [/columns]

/// The first hours of a series.
ForecastSeries until(ForecastSeries series, std::size_t hours) {
  series.values.resize(hours);
  for (auto& [name, numbers] : series.known) numbers.resize(hours);
  return series;
}

/// The last week of a series, each day forecast at its beginning.
BacktestResult last_week(const auto& forecast, const ForecastSeries& series) {
  return backtest(forecast, series, {.horizon = day, .windows = 7, .step_size = day, .season = day});
}

void draw(const ForecastSeries& series, const BacktestResult& without, const BacktestResult& with,
          const std::filesystem::path& file) {
  std::vector<double> days(week);
  for (std::size_t t = 0; t < week; ++t) {
    days[t] = static_cast<double>(series.values.size() + t) / static_cast<double>(day) + 1;  // from the 8th on
  }
  examples::Plot("The last week of January 1992, each day forecast at its beginning", "day of the month", "megawatts")
      .line("without the temperature", examples::colour::orange, days, without.forecasts)
      .line("with the temperature", examples::colour::blue, days, with.forecasts)
      .line("load", examples::colour::black, days, std::span(series.values).last(week))
      .save(file);
}

}  // namespace

int main(int argc, char** argv) try {
  const examples::CommandLine command_line{
      .example = "load",
      .description = "Forecasts an electric load a day ahead, with and without the temperature.",
      .data_file = "/usr/share/gretl/data/ramanathan/data10-2.gdt",
      .seeds = 3};
  const examples::Options options = command_line.parse(argc, argv);

  const ForecastSeries read = read_load(options.data);
  if (read.values.size() < 4 * week) throw DataError(options.data + ": expected at least four weeks");
  const ForecastSeries all = with_columns(read);
  const ForecastSeries but_one = until(all, all.values.size() - week),
                       but_two = until(all, all.values.size() - 2 * week);

  examples::Report report(
      "hourly load of an electric company in the north-west of the USA, January 1992", "megawatts",
      {{"training_part",
        "from the 8th on, up to the last week, which is the test part; up to the week before for val_mae"},
       {"windows", "48 hours, the next 24 less those of a day before"},
       {"optimizer",
        "Adam, learning rate 1e-2 with cosine decay, weight decay 1, batches of 32; loss: mean absolute error"},
       {"choices", "units, epochs, learning rate and weight decay by val_mae over five seeds, the same for both nets"},
       {"errors", "of 24 hours ahead, forecast at each midnight of a week; train_mae: of the last week trained with"}});
  report.plot_losses("losses.png", "mean absolute error of standardised loads", {"without_temperature", "temperature"});
  for (const auto& [name, lag] : {std::pair{"naive_day", day}, {"naive_week", week}}) {
    const auto naive = [lag = lag](std::span<const double> history, std::size_t steps) {
      return seasonal_naive_forecast(history, steps, lag);
    };
    const double week_before = last_week(naive, but_one).model.together.mae;
    report.add({.name = name,
                .train_mae = week_before,
                .val_mae = week_before,
                .test_mae = last_week(naive, all).model.together.mae});
  }

  std::vector<BacktestResult> first_seed;
  for (const bool is_known : {false, true}) {
    for (std::size_t k = 0; k < options.seeds; ++k) {
      examples::Result result{.name = is_known ? "temperature" : "without_temperature", .seed = options.seed + k};
      // [forecaster]
      ForecasterOptions net{.look_back = 2 * day,
                            .horizon = day,
                            .units = 8,
                            .known = {"load_day_ago", "load_week_ago"},
                            .epochs = options.epochs_or(80),
                            .learning_rate = 1e-2,
                            .weight_decay = 1,
                            .seed = seed(options.seed + k),
                            .verbose = false};
      if (is_known) {
        for (const char* name : {"temperature", "temperature_day_ago", "temperature_week_ago"}) {
          net.known.push_back(name);
        }
      }
      const auto forecast_after = [&](const ForecastSeries& training) {
        Forecaster forecaster(DataPath{StandardScale(), SubtractSeason(day)}, horizon_net<day>(net), net);
        const History history = forecaster.fit(training)[0];
        result.parameters = forecaster.net().parameter_count();
        result.seconds = history.seconds;
        result.losses = history.loss;
        return [forecaster](const ForecastSeries& known, std::size_t steps) {
          return forecaster.predict(known, steps).values;
        };
      };
      // [/forecaster]
      result.val_mae = last_week(forecast_after(but_two), but_one).model.together.mae;
      const auto forecast = forecast_after(but_one);
      result.train_mae = last_week(forecast, but_one).model.together.mae;
      const BacktestResult test = last_week(forecast, all);
      result.test_mae = test.model.together.mae;
      if (k == 0) first_seed.push_back(test);
      report.add(result);
    }
  }
  draw(all, first_seed[0], first_seed[1], options.out / "load.png");
  report.print_table("mean of 24 hours ahead");
  report.print_verdicts();
  report.write(options.out);
} catch (const std::exception& error) {
  std::cerr << "load: " << error.what() << '\n';
  return 1;
}
