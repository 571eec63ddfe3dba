// Forecasts that need no model, from the history of one series: what a model has to beat.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// Throws DataError if a history has fewer values than a forecast needs.
inline void require_history(std::string_view function, std::span<const double> history, std::size_t needed) {
  if (history.size() >= needed) return;
  throw DataError(sentence(function, ": expected a history of at least ", counted(needed, "value", "values"),
                           ", found ", history.size()));
}

/// Throws ArgumentError if there are no steps in a season.
inline void require_season(std::string_view function, std::size_t season) {
  if (season == 0) throw ArgumentError(sentence(function, ": expected a season of at least 1 step, found 0"));
}

/// Throws DataError if the history is empty.
inline std::vector<double> last_value_repeated(std::string_view function, std::span<const double> history,
                                               std::size_t horizon) {
  require_history(function, history, 1);
  return std::vector<double>(horizon, history.back());
}

}  // namespace detail

/// The last value, for each of `horizon` steps.
///
/// Throws DataError if the history is empty.
inline std::vector<double> persistence_forecast(std::span<const double> history, std::size_t horizon) {
  return detail::last_value_repeated("persistence_forecast", history, horizon);
}

/// The value of a season ago, of those that are known: the last season, over and over.
///
/// Throws ArgumentError if season is 0; DataError if the history has not so many values.
inline std::vector<double> seasonal_naive_forecast(std::span<const double> history, std::size_t horizon,
                                                   std::size_t season) {
  constexpr std::string_view name = "seasonal_naive_forecast";
  detail::require_season(name, season);
  detail::require_history(name, history, season);
  const auto last = history.last(season);
  std::vector<double> forecast(horizon);
  for (std::size_t h = 0; h < horizon; ++h) forecast[h] = last[h % season];
  return forecast;
}

/// The line through the first and the last value, continued. Hyndman and Athanasopoulos, "Forecasting: principles and
/// practice" (third edition, 2021), 5.2.
///
/// Throws DataError if the history has fewer than 2 values.
inline std::vector<double> drift_forecast(std::span<const double> history, std::size_t horizon) {
  detail::require_history("drift_forecast", history, 2);
  const double slope = (history.back() - history.front()) / static_cast<double>(history.size() - 1);
  std::vector<double> forecast(horizon);
  for (std::size_t h = 0; h < horizon; ++h) forecast[h] = history.back() + slope * static_cast<double>(h + 1);
  return forecast;
}

namespace detail {

/// Whether the autocorrelation at the lag of the season is other than 0, by a test at 90 %, as the M4 competition has
/// asked: |r[season]| > 1.645 sqrt((1 + 2 sum of r[k]^2 for k < season) / n), given at least three seasons.
inline bool has_season(std::span<const double> x, std::size_t season) {
  if (season < 2 || x.size() / 3 < season) return false;
  const auto n = static_cast<double>(x.size());
  double mean = 0;
  for (const double value : x) mean += value / n;
  const auto products = [&](std::size_t lag) {
    double sum = 0;
    for (std::size_t t = lag; t < x.size(); ++t) sum += (x[t] - mean) * (x[t - lag] - mean);
    return sum;
  };
  const double variance = products(0);
  double squares = 1;
  for (std::size_t lag = 1; lag < season; ++lag) squares += 2 * std::pow(products(lag) / variance, 2);
  return std::abs(products(season) / variance) > 1.645 * std::sqrt(squares / n);  // false for a constant series
}

/// The factors of the phases of a season, of mean 1, phase 0 being that of the first value: the mean of each phase of
/// the values, divided by their moving average over a season, whose ends count half where the season is even.
inline std::vector<double> seasonal_factors(std::span<const double> x, std::size_t season) {
  const std::size_t reach = season / 2;
  const bool even = season % 2 == 0;
  std::vector<double> factors(season), counts(season);
  for (std::size_t t = reach; t + reach < x.size(); ++t) {
    double sum = 0;
    for (std::size_t k = t - reach; k <= t + reach; ++k) sum += x[k];
    if (even) sum -= (x[t - reach] + x[t + reach]) / 2;
    factors[t % season] += x[t] / (sum / static_cast<double>(season));
    ++counts[t % season];
  }
  double mean = 0;
  for (std::size_t phase = 0; phase < season; ++phase) {
    factors[phase] /= counts[phase];
    mean += factors[phase] / static_cast<double>(season);
  }
  for (double& factor : factors) factor /= mean;
  return factors;
}

}  // namespace detail

/// Naive2 of the M competitions, what OWA compares with: the last value without its season, repeated with that of each
/// step. The season is a factor for each phase, from a classical decomposition, where a test of the autocorrelation
/// finds one at 90 %; else, with fewer than three seasons, or with a value not above 0, Naive2 repeats the last value.
/// Makridakis, Spiliotis and Assimakopoulos, "The M4 Competition: 100,000 time series and 61 forecasting methods",
/// International Journal of Forecasting 36 (2020).
///
/// Throws ArgumentError if season is 0; DataError if the history is empty.
inline std::vector<double> naive2_forecast(std::span<const double> history, std::size_t horizon, std::size_t season) {
  constexpr std::string_view name = "naive2_forecast";
  detail::require_season(name, season);
  auto forecast = detail::last_value_repeated(name, history, horizon);
  const bool positive = std::ranges::all_of(history, [](double value) { return value > 0; });
  if (!positive || !detail::has_season(history, season)) return forecast;
  const auto factors = detail::seasonal_factors(history, season);
  const double last_factor = factors[(history.size() - 1) % season];
  for (std::size_t h = 0; h < horizon; ++h) forecast[h] *= factors[(history.size() + h) % season] / last_factor;
  return forecast;
}

}  // namespace rnnts::inline RNNTS_ABI
