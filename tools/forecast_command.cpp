#include "forecast_command.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "choose_net.hpp"
#include "forecast_answers.hpp"
#include "forecast_columns.hpp"
#include "forecast_file.hpp"
#include "forecast_json.hpp"
#include "forecast_model.hpp"
#include "forecast_output.hpp"
#include "forecast_plan.hpp"
#include "forecast_search.hpp"
#include "forecast_stream.hpp"
#include "json_text.hpp"
#include "ranks.hpp"
#include "report.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/quantile_calibration.hpp"
#include "rnnts/forecast/series_table.hpp"
#include "rnnts/forecast/time_step.hpp"
#include "rnnts/series/csv_options.hpp"
#include "timed.hpp"

extern "C" __attribute__((weak)) void openblas_set_num_threads(int);  // null if another BLAS is linked

namespace tools {
namespace {

using nlohmann::json;
using rnnts::Forecast;
using rnnts::SeriesTable;
using rnnts::detail::rounded;
using rnnts::detail::sentence;

/// Makes the folder, before the work whose results are written to it.
void require_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw rnnts::FileError(sentence(path, ": the folder cannot be made: ", error.message()));
}

std::filesystem::path output_file(const ForecastArguments& asked, const char* name) {
  return std::filesystem::path(asked.output) / name;
}

/// Throws DataError if the values of a file are further apart, or less far, than those a model was trained with.
void require_step(const SeriesTable& table, const ForecastArguments& asked, const rnnts::TimeStep& step) {
  const rnnts::TimeStep unknown;
  if (step == unknown || table.step == unknown || table.step.text() == step.text()) return;
  throw rnnts::DataError(sentence(asked.data.file, ": expected a value every ", step.text(), ", as ", asked.model,
                                  " was trained with, found one every ", table.step.text()));
}

/// Throws ArgumentError if values are to stay missing for a model that was trained without marks for them.
void require_marks(const ForecastArguments& asked, const ForecastModel& model) {
  if (!asked.data.is_masked() || model.options().masked) return;
  throw rnnts::ArgumentError(sentence("--fill: expected forward, linear or seasonal, as ", asked.model,
                                      " was not trained with --fill masked, found masked"));
}

/// Answers rows on standard input, which are written as the file of the training was where no options say otherwise.
int forecast_stream(ForecastArguments& asked) {
  auto [model, notes] = ForecastModel::load(asked.model);
  const TrainingFile training = take_notes(asked.data, notes, model.options());
  require_marks(asked, model);
  if (!asked.data.resample.empty()) {
    throw rnnts::ArgumentError(sentence(asked.model, " forecasts what is resampled, which --stream does not do"));
  }
  rnnts::CsvOptions csv = csv_options(asked.data);
  if (asked.data.separator.empty() && !training.separator.empty()) csv.separator = training.separator[0];
  if (!asked.data.decimal.empty()) {
    csv.thousands = csv.decimal == '.' ? ',' : '.';
  } else if (!training.decimal.empty()) {
    csv.decimal = training.decimal[0];
    csv.thousands = training.thousands;
  }
  ForecastStream stream(model, asked.data, training.step);
  if (!asked.data.file.empty()) {
    Lines found;
    guess_marks(asked.data, found);
    const SeriesTable past = read_data(asked.data, found);
    require_step(past, asked, training.step);
    stream.begin_with(past);
  }
  return answer_rows(stream, model, csv, asked.json, std::cin, std::cout, std::cerr) == 0 ? 0 : 2;
}

/// With a forecaster of an earlier run.
int forecast_again(ForecastArguments& asked) {
  require_folder(asked.output);
  auto [model, notes] = ForecastModel::load(asked.model);
  const TrainingFile training = take_notes(asked.data, notes, model.options());
  require_marks(asked, model);
  Lines found;
  guess_marks(asked.data, found);
  SeriesTable table = read_data(asked.data, found);
  require_step(table, asked, training.step);
  const auto left_out = leave_out_short(table, asked.data.file, {model.least_values(), asked.model, {}}, found);
  if (asked.data.calendar) add_calendar(table, model.options().horizon, found);
  require_known(table, asked.data.file, model.options().horizon);
  const Forecast forecast = model.predict(table.with_columns());
  const auto path = output_file(asked, "forecast.csv");
  rnnts::detail::write_file(path, csv_of(forecast, table));
  if (asked.json) {
    std::cout << json_text(json{{"found", json_of(found)}, {"left_out", left_out}, {"forecast", path.string()}})
              << "\n";
  } else {
    for (const auto& [name, text] : found) {
      if (name == "left out") std::cerr << "rnnts: left out: " << text << "\n";
    }
    std::cout << path.string() << ": " << forecast.horizon << " steps of " << forecast.size() << " series\n";
  }
  return 0;
}

/// A model that says how far its trainings are.
class ToldModel {
 public:
  ToldModel(ModelOptions options, bool is_quiet) : model_(told(std::move(options))), is_quiet_(is_quiet) {}
  ToldModel(const ToldModel&) = delete;
  ToldModel& operator=(const ToldModel&) = delete;

  void fit(const std::vector<rnnts::ForecastSeries>& series, const char* what) {
    Timed timed(what, is_quiet_, model_.options().epochs * model_.options().members);
    timed_ = &timed;
    model_.fit(series);
  }
  ForecastModel& operator*() { return model_; }
  ForecastModel* operator->() { return &model_; }

 private:
  ModelOptions told(ModelOptions options) {
    options.on_epoch = [this] { timed_->step(); };
    return options;
  }

  Timed* timed_ = nullptr;  ///< of the training that goes on
  ForecastModel model_;
  bool is_quiet_;
};

/// What a training without the last values says of the quantiles of one with them.
rnnts::QuantileCalibration calibration_of(ToldModel& model, const SeriesTable& table, const ForecastPlan& plan) {
  if (!plan.is_calibrated) return {plan.model.horizon, plan.model.levels};
  model.fit(without_last(table, plan.kept_back()), "training without the part that calibrates");
  return model->calibration(without_last(table, plan.held_out),
                            {.windows = plan.validation.count, .step_size = plan.validation.step_size});
}

/// Reads, plans and judges; `forecast` then forecasts too, and writes files.
int run_new(ForecastArguments& asked, bool forecasts) {
  Lines found{{"file", asked.data.file}};
  guess_marks(asked.data, found);
  guess_columns(asked.data, found);
  SeriesTable table = read_data(asked.data, found, [&](const SeriesTable& all) { return held_out_of(all, asked); });
  const auto left_out = leave_out_short(table, asked.data.file, least_values(horizon_of(table, asked), asked), found);
  ForecastPlan plan = plan_forecast(table, asked);
  require_values_before(table, asked.data.file, plan.backtest, plan.model.horizon, plan.model.look_back, 0);
  if (forecasts) require_known(table, asked.data.file, plan.model.horizon);
  if (asked.data.calendar) {
    const auto names = add_calendar(table, plan.model.horizon, plan.lines);
    plan.model.known.insert(plan.model.known.end(), names.begin(), names.end());
  }
  if (!asked.json) print("Found", found);
  if (forecasts && asked.is_first()) require_folder(asked.output);
  {
    const Timed timed("choosing the net",
                      asked.json || !asked.is_first() || !asked.net.empty() || plan.model.known.empty());
    choose_net(plan, table, asked);
  }
  Searched searched;
  if (asked.budget > 0) {
    const auto file = forecasts ? output_file(asked, "trials.csv") : std::filesystem::path();
    if (forecasts && !asked.resume) std::filesystem::remove(file);
    Timed timed("searching, until Ctrl-C at most", asked.json);
    searched = search_settings(plan, table, asked, file, [&](const std::string& text) { timed.say(text); });
  }
  if (!asked.json) print("Chosen", plan.lines);

  ToldModel model(plan.model, asked.json || !asked.is_first());
  rnnts::QuantileCalibration calibration = calibration_of(model, table, plan);
  model.fit(without_last(table, plan.held_out), "training without the held-out part");
  const auto of_held_out =
      model->calibration(table.with_columns(), {.windows = plan.backtest.count, .step_size = plan.backtest.step_size});
  model->calibrate(calibration);
  Judged judged = judge(*model, table, plan);
  judged.not_moved = calibration.not_moved();
  judged.calibrations = calibration.apart();
  judged.own_between = of_held_out.coverage();
  json answer{{"found", json_of(found)}, {"left_out", left_out}, {"backtest", json_of(judged, plan.model.levels)}};
  if (asked.budget > 0) answer["search"] = json_of(searched);
  if (!asked.json) {
    std::cout << judged.result << "\n" << in_short(judged.result) << "\n" << covered(judged, plan.model.levels) << "\n";
  }
  if (forecasts) {
    model.fit(table.with_columns(), "training with all values");
    if (!asked.is_first()) return 0;
    if (plan.is_calibrated) {
      calibration.add(of_held_out);
      model->calibrate(calibration);
    }
    const std::string own = own_quantiles(calibration.not_moved(), calibration.apart());
    if (plan.is_calibrated && !own.empty()) plan.lines.emplace_back("quantiles of the forecast", own);
    const Forecast forecast = model->predict(table.with_columns());
    const auto values = output_file(asked, "forecast.csv"), file = output_file(asked, "forecast.rnnts"),
               page = output_file(asked, "report.html");
    rnnts::detail::write_file(values, csv_of(forecast, table));
    model->save(file, notes_of(asked.data, table, plan.model.known.size() - asked.data.known.size()));
    rnnts::detail::write_file(
        page, report_html(report_of(asked.data.file, table, plan, found, judged, forecast, searched.result)));
    answer["forecast"] = values.string();
    answer["model"] = file.string();
    answer["report"] = page.string();
    answer["not_calibrated"] = calibration.not_moved();
    if (!asked.json) {
      if (plan.is_calibrated && !own.empty()) std::cout << "\nForecast: " << own << "\n";
      std::cout << "\nWritten: " << values.string() << ", " << file.string() << " and " << page.string() << "\n";
    }
  }
  answer["chosen"] = json_of(plan.lines);
  if (asked.json) std::cout << json_text(answer) << "\n";
  return 0;
}

}  // namespace

ForecastCommands::ForecastCommands(CLI::App& app) {
  forecast_ = app.add_subcommand("forecast", "Forecast the series of a CSV file, beside forecasts that need no model");
  backtest_ = app.add_subcommand("backtest", "Print how good such forecasts would have been");
  add_options(*forecast_, arguments_, true);
  add_options(*backtest_, arguments_, false);
}

bool ForecastCommands::parsed() const { return forecast_->parsed() || backtest_->parsed(); }

int ForecastCommands::run() {
  if (openblas_set_num_threads) openblas_set_num_threads(1);  // the nets are trained side by side
  const CLI::App& command = forecast_->parsed() ? *forecast_ : *backtest_;
  if (arguments_.data.file.empty() && !arguments_.stream) throw CLI::RequiredError("FILE");
  arguments_.data.season_given = command.count("--season") > 0;
  const auto ranks = several_ranks();
  arguments_.ranks = ranks.get();
  if (!arguments_.is_first()) {
    if (!arguments_.model.empty()) return 0;  // there is nothing to train
    std::cout.rdbuf(nullptr);
  }
  try {
    if (ranks && arguments_.budget > 0) {  // each would stop at another trial
      throw rnnts::ArgumentError("--budget is for one process: search without mpirun, and give it what was found");
    }
    if (arguments_.stream) return forecast_stream(arguments_);
    return arguments_.model.empty() ? run_new(arguments_, forecast_->parsed()) : forecast_again(arguments_);
  } catch (const rnnts::ArgumentError& error) {
    throw CLI::ValidationError(error.what());
  }
}

}  // namespace tools
