// How far forecasts are from what came. All are computed in double; smaller is better.
//
// True values and predictions are tensors, ranges of numbers or ranges of ranges: labels and what `predict` gives for
// their windows. Their shapes may differ by extents of 1, as (B, 1) does from B numbers.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/series/difference.hpp"
#include "rnnts/series/numbers.hpp"

namespace rnnts::inline RNNTS_ABI {
namespace detail {

/// Mean of term(true, predicted, index).
///
/// Throws DataError if there are no values; ShapeError if the shapes differ by more than extents of 1.
template <Numbers True, Numbers Predicted, class Term>
double mean_of(std::string_view metric, True& y_true, Predicted& y_pred, Term term) {
  const auto shape = extents_of(metric, y_true), found = extents_of(metric, y_pred);
  if (without_ones(shape) != without_ones(found)) {
    if (shape.size() == 1 && found.size() == 1)
      throw ShapeError(sentence(metric, ": ", shape[0], " true values, but ", found[0], " predictions"));
    throw ShapeError(sentence(metric, ": true values of the shape ", shape_text(shape),
                              ", but predictions of the shape ", shape_text(found)));
  }

  const auto predictions = numbers_of(y_pred);
  if (predictions.empty()) throw DataError(sentence(metric, ": expected at least 1 value, found 0"));
  double sum = 0;
  std::size_t index = 0;
  visit_numbers(y_true, [&](auto truth) {
    sum += term(static_cast<double>(truth), predictions[index], index);
    ++index;
  });
  return sum / static_cast<double>(index);
}

/// 100 |y - p| / |y|; y is not 0.
inline double absolute_percentage_error(double y, double p) { return 100 * std::abs((y - p) / y); }

/// 200 |y - p| / (|y| + |p|), and 0 of 0 and 0.
inline double symmetric_percentage_error(double y, double p) {
  return y == p ? 0.0 : 200 * std::abs(y - p) / (std::abs(y) + std::abs(p));
}

/// What the seasonal naive forecast x[t] = x[t-season] is off by within a series: 0 if that repeats itself. Means over
/// the pairs of which neither value is missing, that is NaN; 0 if there are none.
struct NaiveErrors {
  double absolute = 0;  ///< mean |x[t] - x[t-season]|
  double squared = 0;   ///< mean (x[t] - x[t-season])^2
};

/// Of more than `season` values, season being at least 1.
inline NaiveErrors naive_errors(std::span<const double> series, std::size_t season) {
  NaiveErrors sums;
  std::size_t count = 0;
  for (std::size_t t = season; t < series.size(); ++t) {
    const double error = series[t] - series[t - season];
    if (std::isnan(error)) continue;
    sums.absolute += std::abs(error);
    sums.squared += error * error;
    ++count;
  }
  if (count == 0) return {};
  return {sums.absolute / static_cast<double>(count), sums.squared / static_cast<double>(count)};
}

}  // namespace detail

/// mean |y - p|, in the units of the series.
///
/// Throws ShapeError if the shapes differ; DataError if there are no values. So do all metrics.
template <detail::Numbers True, detail::Numbers Predicted>
double mean_absolute_error(True&& y_true, Predicted&& y_pred) {
  return detail::mean_of("mean_absolute_error", y_true, y_pred,
                         [](double y, double p, std::size_t) { return std::abs(y - p); });
}

/// sqrt(mean (y - p)^2), in the units of the series: large errors weigh more than in the mean absolute error.
template <detail::Numbers True, detail::Numbers Predicted>
double root_mean_squared_error(True&& y_true, Predicted&& y_pred) {
  return std::sqrt(detail::mean_of("root_mean_squared_error", y_true, y_pred,
                                   [](double y, double p, std::size_t) { return (y - p) * (y - p); }));
}

/// 100 mean |y - p| / |y|, in percent.
///
/// Throws DataError if a true value is 0.
template <detail::Numbers True, detail::Numbers Predicted>
double mean_absolute_percentage_error(True&& y_true, Predicted&& y_pred) {
  return detail::mean_of("mean_absolute_percentage_error", y_true, y_pred, [](double y, double p, std::size_t index) {
    if (y == 0)
      throw DataError(detail::sentence("mean_absolute_percentage_error: true value ", index,
                                       " (counted from 0) is 0, and no error is a percentage of 0"));
    return detail::absolute_percentage_error(y, p);
  });
}

/// mean 200 |y - p| / (|y| + |p|), in percent, from 0 to 200; a term with y = p = 0 counts as 0.
template <detail::Numbers True, detail::Numbers Predicted>
double symmetric_mean_absolute_percentage_error(True&& y_true, Predicted&& y_pred) {
  return detail::mean_of("symmetric_mean_absolute_percentage_error", y_true, y_pred,
                         [](double y, double p, std::size_t) { return detail::symmetric_percentage_error(y, p); });
}

/// The mean absolute error, divided by that of the seasonal naive forecast x[t] = x[t-season] within the training
/// series: below 1 is better than naive. Hyndman and Koehler, "Another look at measures of forecast accuracy",
/// International Journal of Forecasting 22 (2006).
///
/// Throws ArgumentError if season is 0; DataError if the training series has no more than season values, one that is
/// not finite, or repeats itself exactly, so that the naive error is 0.
template <detail::Numbers True, detail::Numbers Predicted, detail::Numbers Training>
double mean_absolute_scaled_error(True&& y_true, Predicted&& y_pred, Training&& training_series,
                                  std::size_t season = 1) {
  const auto name = "mean_absolute_scaled_error";
  const auto values = detail::numbers(name, training_series);
  detail::require_lag(name, values.size(), season);
  const double scale = detail::naive_errors(std::vector<double>(values.begin(), values.end()), season).absolute;
  if (scale == 0)
    throw DataError(detail::sentence(name, ": the training series repeats itself exactly with season ", season,
                                     ", so that there is no naive error to compare with"));
  return detail::mean_of(name, y_true, y_pred, [](double y, double p, std::size_t) { return std::abs(y - p); }) / scale;
}

}  // namespace rnnts::inline RNNTS_ABI
