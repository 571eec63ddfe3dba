#include "forecast_arguments.hpp"

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tools {

void add_options(CLI::App& command, ForecastArguments& given, bool writes_files) {
  auto& data = given.data;
  auto* const file = command.add_option("FILE", data.file, "A CSV file");
  if (!writes_files) file->required();
  const auto add_mark = [&](const char* name, std::string& mark, const char* text,
                            const std::vector<std::pair<std::string, std::string>>& marks) {
    command.add_option(name, mark, text)->transform(CLI::CheckedTransformer(marks).description(""));
  };
  add_mark("--separator", data.separator,
           "Between fields: comma, semicolon, tab, bar or the character; else it is found",
           {{"comma", ","}, {"semicolon", ";"}, {"tab", "\t"}, {"bar", "|"}});
  add_mark("--decimal", data.decimal, "Before decimals: comma, point or the character; else it is found",
           {{"comma", ","}, {"point", "."}});
  command.add_option("--layout", data.layout, "long: a row for each value; columns or rows: one for each series")
      ->check(CLI::IsMember({"long", "columns", "rows"}));
  command.add_option("--id", data.id, "The column that names the series");
  command.add_option("--time", data.time, "The column of times");
  command.add_option("--target", data.target, "The column to forecast");
  command.add_option("--fill", data.fill, "What missing values become; else they are refused")
      ->check(CLI::IsMember({"forward", "linear", "seasonal"}));
  auto* const resample =
      command.add_option("--resample", data.resample, "What values at uneven times become in each step");
  auto* const frequency =
      command.add_option("--frequency", data.frequency, "Of these steps, as 15min, 1h, D, W, MS, QS or YS");
  resample->check(CLI::IsMember({"mean", "sum", "min", "max", "first", "last"}))->needs(frequency);
  frequency->needs(resample);
  command.add_flag("--json", given.json, "Answer in JSON, errors too");
  auto* const season =
      command.add_option("--season", data.season, "Steps of a season, 0 for none; else it is looked for");
  std::vector<CLI::Option*> of_training{season};
  const auto add = [&](const char* name, auto& option, const char* text) {
    of_training.push_back(command.add_option(name, option, text));
    return of_training.back();
  };
  const auto add_columns = [&](const char* name, std::vector<std::string>& columns, const char* text) {
    add(name, columns, text)->delimiter(',')->allow_extra_args(false);
  };
  add_columns("--known", data.known,
              "Columns that are known in advance, as price,holiday: rows after the last value go on");
  add_columns("--past", data.past, "Columns of which only the past is known");
  add_columns("--static", data.fixed, "Columns that stay the same in each series");
  of_training.push_back(
      command.add_flag("--calendar", data.calendar, "Make columns of the hour, weekday, day or month"));
  add("--horizon", given.horizon, "Steps to forecast")->check(CLI::Range(1, 1'000'000));
  add("--quantiles", given.quantiles, "Their probabilities, as 0.1,0.9")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(0.001, 0.999));
  add("--look-back", given.look_back, "Values that each forecast is made from")->check(CLI::Range(1, 1'000'000));
  add("--net", given.net,
      "forecast: each step of the horizon has weights of its own; horizon: they share them, for --known; else it is "
      "tried")
      ->check(CLI::IsMember({"forecast", "horizon"}));
  add("--units", given.units, "Of the net")->check(CLI::Range(1, 1'000'000));
  add("--members", given.members, "Nets whose mean is the forecast")->check(CLI::Range(1, 1'000'000));
  add("--epochs", given.epochs, "Of the training")->check(CLI::Range(1, 1'000'000));
  add("--windows", given.windows, "Of the backtest")->check(CLI::Range(1, 1'000'000));
  add("--step-size", given.step_size, "From one of these to the next")->check(CLI::Range(1, 1'000'000));
  add("--seed", given.seed, "Of the training; the same one gives the same forecast");
  const std::map<std::string, double> units{{"s", 1}, {"m", 60}, {"h", 3600}};
  auto* const budget = add("--budget", given.budget, "Time to search for better settings, as 60s or 5m")
                           ->transform(CLI::AsNumberWithUnit(units))
                           ->check(CLI::Range(1e-3, 1e9));
  if (!writes_files) return;
  of_training.push_back(
      command.add_flag("--resume", given.resume, "Go on with the trials.csv of a search that was interrupted")
          ->needs(budget));
  command.add_option("-o,--output-dir", given.output, "Where forecast.csv, forecast.rnnts and report.html are written");
  auto* const model = command.add_option("--model", given.model, "Forecast with the forecast.rnnts of an earlier run");
  for (auto* const option : of_training) option->excludes(model);
  command
      .add_flag("--stream", given.stream, "Answer each row on standard input with a forecast; FILE is then the past")
      ->needs(model);
}

}  // namespace tools
