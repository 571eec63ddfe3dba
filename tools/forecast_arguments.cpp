#include "forecast_arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tools {
namespace {

/// Shows of an option what stands behind it, and none of what is checked.
class HelpText : public CLI::Formatter {
  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_option_text().empty() ? "" : " " + option->get_option_text();
  }
};

/// Adds options to a group of them, each with what stands behind it.
class Options {
 public:
  explicit Options(CLI::App& command) : command_(command) {}

  void begin(std::string group) { group_ = std::move(group); }

  template <class T> CLI::Option* add(const char* name, T& value, const char* shown, const char* text) {
    return command_.add_option(name, value, text)->option_text(shown)->group(group_);
  }
  CLI::Option* add_flag(const char* name, bool& value, const char* text) {
    return command_.add_flag(name, value, text)->group(group_);
  }
  CLI::Option* add_count(const char* name, std::size_t& value, const char* text) {
    return add(name, value, "N", text)->check(CLI::Range(1, 1'000'000));
  }
  /// One of some words.
  CLI::Option* add_word(const char* name, std::string& value, const std::vector<std::string>& words, const char* text) {
    std::string shown;
    for (const std::string& word : words) shown += (shown.empty() ? "" : "|") + word;
    return add(name, value, shown.c_str(), text)->check(CLI::IsMember(words));
  }
  /// Numbers or names with commas between.
  template <class T> CLI::Option* add_list(const char* name, T& values, const char* shown, const char* text) {
    return add(name, values, shown, text)->delimiter(',')->allow_extra_args(false);
  }
  /// A character, or a word for it.
  void add_mark(const char* name, std::string& mark, const char* shown, const char* text,
                const std::vector<std::pair<std::string, std::string>>& marks) {
    const auto to_mark = [marks](std::string& given) -> std::string {
      std::string words;
      for (const auto& [word, character] : marks) {
        if (given == word || given == character) {
          given = character;
          return "";
        }
        words += (words.empty() ? "" : ", ") + word;
      }
      return "expected " + words + " or the character, found " + given;
    };
    add(name, mark, shown, text)->transform(CLI::Validator(to_mark, ""));
  }

 private:
  CLI::App& command_;
  std::string group_ = "Options";
};

}  // namespace

void add_options(CLI::App& command, ForecastArguments& given, bool writes_files) {
  command.formatter(std::make_shared<HelpText>());
  auto& data = given.data;
  auto* const file = command.add_option(
      "FILE", data.file, writes_files ? "A CSV file; with --stream it is the past, and may be left out" : "A CSV file");
  if (!writes_files) file->required();
  Options options(command);
  options.add_flag("--json", given.json, "Answer in JSON, errors too");

  options.begin("The file; what is not given is found");
  options.add_mark("--separator", data.separator, "MARK", "Between fields: comma, semicolon, tab, bar or the character",
                   {{"comma", ","}, {"semicolon", ";"}, {"tab", "\t"}, {"bar", "|"}});
  options.add_mark("--decimal", data.decimal, "MARK", "Before decimals: comma, point or the character",
                   {{"comma", ","}, {"point", "."}});
  options.add_word("--layout", data.layout, {"long", "columns", "rows"},
                   "long has a row for each value; the others one column or row for each series");
  options.add("--target", data.target, "COLUMN", "What to forecast");
  options.add("--time", data.time, "COLUMN",
              "Times, or DATE,TIME if they stand in two columns; none takes rows in their order");
  options.add("--id", data.id, "COLUMN", "Names of series, or ITEM,STORE if several columns name them");
  auto* const season = options.add("--season", data.season, "N", "Steps of a season; 0 for none");

  options.begin("Missing values and uneven times; else they are refused");
  options.add_word("--fill", data.fill, {"forward", "linear", "seasonal", "masked"},
                   "Fill missing values and gaps in time; masked leaves them missing, and the net sees which they are");
  auto* const resample = options.add_word("--resample", data.resample, {"mean", "sum", "min", "max", "first", "last"},
                                          "Make one value of those in each step of --frequency");
  auto* const frequency =
      options.add("--frequency", data.frequency, "STEP", "30s, 15min, 1h, D (day), W, MS (month), QS or YS");
  resample->needs(frequency);
  frequency->needs(resample);

  std::vector<CLI::Option*> of_training{season};
  const auto train_by = [&](CLI::Option* option) {
    of_training.push_back(option);
    return option;
  };
  options.begin("Columns beside the target");
  train_by(options.add_list("--known", data.known, "A,B,...",
                            "Known in advance, as prices: rows after the last value go on with them"));
  train_by(options.add_list("--past", data.past, "A,B,...", "Known of the past only"));
  train_by(options.add_list("--static", data.fixed, "A,B,...", "The same in all rows of a series"));
  train_by(options.add_flag("--calendar", data.calendar, "Make columns of the hour, weekday, day or month"));

  options.begin("The forecast");
  train_by(options.add_count("--horizon", given.horizon,
                             "Steps to forecast; else two weeks of days, a day of hours, a year of months"));
  train_by(options.add_list("--quantiles", given.quantiles, "P,P,...", "Their probabilities; else 0.1,0.5,0.9"))
      ->check(CLI::Range(0.001, 0.999));
  train_by(options.add_count("--windows", given.windows, "Forecasts of the past to judge it by; else up to 50"));
  train_by(options.add_count("--step-size", given.step_size, "Steps from one of these to the next"));

  options.begin("The training; what is not given is chosen by the series");
  train_by(options.add_count("--look-back", given.look_back, "Values that each forecast is made from"));
  train_by(options.add_word("--net", given.net, {"forecast", "horizon"},
                            "forecast: each step of the horizon has weights of its own; horizon: they share them, for "
                            "--known"));
  train_by(options.add_count("--units", given.units, "Units of the net"));
  train_by(options.add_count("--members", given.members, "Nets whose mean is the forecast"));
  train_by(options.add_count("--epochs", given.epochs, "Times that all windows are trained with"));
  train_by(options.add("--seed", given.seed, "N", "Of first weights; the same one gives the same forecast"));
  const std::map<std::string, double> units{{"s", 1}, {"m", 60}, {"h", 3600}};
  auto* const budget = train_by(options
                                    .add("--budget", given.budget, "TIME",
                                         "Search for better settings so long first, as 60s, 5m or 1h; Ctrl-C ends "
                                         "the search, not the program")
                                    ->transform(CLI::AsNumberWithUnit(units))
                                    ->check(CLI::Range(1e-3, 1e9)));
  if (!writes_files) return;
  train_by(options.add_flag("--resume", given.resume, "Go on with the trials.csv of a search before")->needs(budget));

  options.begin("Files");
  options.add("-o,--output-dir", given.output, "FOLDER",
              "Where forecast.csv, forecast.rnnts, report.html and trials.csv go; else the folder of the call");
  auto* const model = options.add("--model", given.model, "FILE",
                                  "Forecast with the forecast.rnnts of a run before; nothing is trained");
  for (auto* const option : of_training) option->excludes(model);
  options.add_flag("--stream", given.stream, "Answer each row on standard input with a forecast of --model")
      ->needs(model);
}

}  // namespace tools
