// BacktestResult: forecasts from several origins with their errors, beside those of forecasts that need no model.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/forecast/horizon_errors.hpp"
#include "rnnts/forecast/point_errors.hpp"
#include "rnnts/model/evaluation.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A forecast that needs no model, and how the model compares with it.
struct BacktestBaseline {
  HorizonErrors<PointErrors> errors = {};
  /// Whether the model's errors differ from these by more than chance: for one window with each series as a case, taken
  /// to be independent of the others; else with each window, whose losses are means over the series.
  ErrorTests tests = {};
  /// 1 - `average_relative_mae` of the model; none where a series has no error here and one in the model.
  std::optional<double> skill = {};
};

/// What `backtest` gives. Errors are in the units of the series.
struct BacktestResult {
  std::size_t series = 0, windows = 0, horizon = 0;
  std::vector<std::size_t> origins = {};  ///< (series, windows): how many values were known, the earliest origin first
  std::vector<double> actual = {};        ///< (series, windows, horizon): what came; NaN where it is missing
  std::vector<double> forecasts = {};     ///< (series, windows, horizon): of the model

  HorizonErrors<PointErrors> model = {};
  BacktestBaseline persistence = {};                    ///< the last value repeated
  std::optional<BacktestBaseline> seasonal_naive = {};  ///< the value of a season ago, where a season was given
  BacktestBaseline drift = {};                          ///< the line from the first to the last value continued
  BacktestBaseline naive2 = {};                         ///< what OWA compares with
  /// Whether `tests` are of errors that are divided as in MASE and RMSSE, as they are for several series where all have
  /// these; else of errors in the units of the series.
  bool scaled_tests = false;

  /// What the model forecast for a series from one of its origins, and what came: `horizon` values each. They refer to
  /// this object.
  std::span<const double> forecast_of(std::size_t of_series, std::size_t window) const {
    return std::span(forecasts).subspan((of_series * windows + window) * horizon, horizon);
  }
  std::span<const double> actual_of(std::size_t of_series, std::size_t window) const {
    return std::span(actual).subspan((of_series * windows + window) * horizon, horizon);
  }

  /// Whether the model beats the forecasts that need none, in words: by which errors, and how sure.
  std::string verdict() const {
    std::string text = compared_with("repeating the last value", persistence);
    if (seasonal_naive) text += compared_with("repeating the value of a season ago", *seasonal_naive);
    text += compared_with("drift", drift);
    if (windows == 1 && series > 1) text += "The tests take the series to be independent of each other. ";
    return text + detail::how_told_apart();
  }

  /// Tables of the errors, all together and for steps ahead, and the verdict under them. A dash stands for an error
  /// that there is not, as that of a step of which no value came.
  std::string text() const {
    std::vector<std::vector<std::string>> rows{{"", "MAE", "RMSE", "MAPE", "sMAPE", "MASE", "RMSSE", "OWA"}};
    std::vector<std::vector<std::string>> by_step{{"MAE by steps ahead"}};
    const auto shown = shown_steps();
    for (const std::size_t h : shown) by_step[0].push_back(detail::sentence(h + 1));
    const auto add = [&](const char* name, const HorizonErrors<PointErrors>& errors) {
      rows.push_back(row(name, errors.together));
      by_step.push_back({name});
      for (const std::size_t h : shown) by_step.back().push_back(cell(errors.steps[h].mae));
    };
    add("model", model);
    add("persistence", persistence.errors);
    if (seasonal_naive) add("seasonal naive", seasonal_naive->errors);
    add("drift", drift.errors);
    add("Naive2", naive2.errors);
    return detail::sentence(series, " series, ", detail::counted(windows, "window", "windows"), ", each of ",
                            detail::counted(horizon, "step", "steps"), " ahead\n\n", detail::format_table(rows),
                            horizon > 1 ? "\n" + detail::format_table(by_step) : "", "\n", verdict(), "\n");
  }

  friend std::ostream& operator<<(std::ostream& out, const BacktestResult& result) { return out << result.text(); }

 private:
  /// At most six of the horizon, the first and the last among them.
  std::vector<std::size_t> shown_steps() const {
    const std::size_t count = std::min<std::size_t>(horizon, 6);
    std::vector<std::size_t> steps{0};
    for (std::size_t k = 1; k < count; ++k) steps.push_back((horizon - 1) * k / (count - 1));
    return steps;
  }

  static std::string cell(const std::optional<double>& error) {
    return error && !std::isnan(*error) ? detail::rounded(*error) : "-";
  }

  std::vector<std::string> row(const char* name, const PointErrors& e) const {
    const PointErrors& of_naive2 = naive2.errors.together;
    const bool has_owa = e.mase && of_naive2.mase && of_naive2.smape > 0 && *of_naive2.mase > 0;
    return {name,          cell(e.mae),  cell(e.rmse),  cell(e.mape),
            cell(e.smape), cell(e.mase), cell(e.rmsse), has_owa ? cell(overall_weighted_average(e, of_naive2)) : "-"};
  }

  /// One or more sentences, and a space.
  std::string compared_with(std::string_view what, const BacktestBaseline& other) const {
    const PointErrors &mine = model.together, &others = other.errors.together;
    const ErrorTests& tests = other.tests;
    const std::string cases = windows == 1 && series > 1 ? detail::sentence(series, " series")
                                                         : detail::counted(windows, "window", "windows");
    std::string text =
        scaled_tests
            ? detail::compared_in_words(what, {"mean absolute scaled error", *mine.mase, *others.mase, tests.absolute},
                                        {"root mean squared scaled error", *mine.rmsse, *others.rmsse, tests.squared},
                                        cases)
            : detail::compared_in_words(what, {"mean absolute error", mine.mae, others.mae, tests.absolute},
                                        {"root mean squared error", mine.rmse, others.rmse, tests.squared}, cases);
    if (series > 1) {
      std::size_t better = 0;
      for (std::size_t s = 0; s < series; ++s) better += model.series[s].mae < other.errors.series[s].mae;
      text += detail::sentence("Its mean absolute error is the smaller one in ", better, " of ", series, " series");
      if (other.skill) text += detail::sentence(", with a skill of ", detail::rounded(*other.skill, 3));
      text += ". ";
    }
    return text;
  }
};

}  // namespace rnnts::inline RNNTS_ABI
