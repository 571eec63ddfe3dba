// ForecastData: whatever a user has as series, read into ForecastSeries.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/series/checks.hpp"
#include "rnnts/series/numbers.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// A name and the numbers of a series, as an element of `std::map<std::string, std::vector<double>>` is.
template <class V>
concept NamedNumbers = requires(V& v) {
  requires std::convertible_to<decltype(v.first), std::string>;
  requires Numbers<decltype((v.second))>;
};

template <class R>
concept RangeOfNamedNumbers = std::ranges::forward_range<R> && NamedNumbers<std::ranges::range_reference_t<R>>;

template <class D>
concept OneForecastSeries = std::same_as<std::remove_cvref_t<D>, ForecastSeries>;

template <class R>
concept RangeOfForecastSeries = std::ranges::forward_range<R> && OneForecastSeries<std::ranges::range_reference_t<R>>;

/// "series \"a\"", for messages.
inline std::string series_text(const std::string& unique_id) { return sentence("series \"", unique_id, "\""); }

/// Throws DataError if a series has fewer values than expected.
[[gnu::cold]] inline void require_length(std::string_view function, const std::string& unique_id, std::size_t found,
                                         std::size_t expected) {
  if (found >= expected) return;
  throw DataError(
      sentence(function, ": ", series_text(unique_id), ": expected at least ", expected, " values, found ", found));
}

/// Throws Error if a forecast is not finite.
inline void require_finite_forecast(const std::string& unique_id, std::size_t step, double value) {
  if (std::isfinite(value)) return;
  throw Error(sentence("Forecaster::predict: ", series_text(unique_id), ": step ", step,
                       " (counted from 0) is not finite but ", value, " in the units of the series"));
}

/// A copy of the series.
///
/// Throws DataError, naming the series, if one of its values is not finite; it may be NaN if it `may_miss`.
inline ForecastSeries read_series(std::string_view function, ForecastSeries series, bool may_miss) {
  for (std::size_t t = 0; t < series.values.size(); ++t) {
    if (may_miss && std::isnan(series.values[t])) continue;
    require_finite(sentence(function, ": ", series_text(series.unique_id)), series.values[t], t);
  }
  return series;
}
template <Numbers R>
ForecastSeries read_series(std::string_view function, std::string unique_id, R& numbers, bool may_miss) {
  return read_series(function, ForecastSeries{.unique_id = std::move(unique_id), .values = numbers_of(numbers)},
                     may_miss);
}

}  // namespace detail

/// What a forecaster takes: one series, as a range or tensor of numbers; several, as a range of those; several with
/// their names, as a range of pairs (unique_id, numbers); or with covariates, as a ForecastSeries or a range of them.
/// They may differ in length.
template <class D>
concept ForecastData = detail::Numbers<D> || detail::RangeOfNamedNumbers<D> || detail::OneForecastSeries<D> ||
                       detail::RangeOfForecastSeries<D>;

namespace detail {

/// The series of the data, in order. Those without a name are named by their number, "0", "1", …
///
/// Throws DataError if there is none, or with series and position if a number is not finite; it may be NaN if values
/// `may_miss`.
template <ForecastData D>
std::vector<ForecastSeries> named_series(std::string_view function, D& data, bool may_miss = false) {
  std::vector<ForecastSeries> all;
  if constexpr (OneForecastSeries<D>) {
    all.push_back(read_series(function, data, may_miss));
  } else if constexpr (RangeOfForecastSeries<D>) {
    for (auto&& one : data) all.push_back(read_series(function, one, may_miss));
  } else if constexpr (RangeOfNamedNumbers<D>) {
    for (auto&& one : data) all.push_back(read_series(function, std::string(one.first), one.second, may_miss));
  } else if constexpr (dimensions<D>() == 1) {
    all.push_back(read_series(function, "0", data, may_miss));
  } else {
    static_assert(
        dimensions<D>() == 2 && !TensorExpression<D>,
        "A forecaster takes a series of numbers, a range of series, or a range of pairs (unique_id, series).");
    for (auto&& one : data) all.push_back(read_series(function, std::to_string(all.size()), one, may_miss));
  }
  if (all.empty()) throw DataError(sentence(function, ": expected at least one series, found none"));
  return all;
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
