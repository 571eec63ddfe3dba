#include "forecast_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <filesystem>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "forecast_model.hpp"
#include "forecast_plan.hpp"
#include "report.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/core/version.hpp"
#include "rnnts/forecast/backtest.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/forecast/series_table.hpp"

extern "C" __attribute__((weak)) void openblas_set_num_threads(int);  // null if another BLAS is linked

namespace tools {
namespace {

using nlohmann::json;
using rnnts::BacktestResult;
using rnnts::Forecast;
using rnnts::SeriesTable;
using rnnts::detail::rounded;
using rnnts::detail::sentence;

/// Says on stderr what is being done, and then how long it took.
template <class Work> auto timed(const std::string& what, Work work) {
  std::cerr << "rnnts: " << what << " ... " << std::flush;
  const auto begin = std::chrono::steady_clock::now();
  const auto say_seconds = [&](const char* how) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    std::cerr << how << rounded(seconds.count(), 3) << " s\n";
  };
  try {
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      say_seconds("");
    } else {
      auto result = work();
      say_seconds("");
      return result;
    }
  } catch (...) {
    say_seconds("failed after ");
    throw;
  }
}

SeriesTable without_last(const SeriesTable& table, std::size_t count) {
  SeriesTable shorter = table;
  for (auto& [unique_id, values] : shorter.series) values.resize(values.size() - count);
  return shorter;
}

/// The forecasts of a model for a part that it was not trained with.
struct Judged {
  BacktestResult result;
  std::vector<double> below;      ///< of each level, the share of values that came below it
  Forecast last;                  ///< from the last origin of each series
  std::optional<double> between;  ///< the share between the lowest and the highest level
};

Judged judge(const ForecastModel& model, const SeriesTable& table, const ForecastPlan& plan, std::size_t season) {
  Judged judged;
  std::vector<std::span<const double>> series;
  for (const auto& [unique_id, values] : table) series.emplace_back(values);
  const std::size_t H = plan.model.horizon, Q = plan.model.levels.size();
  std::vector<double> below(Q);
  double between = 0, count = 0;
  const auto forecast = [&](rnnts::ManySeries histories, std::size_t) {
    SeriesTable known;
    for (std::size_t s = 0; s < histories.size(); ++s) {
      const auto needed = histories[s].last(model.least_values());
      known.series.emplace_back(table.series[s].first, std::vector<double>(needed.begin(), needed.end()));
    }
    judged.last = model.predict(known);
    std::vector<std::vector<double>> means;
    for (std::size_t s = 0; s < histories.size(); ++s) {
      const auto mean = judged.last.mean(s), quantiles = judged.last.all_quantiles(s);
      means.emplace_back(mean.begin(), mean.end());
      for (std::size_t h = 0; h < H; ++h) {
        const double came = series[s][histories[s].size() + h];
        const auto of_step = quantiles.subspan(h * Q, Q);
        for (std::size_t q = 0; q < Q; ++q) below[q] += came <= of_step[q] ? 1 : 0;
        between += of_step.front() <= came && came <= of_step.back() ? 1 : 0;
        ++count;
      }
    }
    return means;
  };
  judged.result =
      rnnts::backtest(forecast, rnnts::ManySeries(series),
                      {.horizon = H, .windows = plan.windows, .step_size = plan.step_size, .season = season});
  for (const double sum : below) judged.below.push_back(sum / count);
  if (Q > 1) judged.between = between / count;
  return judged;
}

struct Method {
  std::string name;
  const rnnts::HorizonErrors<rnnts::PointErrors>* errors;
};

/// The model first.
std::vector<Method> methods(const BacktestResult& result) {
  std::vector<Method> all{{"rnnts", &result.model}};
  if (result.seasonal_naive) all.push_back({"seasonal naive", &result.seasonal_naive->errors});
  all.push_back({"persistence", &result.persistence.errors});
  all.push_back({"drift", &result.drift.errors});
  all.push_back({"Naive2", &result.naive2.errors});
  return all;
}

/// Whether the model has a lower error than each forecast that needs none, in a sentence.
std::string in_short(const BacktestResult& result) {
  const bool scaled = result.scaled_tests;
  const auto error = [&](const Method& method) {
    return scaled ? *method.errors->together.mase : method.errors->together.mae;
  };
  const auto all = methods(result);
  const auto best = std::ranges::min_element(all.begin() + 1, all.end(), {}, error);
  const double mine = error(all[0]), its = error(*best);
  const char* const name = scaled ? "mean absolute scaled error" : "mean absolute error";
  return sentence(mine < its ? "It beats all of the forecasts that need no model"
                             : sentence("It does NOT beat ", best->name, ", which needs no model"),
                  ": its ", name, " on the held-out part is ", rounded(mine), " against ", rounded(its),
                  mine < its ? sentence(" of the best of them, ", best->name) : "", ".");
}

std::string covered(const Judged& judged, const std::vector<double>& levels) {
  if (!judged.between) return "";
  return sentence("Between the quantiles ", levels.front(), " and ", levels.back(), ", which is to be ",
                  rounded(100 * (levels.back() - levels.front()), 3), " % of the values, were ",
                  rounded(100 * *judged.between, 3), " % of those held out.");
}

std::string cell(const std::optional<double>& number) { return number ? rounded(*number) : "-"; }

ReportTable table_of(const BacktestResult& result) {
  ReportTable table{.title = "Errors on the held-out part",
                    .note = in_short(result),
                    .columns = {"method", "MAE", "RMSE", "MAPE", "sMAPE", "MASE", "RMSSE"},
                    .marked = 0};
  for (const auto& [name, errors] : methods(result)) {
    const auto& e = errors->together;
    table.rows.push_back({name, cell(e.mae), cell(e.rmse), cell(e.mape), cell(e.smape), cell(e.mase), cell(e.rmsse)});
  }
  return table;
}

json json_of(const Lines& lines) {
  json object = json::object();
  for (const auto& [name, text] : lines) object[name] = text;
  return object;
}

json json_of(const Judged& judged, const std::vector<double>& levels) {
  json all = json::object();
  for (const auto& [name, errors] : methods(judged.result)) {
    const auto& e = errors->together;
    const auto number = [](const std::optional<double>& value) { return value ? json(*value) : json(); };
    all[name] = {{"mae", e.mae},     {"rmse", e.rmse},         {"mape", number(e.mape)},
                 {"smape", e.smape}, {"mase", number(e.mase)}, {"rmsse", number(e.rmsse)}};
  }
  return {{"windows", judged.result.windows}, {"horizon", judged.result.horizon},  {"methods", all}, {"levels", levels},
          {"share_below", judged.below},      {"verdict", in_short(judged.result)}};
}

void print(const char* title, const Lines& lines) {
  std::cout << title << "\n";
  for (const auto& [name, text] : lines) std::cout << "  " << name << ": " << text << "\n";
  std::cout << "\n";
}

/// A field of a CSV file, in quotes if it needs them.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

/// A row for each series and step: unique_id, ds (the time, or without times the number of the step), the forecast, and
/// its quantiles.
std::string csv_of(const Forecast& forecast, const SeriesTable& table) {
  constexpr int digits = 8;
  std::string text = "unique_id,ds,forecast";
  for (const double level : forecast.levels) text += sentence(",q", level);
  text += "\n";
  const std::size_t Q = forecast.levels.size();
  for (std::size_t s = 0; s < forecast.size(); ++s) {
    const auto mean = forecast.mean(s), quantiles = forecast.all_quantiles(s);
    const std::size_t known = table.series[s].second.size();
    for (std::size_t h = 0; h < forecast.horizon; ++h) {
      text += csv_field(forecast.unique_ids[s]) + ",";
      text += table.has_times() ? rnnts::time_text(table.time(s, known + h)) : std::to_string(h + 1);
      text += "," + rounded(mean[h], digits);
      for (const double quantile : quantiles.subspan(h * Q, Q)) text += "," + rounded(quantile, digits);
      text += "\n";
    }
  }
  return text;
}

double number_of_time(const SeriesTable& table, std::size_t s, std::size_t position) {
  return table.has_times() ? static_cast<double>(table.time(s, position).time_since_epoch().count())
                           : static_cast<double>(position);
}

ReportSeries drawn(const SeriesTable& table, std::size_t s, const Forecast& forecast, const Forecast& held_out) {
  const auto& [name, values] = table.series[s];
  ReportSeries series{.name = name, .values = values};
  for (std::size_t t = 0; t < values.size(); ++t) series.times.push_back(number_of_time(table, s, t));
  const std::size_t H = forecast.horizon;
  for (std::size_t h = 0; h < H; ++h) {
    series.forecast_times.push_back(number_of_time(table, s, values.size() + h));
    series.held_out_times.push_back(number_of_time(table, s, values.size() - H + h));
  }
  const auto copy = [](std::span<const double> numbers) { return std::vector<double>(numbers.begin(), numbers.end()); };
  series.mean = copy(forecast.mean(s));
  series.quantiles = copy(forecast.all_quantiles(s));
  series.held_out_mean = copy(held_out.mean(s));
  series.held_out_quantiles = copy(held_out.all_quantiles(s));
  return series;
}

Report report_of(const ForecastArguments& asked, const SeriesTable& table, const ForecastPlan& plan, const Lines& found,
                 const Judged& judged, const Forecast& forecast) {
  const auto& result = judged.result;
  Report report{.title = std::filesystem::path(asked.data.file).stem().string(),
                .subtitle = sentence(forecast.horizon, " steps ahead, ", table.size(), " series, rnnts ",
                                     RNNTS_VERSION_MAJOR, ".", RNNTS_VERSION_MINOR, ".", RNNTS_VERSION_PATCH),
                .verdict = sentence(in_short(result), " ", covered(judged, forecast.levels), " ", result.verdict()),
                .calendar = table.has_times(),
                .found = found,
                .levels = forecast.levels,
                .series_count = table.size(),
                .methods = table_of(result),
                .chosen = plan.lines};
  constexpr std::size_t most_drawn = 6;
  for (std::size_t s = 0; s < std::min(table.size(), most_drawn); ++s) {
    report.series.push_back(drawn(table, s, forecast, judged.last));
  }
  for (const auto& [name, errors] : methods(result)) {
    ReportLine line{.name = name};
    for (const auto& step : errors->steps) line.errors.push_back(step.mae);
    report.errors.push_back(std::move(line));
  }
  if (table.size() > 1) {
    report.all_series = {.title = "Series", .columns = {"series", "values", "MAE", "MASE", "MAE of persistence"}};
    for (std::size_t s = 0; s < table.size(); ++s) {
      const auto& e = result.model.series[s];
      report.all_series.rows.push_back({table.series[s].first, std::to_string(table.series[s].second.size()),
                                        cell(e.mae), cell(e.mase), cell(result.persistence.errors.series[s].mae)});
    }
  }
  return report;
}

/// What a file of a forecaster says of the data, a line each.
std::string notes_of(const DataOptions& data, const SeriesTable& table) {
  return sentence(data.layout, "\n", data.id, "\n", data.time, "\n", data.target, "\n", data.fill, "\n", data.season,
                  "\n", table.step.text(), "\n");
}

/// Takes what is not given from the notes. Returns the step of the data.
std::string take_notes(DataOptions& data, const std::string& notes) {
  std::istringstream lines(notes);
  const auto take = [&](std::string& option) {
    std::string line;
    std::getline(lines, line);
    if (option.empty()) option = line;
  };
  std::string season, step;
  take(data.layout);
  take(data.id);
  take(data.time);
  take(data.target);
  take(data.fill);
  take(season);
  take(step);
  if (!data.season_given) data.season = std::strtoul(season.c_str(), nullptr, 10);
  data.season_given = true;
  return step;
}

std::filesystem::path output_file(const ForecastArguments& asked, const char* name) {
  std::error_code ignored;  // if it is not there, writing says why
  std::filesystem::create_directories(asked.output, ignored);
  return std::filesystem::path(asked.output) / name;
}

/// With a forecaster of an earlier run.
int forecast_again(ForecastArguments& asked) {
  auto [model, notes] = ForecastModel::load(asked.model);
  const std::string step = take_notes(asked.data, notes);
  Lines found;
  const SeriesTable table = read_data(asked.data, found);
  if (table.has_times() && table.step != rnnts::TimeStep{} && table.step.text() != step) {
    throw rnnts::DataError(sentence(asked.data.file, ": expected a value every ", step, ", as ", asked.model,
                                    " was trained with, found one every ", table.step.text()));
  }
  const Forecast forecast = model.predict(table);
  const auto path = output_file(asked, "forecast.csv");
  rnnts::detail::write_file(path, csv_of(forecast, table));
  if (asked.json) {
    std::cout << json{{"found", json_of(found)}, {"forecast", path.string()}}.dump(1) << "\n";
  } else {
    std::cout << path.string() << ": " << forecast.horizon << " steps of " << forecast.size() << " series\n";
  }
  return 0;
}

/// Reads, plans and judges; `forecast` then forecasts too, and writes files.
int run_new(ForecastArguments& asked, bool forecasts) {
  Lines found{{"file", asked.data.file}};
  guess_columns(asked.data, found);
  const SeriesTable table = read_data(asked.data, found);
  const ForecastPlan plan = plan_forecast(table, asked);
  if (!asked.json) {
    print("Found", found);
    print("Chosen", plan.lines);
  }

  ForecastModel model(plan.model);
  timed("training without the held-out part", [&] { model.fit(without_last(table, plan.held_out)); });
  const Judged judged = timed("backtest", [&] { return judge(model, table, plan, asked.data.season); });
  json answer{
      {"found", json_of(found)}, {"chosen", json_of(plan.lines)}, {"backtest", json_of(judged, plan.model.levels)}};
  if (!asked.json) {
    std::cout << judged.result.text() << "\n"
              << in_short(judged.result) << "\n"
              << covered(judged, plan.model.levels) << "\n";
  }
  if (forecasts) {
    timed("training with all values", [&] { model.fit(table); });
    const Forecast forecast = model.predict(table);
    const auto values = output_file(asked, "forecast.csv"), file = output_file(asked, "forecast.rnnts"),
               page = output_file(asked, "report.html");
    rnnts::detail::write_file(values, csv_of(forecast, table));
    model.save(file, notes_of(asked.data, table));
    rnnts::detail::write_file(page, report_html(report_of(asked, table, plan, found, judged, forecast)));
    answer["forecast"] = values.string();
    answer["model"] = file.string();
    answer["report"] = page.string();
    if (!asked.json) {
      std::cout << "\nWritten: " << values.string() << ", " << file.string() << " and " << page.string() << "\n";
    }
  }
  if (asked.json) std::cout << answer.dump(1) << "\n";
  return 0;
}

void add_data_options(CLI::App& command, ForecastArguments& given, bool from_model) {
  auto& data = given.data;
  command.add_option("FILE", data.file, "A CSV file")->required();
  command.add_option("--layout", data.layout, "long: a row for each value; columns or rows: one for each series")
      ->check(CLI::IsMember({"long", "columns", "rows"}));
  command.add_option("--id", data.id, "The column that names the series");
  command.add_option("--time", data.time, "The column of times");
  command.add_option("--target", data.target, "The column to forecast");
  command.add_option("--fill", data.fill, "What missing values become; else they are refused")
      ->check(CLI::IsMember({"forward", "linear", "seasonal"}));
  command.add_flag("--json", given.json, "Answer in JSON, errors too");
  auto* const season =
      command.add_option("--season", data.season, "Steps of a season, 0 for none; else it is looked for");
  std::vector<CLI::Option*> of_training{season};
  const auto add = [&](const char* name, auto& option, const char* text) {
    of_training.push_back(command.add_option(name, option, text));
    return of_training.back();
  };
  add("--horizon", given.horizon, "Steps to forecast")->check(CLI::PositiveNumber);
  add("--quantiles", given.quantiles, "Their probabilities, as 0.1,0.9")
      ->delimiter(',')
      ->check(CLI::Range(0.001, 0.999));
  add("--look-back", given.look_back, "Values that each forecast is made from")->check(CLI::PositiveNumber);
  add("--units", given.units, "Of the net")->check(CLI::PositiveNumber);
  add("--members", given.members, "Nets whose mean is the forecast")->check(CLI::PositiveNumber);
  add("--epochs", given.epochs, "Of the training")->check(CLI::PositiveNumber);
  add("--windows", given.windows, "Of the backtest")->check(CLI::PositiveNumber);
  add("--step-size", given.step_size, "From one of these to the next")->check(CLI::PositiveNumber);
  add("--seed", given.seed, "Of the training; the same one gives the same forecast");
  if (!from_model) return;
  command.add_option("-o,--output-dir", given.output, "Where forecast.csv, forecast.rnnts and report.html are written");
  auto* const model = command.add_option("--model", given.model, "Forecast with the forecast.rnnts of an earlier run");
  for (auto* const option : of_training) option->excludes(model);
}

}  // namespace

ForecastCommands::ForecastCommands(CLI::App& app) {
  forecast_ = app.add_subcommand("forecast", "Forecast the series of a CSV file, beside forecasts that need no model");
  backtest_ = app.add_subcommand("backtest", "Print how good such forecasts would have been");
  add_data_options(*forecast_, arguments_, true);
  add_data_options(*backtest_, arguments_, false);
}

bool ForecastCommands::parsed() const { return forecast_->parsed() || backtest_->parsed(); }

int ForecastCommands::run() {
  if (openblas_set_num_threads) openblas_set_num_threads(1);  // the nets are trained side by side
  const CLI::App& command = forecast_->parsed() ? *forecast_ : *backtest_;
  arguments_.data.season_given = command.count("--season") > 0;
  try {
    return arguments_.model.empty() ? run_new(arguments_, forecast_->parsed()) : forecast_again(arguments_);
  } catch (const rnnts::ArgumentError& error) {
    throw CLI::ValidationError(error.what());
  }
}

}  // namespace tools
