// What comes out of `rnnts forecast`: how good its forecasts are, their CSV file, and the report.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "forecast_data.hpp"
#include "forecast_model.hpp"
#include "forecast_plan.hpp"
#include "report.hpp"
#include "rnnts/forecast/backtest_result.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/forecast/search_result.hpp"
#include "rnnts/forecast/series_table.hpp"
#include "rnnts/forecast/time_step.hpp"

namespace tools {

/// The forecasts of a model for a part that it was not trained with.
struct Judged {
  rnnts::BacktestResult result;
  std::vector<double> below;      ///< of each level, the share of values that came below it
  std::vector<double> not_moved;  ///< levels at which the quantiles are those of the net itself
  std::size_t calibrations = 0;   ///< forecasts that do not overlap, with which the others are calibrated
  double own_between = 0;         ///< the share between the lowest and the highest one of the net itself
  rnnts::Forecast last;           ///< from the last origin of each series
  std::optional<double> between;  ///< the share between the lowest and the highest level
};

/// Asks a model that was trained without the held-out part for it, window by window.
Judged judge(const ForecastModel& model, const rnnts::SeriesTable& table, const ForecastPlan& plan);

/// Which quantiles are those of the net itself, as so many forecasts that do not overlap are too few to calibrate them,
/// in a sentence; empty if none is.
std::string own_quantiles(const std::vector<double>& not_moved, std::size_t calibrations);

struct Method {
  std::string name;
  const rnnts::HorizonErrors<rnnts::PointErrors>* errors;
  double p_value;  ///< of the model's absolute errors being alike in the long run
};

/// The model first.
std::vector<Method> methods(const rnnts::BacktestResult& result);

/// Whether the model has a lower error than each forecast that needs none, in a sentence.
std::string in_short(const rnnts::BacktestResult& result);

/// How many of the held-out values were between the outermost quantiles, in a sentence; empty if there is only one.
std::string covered(const Judged& judged, const std::vector<double>& levels);

/// A number as forecast.csv has it: eight digits, or three behind the decimal point if these are more.
std::string number_text(double number);

/// A time as it stands in rows of values that are such a step apart: with the time of day in each row, or in none.
std::string time_in_row(std::chrono::sys_seconds time, const rnnts::TimeStep& step);

/// A row for each series and step: unique_id, ds (the time, or without times the number of the step), the forecast, and
/// its quantiles.
std::string csv_of(const rnnts::Forecast& forecast, const rnnts::SeriesTable& table);

/// `found` is what the user is told of the data in the file of that name; `trials` are those of a search, if there was
/// one.
Report report_of(const std::string& file, const rnnts::SeriesTable& table, const ForecastPlan& plan, const Lines& found,
                 const Judged& judged, const rnnts::Forecast& forecast, const rnnts::SearchResult& trials);

}  // namespace tools
