// quantile_errors and interval_errors: how good forecasts are that say how sure they are.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/horizon_errors.hpp"
#include "rnnts/losses/pinball.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Quantiles of one series, some steps ahead, and what came. Refers to the numbers.
struct QuantileForecast {
  std::size_t series = 0;                  ///< its number, from 0
  std::span<const double> actual = {};     ///< (H): what came, step after step; NaN where it is missing
  std::span<const double> quantiles = {};  ///< (H, Q): all quantiles of the first step, then all of the second, …
};

/// Means over values of one or more series; smaller is better.
struct QuantileErrors {
  std::size_t values = 0;  ///< true values that are not missing, not their quantiles
  /// The mean over the quantiles of their pinball losses: q (y - p) where y is above p, else (1 - q) (p - y) (Koenker
  /// and Bassett 1978). In the units of the series; of the median alone it is half the mean absolute error.
  double pinball = 0;
  std::vector<double> pinballs = {};  ///< of each quantile
  /// 2 sum of pinball losses / sum |y|, the mean over the quantiles (Salinas and others, "DeepAR", International
  /// Journal of Forecasting 36 (2020)). None where all true values are 0.
  std::optional<double> weighted_quantile_loss = {};
};

/// Bounds of one series, some steps ahead, and what came. Refers to the numbers.
struct IntervalForecast {
  std::size_t series = 0;               ///< its number, from 0
  std::span<const double> actual = {};  ///< what came, step after step; NaN where it is missing
  std::span<const double> lower = {};   ///< as many
  std::span<const double> upper = {};   ///< as many, none below its `lower`
};

/// Means over values of one or more series.
struct IntervalErrors {
  std::size_t values = 0;  ///< how many they are means of: those that are not missing
  double coverage = 0;     ///< the share of true values within their bounds; the level of the interval is right
  double width = 0;        ///< upper - lower, in the units of the series
  /// upper - lower, and 2 / (1 - level) times what the true value lies outside: smaller is better (Winkler 1972;
  /// Gneiting and Raftery, "Strictly proper scoring rules, prediction, and estimation", Journal of the American
  /// Statistical Association 102 (2007), equation 43).
  double score = 0;
};

namespace detail {

struct QuantileSums {
  std::vector<double> pinballs;
  std::size_t values = 0;
  double magnitudes = 0;

  void end_series() {}

  QuantileErrors errors() const {
    const auto n = static_cast<double>(values), count = static_cast<double>(pinballs.size());
    QuantileErrors e{.values = values};
    double sum = 0;
    for (const double pinball : pinballs) {
      e.pinballs.push_back(pinball / n);
      sum += pinball / count;
    }
    e.pinball = sum / n;
    if (magnitudes > 0) e.weighted_quantile_loss = 2 * sum / magnitudes;
    return e;
  }
};

struct IntervalSums {
  std::size_t values = 0, covered = 0;
  double width = 0, outside = 0, penalty = 0;

  void add(double y, double lower, double upper) {
    ++values;
    covered += y >= lower && y <= upper;
    width += upper - lower;
    outside += y < lower ? lower - y : y > upper ? y - upper : 0;
  }

  void end_series() {}

  IntervalErrors errors() const {
    const auto n = static_cast<double>(values);
    return {.values = values,
            .coverage = static_cast<double>(covered) / n,
            .width = width / n,
            .score = (width + penalty * outside) / n};
  }
};

/// Throws ArgumentError if the level is not between 0 and 1.
inline void require_level(std::string_view function, double level) {
  if (level > 0 && level < 1) return;
  throw ArgumentError(sentence(function, ": expected a level between 0 and 1, as 0.8 for 80 %, found ", level));
}

}  // namespace detail

/// The errors of quantile forecasts with as many steps each, which come series by series. `quantiles` are those that
/// are forecast, as 0.1, 0.5, 0.9.
///
/// Throws ArgumentError if one of them is not between 0 and 1 or a series does not follow the one before; DataError if
/// there are no forecasts or quantiles; ShapeError if a forecast has other numbers of values.
inline HorizonErrors<QuantileErrors> quantile_errors(std::span<const QuantileForecast> forecasts,
                                                     std::span<const double> quantiles) {
  constexpr std::string_view name = "quantile_errors";
  const std::size_t horizon = detail::common_horizon(name, forecasts), count = quantiles.size();
  if (count == 0) throw DataError("quantile_errors: expected at least 1 quantile, found 0");
  for (const double quantile : quantiles) Pinball{quantile}.check();
  detail::HorizonSums sums(name, horizon, detail::QuantileSums{.pinballs = std::vector<double>(count)});
  for (std::size_t f = 0; f < forecasts.size(); ++f) {
    const auto& [series, actual, predicted] = forecasts[f];
    detail::require_numbers(name, f, "quantiles of all steps", predicted.size(), horizon * count);
    sums.begin_forecast(f, series);
    for (std::size_t h = 0; h < horizon; ++h) {
      const double y = actual[h];
      if (std::isnan(y)) continue;
      const auto of_step = predicted.subspan(h * count, count);
      sums.add(h, [&](detail::QuantileSums& of) {
        ++of.values;
        of.magnitudes += std::abs(y);
        for (std::size_t q = 0; q < count; ++q) of.pinballs[q] += Pinball{quantiles[q]}.value(y, of_step[q]);
      });
    }
  }
  return sums.errors();
}

/// The errors of intervals with as many steps each, which come series by series. `level` is what they should cover, 0.8
/// for 80 %.
///
/// Throws ArgumentError if it is not between 0 and 1 or a series does not follow the one before; DataError if there are
/// no forecasts or a lower bound is above the upper one; ShapeError if a forecast has other numbers of values.
inline HorizonErrors<IntervalErrors> interval_errors(std::span<const IntervalForecast> forecasts, double level) {
  constexpr std::string_view name = "interval_errors";
  detail::require_level(name, level);
  const std::size_t horizon = detail::common_horizon(name, forecasts);
  detail::HorizonSums sums(name, horizon, detail::IntervalSums{.penalty = 2 / (1 - level)});
  for (std::size_t f = 0; f < forecasts.size(); ++f) {
    const auto& [series, actual, lower, upper] = forecasts[f];
    detail::require_numbers(name, f, "lower bounds", lower.size(), horizon);
    detail::require_numbers(name, f, "upper bounds", upper.size(), horizon);
    sums.begin_forecast(f, series);
    for (std::size_t h = 0; h < horizon; ++h) {
      const double y = actual[h], low = lower[h], high = upper[h];
      if (low > high) {
        throw DataError(detail::sentence(name, ": at step ", h, " of forecast ", f, " (counted from 0) the bounds ",
                                         low, " and ", high, " cross; sort_quantiles puts them in order"));
      }
      if (!std::isnan(y)) sums.add(h, [&](detail::IntervalSums& of) { of.add(y, low, high); });
    }
  }
  return sums.errors();
}

}  // namespace rnnts::inline RNNTS_ABI
