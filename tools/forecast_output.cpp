#include "forecast_output.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <span>
#include <tuple>
#include <utility>

#include "rnnts/core/text.hpp"
#include "rnnts/core/version.hpp"
#include "rnnts/forecast/backtest.hpp"
#include "rnnts/forecast/known_at.hpp"

namespace tools {

using rnnts::BacktestResult;
using rnnts::Forecast;
using rnnts::SeriesTable;
using rnnts::detail::csv_field;
using rnnts::detail::rounded;
using rnnts::detail::sentence;

Judged judge(const ForecastModel& model, const SeriesTable& table, const ForecastPlan& plan) {
  Judged judged;
  const auto all = table.with_columns();
  std::vector<std::span<const double>> series;
  for (const auto& one : all) series.emplace_back(one.values);
  const std::size_t H = plan.model.horizon, Q = plan.model.levels.size();
  std::vector<double> below(Q);
  double between = 0, count = 0;
  const auto forecast = [&](rnnts::ManySeries histories, std::size_t) {
    std::vector<std::span<const double>> needed;
    for (const auto history : histories) needed.push_back(history.last(model.least_values()));
    judged.last = model.predict(rnnts::detail::known_at(all, needed, H));
    std::vector<std::vector<double>> means;
    for (std::size_t s = 0; s < histories.size(); ++s) {
      const auto mean = judged.last.mean(s), quantiles = judged.last.all_quantiles(s);
      means.emplace_back(mean.begin(), mean.end());
      for (std::size_t h = 0; h < H; ++h) {
        const double came = series[s][histories[s].size() + h];
        if (std::isnan(came)) continue;
        const auto of_step = quantiles.subspan(h * Q, Q);
        for (std::size_t q = 0; q < Q; ++q) below[q] += came <= of_step[q] ? 1 : 0;
        between += of_step.front() <= came && came <= of_step.back() ? 1 : 0;
        ++count;
      }
    }
    return means;
  };
  judged.result = rnnts::backtest(forecast, rnnts::ManySeries(series),
                                  {.horizon = H,
                                   .windows = plan.backtest.count,
                                   .step_size = plan.backtest.step_size,
                                   .season = plan.season,
                                   .mask_missing = plan.model.masked});
  for (const double sum : below) judged.below.push_back(sum / count);
  if (Q > 1) judged.between = between / count;
  return judged;
}

std::vector<Method> methods(const BacktestResult& result) {
  std::vector<Method> all{{"rnnts", &result.model, 1}};
  const auto add = [&](const char* name, const rnnts::BacktestBaseline& baseline) {
    all.push_back({name, &baseline.errors, baseline.tests.absolute.p_value});
  };
  if (result.seasonal_naive) add("seasonal naive", *result.seasonal_naive);
  add("persistence", result.persistence);
  add("drift", result.drift);
  add("Naive2", result.naive2);
  return all;
}

std::string in_short(const BacktestResult& result) {
  const bool scaled = result.scaled_tests;
  const auto error = [&](const Method& method) {
    return scaled ? *method.errors->together.mase : method.errors->together.mae;
  };
  const auto all = methods(result);
  const auto best = std::ranges::min_element(all.begin() + 1, all.end(), {}, error);
  const double mine = error(all[0]), its = error(*best);
  const char* const name = scaled ? "mean absolute scaled error" : "mean absolute error";
  const bool is_ahead = mine < its, is_told = best->p_value < rnnts::detail::significance;
  const std::string errors = sentence("its ", name, " on the held-out part is ", rounded(mine), " against ",
                                      rounded(its), is_ahead ? " of the best of them, " + best->name : "");
  // Where the windows are fewer than steps ahead, there is no test, and p is 1.
  const std::string doubt =
      is_told || mine == its ? ""
      : best->p_value < 1    ? sentence(", a difference that chance can make too (p = ", rounded(best->p_value, 2), ")")
                             : ", in too few windows to tell whether by chance";
  if (!is_ahead) return sentence("It does NOT beat ", best->name, ", which needs no model: ", errors, doubt, ".");
  return sentence(is_told ? "It beats all of the forecasts that need no model: "
                          : "It is ahead of all of the forecasts that need no model: ",
                  errors, doubt, ".");
}

std::string own_quantiles(const std::vector<double>& not_moved, std::size_t calibrations) {
  if (not_moved.empty()) return "";
  std::string list;
  for (const double level : not_moved) list += sentence(list.empty() ? "" : ", ", level);
  if (calibrations == 0) return "They are the net's own, not calibrated.";
  return sentence("Quantiles of the net itself, as they cannot be calibrated with ",
                  rnnts::detail::counted(calibrations, "forecast", "forecasts that do not overlap"), ": ", list, ".");
}

std::string covered(const Judged& judged, const std::vector<double>& levels) {
  if (!judged.between) return "";
  const bool is_calibrated = judged.not_moved.size() + 1 < levels.size();  // the median never is
  const std::string own = own_quantiles(judged.not_moved, judged.calibrations);
  return sentence(
      "Between the quantiles ", levels.front(), " and ", levels.back(), ", which is to be ",
      rounded(100 * (levels.back() - levels.front()), 3), " % of the values, were ", rounded(100 * *judged.between, 3),
      " % of those held out",
      is_calibrated && !std::isnan(judged.own_between)
          ? sentence("; ", rounded(100 * judged.own_between, 3), " % before they were calibrated")
          : "",
      *judged.between < levels.back() - levels.front() - 0.1 ? ": too narrow, expect more values outside." : ".",
      own.empty() ? "" : " ", own);
}

namespace {

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

std::string cell(const std::optional<double>& number) {
  return number && !std::isnan(*number) ? rounded(*number) : "-";  // no value may have come
}

ReportTable table_of(const BacktestResult& result) {
  ReportTable table{.title = "Errors on the held-out part",
                    .note = result.verdict(),
                    .columns = {"method", "MAE", "RMSE", "MAPE", "sMAPE", "MASE", "RMSSE"},
                    .marked = 0};
  for (const auto& [name, errors, p_value] : methods(result)) {
    const auto& e = errors->together;
    table.rows.push_back({name, cell(e.mae), cell(e.rmse), cell(e.mape), cell(e.smape), cell(e.mase), cell(e.rmsse)});
  }
  return table;
}

/// The usual settings first, then the best of those with the largest effort; empty if there are no trials.
ReportTable table_of(const rnnts::SearchResult& result) {
  ReportTable table;
  if (result.trials.empty()) return table;
  table.title = "Trials";
  table.note = result.has_best()
                   ? sentence("The best one is ", result.best().describe(), "; the usual settings are trial 0.")
                   : "The usual settings are trial 0; all others failed.";
  table.columns = {"trial", "effort", "error", "seconds"};
  for (const auto& [name, setting] : result.trials.front().settings) table.columns.push_back(name);
  auto trials = result.trials;
  std::ranges::sort(trials, {}, [](const rnnts::TrialResult& trial) {
    return std::tuple(-trial.effort, trial.error.value_or(std::numeric_limits<double>::infinity()), trial.index);
  });
  if (result.has_best()) table.marked = result.usual ? 1 : 0;
  if (result.usual) trials.insert(trials.begin(), *result.usual);
  for (const rnnts::TrialResult& trial : trials) {
    std::vector<std::string> row{std::to_string(trial.index), rounded(trial.effort, 3),
                                 trial.error ? rounded(*trial.error) : "failed: " + trial.failure,
                                 rounded(trial.seconds, 3)};
    for (const auto& [name, setting] : trial.settings) {
      row.push_back(setting.number() == nullptr ? setting.text() : rounded(*setting.number()));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

std::string time_in_row(std::chrono::sys_seconds time, const rnnts::TimeStep& step) {
  const std::string text = rnnts::time_text(time);
  const bool has_time = step.months.count() == 0 && step.seconds % std::chrono::days(1) != std::chrono::seconds(0);
  return text.find(' ') == text.npos && has_time ? text + " 00:00:00" : text;
}

std::string number_text(double number) {
  const double size = std::max(std::abs(number), 1.0);
  return rounded(number, std::clamp(static_cast<int>(std::log10(size)) + 4, 8, 17));
}

std::string csv_of(const Forecast& forecast, const SeriesTable& table) {
  std::string text = "unique_id,ds,forecast";
  for (const double level : forecast.levels) text += sentence(",q", level);
  text += "\n";
  const std::size_t Q = forecast.levels.size();
  for (std::size_t s = 0; s < forecast.size(); ++s) {
    const auto mean = forecast.mean(s), quantiles = forecast.all_quantiles(s);
    const std::size_t known = table.series[s].second.size();
    for (std::size_t h = 0; h < forecast.horizon; ++h) {
      text += csv_field(forecast.unique_ids[s]) + ",";
      text += table.has_times() ? time_in_row(table.time(s, known + h), table.step) : std::to_string(h + 1);
      text += "," + number_text(mean[h]);
      for (const double quantile : quantiles.subspan(h * Q, Q)) text += "," + number_text(quantile);
      text += "\n";
    }
  }
  return text;
}

Report report_of(const std::string& file, const SeriesTable& table, const ForecastPlan& plan, const Lines& found,
                 const Judged& judged, const Forecast& forecast, const rnnts::SearchResult& trials) {
  const auto& result = judged.result;
  Report report{.title = std::filesystem::path(file).stem().string(),
                .subtitle = sentence(forecast.horizon, " steps ahead, ", table.size(), " series, rnnts ",
                                     RNNTS_VERSION_MAJOR, ".", RNNTS_VERSION_MINOR, ".", RNNTS_VERSION_PATCH),
                .verdict = sentence(in_short(result), " ", covered(judged, forecast.levels)),
                .calendar = table.has_times(),
                .found = found,
                .levels = forecast.levels,
                .series_count = table.size(),
                .methods = table_of(result),
                .chosen = plan.lines,
                .trials = table_of(trials)};
  constexpr std::size_t most_drawn = 6;
  for (std::size_t s = 0; s < std::min(table.size(), most_drawn); ++s) {
    report.series.push_back(drawn(table, s, forecast, judged.last));
  }
  for (const auto& [name, errors, p_value] : methods(result)) {
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

}  // namespace tools
