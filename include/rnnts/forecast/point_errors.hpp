// point_errors: how far forecasts of many series, some steps ahead, are from what came.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/horizon_errors.hpp"
#include "rnnts/series/metrics.hpp"

namespace rnnts::inline RNNTS_ABI {

/// One forecast of one series, and what came. Refers to the numbers; all in the units of the series.
struct PointForecast {
  std::size_t series = 0;                 ///< its number, from 0
  std::span<const double> history = {};   ///< the values before the forecast, for MASE and RMSSE; empty for none
  std::span<const double> actual = {};    ///< what came, step after step; NaN where it is missing
  std::span<const double> forecast = {};  ///< as many
};

/// Means over values of one or more series; smaller is better. y is what came, p the forecast. Where no value came,
/// they are NaN, and there are no MAPE, MASE and RMSSE.
struct PointErrors {
  std::size_t values = 0;           ///< how many they are means of: those that are not missing
  double mae = 0;                   ///< mean |y - p|
  double mse = 0;                   ///< mean (y - p)^2
  double rmse = 0;                  ///< the root of it
  double smape = 0;                 ///< mean 200 |y - p| / (|y| + |p|), in percent; 0 of 0 and 0
  std::optional<double> mape = {};  ///< mean 100 |y - p| / |y|, in percent; none where a true value is 0
  /// The mean over |y - p|, each divided by the mean absolute error of the seasonal naive forecast within the history
  /// (Hyndman and Koehler 2006). None where the history of a series has no more values than the season, or repeats
  /// itself exactly.
  std::optional<double> mase = {};
  /// For each series the root of the mean of (y - p)^2, each divided by the mean squared error of the seasonal naive
  /// forecast within the history; then the mean over the series. With a season of 1 as in the M5 competition
  /// (Makridakis, Spiliotis and Assimakopoulos, "M5 accuracy competition", International Journal of Forecasting 38
  /// (2022)). None where there is no MASE.
  std::optional<double> rmsse = {};
};

namespace detail {

struct PointSums {
  std::size_t values = 0, series = 0, values_of_series = 0;
  double absolute = 0, squared = 0, percentage = 0, symmetric = 0, scaled = 0, scaled_squared_of_series = 0, roots = 0;
  bool has_percentage = true, has_scale = true;

  void add(double y, double p, const NaiveErrors& naive) {
    const double error = y - p;
    ++values;
    ++values_of_series;
    absolute += std::abs(error);
    squared += error * error;
    symmetric += symmetric_percentage_error(y, p);
    if (y == 0) {
      has_percentage = false;
    } else {
      percentage += absolute_percentage_error(y, p);
    }
    if (naive.absolute == 0) {
      has_scale = false;
    } else {
      scaled += std::abs(error) / naive.absolute;
      scaled_squared_of_series += error * error / naive.squared;
    }
  }

  void end_series() {
    if (values_of_series == 0) return;
    roots += std::sqrt(scaled_squared_of_series / static_cast<double>(values_of_series));
    ++series;
    values_of_series = 0;
    scaled_squared_of_series = 0;
  }

  PointErrors errors() const {
    const auto n = static_cast<double>(values);
    PointErrors e{.values = values,
                  .mae = absolute / n,
                  .mse = squared / n,
                  .rmse = std::sqrt(squared / n),
                  .smape = symmetric / n};
    if (values == 0) return e;
    if (has_percentage) e.mape = percentage / n;
    if (has_scale) {
      e.mase = scaled / n;
      e.rmsse = roots / static_cast<double>(series);
    }
    return e;
  }
};

/// Those within the history, or of 0 where it has no more values than the season.
inline NaiveErrors naive_errors_or_none(std::span<const double> history, std::size_t season) {
  return history.size() > season ? naive_errors(history, season) : NaiveErrors{};
}

}  // namespace detail

/// The errors of forecasts with as many steps each, which come series by series: those of series 0, in any number, then
/// those of series 1, … A true value that is NaN is missing, and counts in nothing; any other number that is not finite
/// shows in what it counts in.
///
/// `season` is for MASE and RMSSE, in steps; 1 where there is none. Throws ArgumentError if it is 0 or a series does
/// not follow the one before; DataError if there are no forecasts; ShapeError if one has other numbers of values than
/// the first.
inline HorizonErrors<PointErrors> point_errors(std::span<const PointForecast> forecasts, std::size_t season = 1) {
  constexpr std::string_view name = "point_errors";
  if (season == 0) throw ArgumentError("point_errors: expected a season of at least 1 step, found 0");
  const std::size_t horizon = detail::common_horizon(name, forecasts);
  detail::HorizonSums sums(name, horizon, detail::PointSums{});
  for (std::size_t f = 0; f < forecasts.size(); ++f) {
    const auto& [series, history, actual, forecast] = forecasts[f];
    detail::require_numbers(name, f, "forecast values", forecast.size(), horizon);
    const detail::NaiveErrors naive = detail::naive_errors_or_none(history, season);
    sums.begin_forecast(f, series);
    for (std::size_t h = 0; h < horizon; ++h) {
      const double y = actual[h], p = forecast[h];
      if (std::isnan(y)) continue;
      sums.add(h, [&](detail::PointSums& of) { of.add(y, p, naive); });
    }
  }
  return sums.errors();
}

/// OWA, the measure of the M4 competition: the mean of sMAPE and of MASE, each divided by that of Naive2 (Makridakis,
/// Spiliotis and Assimakopoulos, "The M4 Competition: 100,000 time series and 61 forecasting methods", International
/// Journal of Forecasting 36 (2020)). The errors of Naive2 are those of `naive2` for the same values, or published
/// ones, as `{.smape = 18.383, .mase = 2.395}` for M4's hourly series.
///
/// Throws DataError where one has no MASE or Naive2 has an error of 0.
inline double overall_weighted_average(const PointErrors& errors, const PointErrors& naive2) {
  if (!errors.mase || !naive2.mase)
    throw DataError("overall_weighted_average: expected a MASE of the forecasts and of Naive2, found none");
  if (!(naive2.smape > 0 && *naive2.mase > 0)) {
    throw DataError(detail::sentence("overall_weighted_average: expected errors of Naive2 above 0, found a sMAPE of ",
                                     naive2.smape, " and a MASE of ", *naive2.mase));
  }
  return (errors.smape / naive2.smape + *errors.mase / *naive2.mase) / 2;
}

/// The geometric mean over the series of the mean absolute error, divided by that of another forecast: 0.8 is 20 %
/// better, and 1 minus it is called skill. A series in which both are 0 counts as 1. Davydenko and Fildes, "Measuring
/// forecasting accuracy: the case of judgmental adjustments to SKU-level demand forecasts", International Journal of
/// Forecasting 29 (2013). Series of which no value came are left out.
///
/// `series` are those of `point_errors`, `others` as many. Throws ShapeError if they are not; DataError if there are
/// none, no value of any came, or only the other's error is 0.
inline double average_relative_mae(std::span<const PointErrors> series, std::span<const PointErrors> others) {
  constexpr std::string_view name = "average_relative_mae";
  if (series.size() != others.size())
    throw ShapeError(detail::sentence(name, ": ", series.size(), " series, but ", others.size(), " of the other"));
  if (series.empty()) throw DataError(detail::sentence(name, ": expected at least 1 series, found 0"));
  double logarithms = 0, count = 0;
  for (std::size_t s = 0; s < series.size(); ++s) {
    const double mine = series[s].mae, other = others[s].mae;
    if (std::isnan(mine) && series[s].values == 0) continue;
    ++count;
    if (mine == other) continue;
    if (other == 0) {
      throw DataError(detail::sentence(name, ": the other forecast of series ", s,
                                       " (counted from 0) has no error, so that there is nothing to divide ", mine,
                                       " by"));
    }
    logarithms += std::log(mine / other);  // minus infinity for a forecast without error: a mean of 0
  }
  if (count == 0) throw DataError(detail::sentence(name, ": expected a series of which a value came, found none"));
  return std::exp(logarithms / count);
}

}  // namespace rnnts::inline RNNTS_ABI
