// NamedSeries: the numbers of a series with its name, from whatever a user has.
#pragma once

#include <concepts>
#include <cstddef>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/series/checks.hpp"
#include "rnnts/series/numbers.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

struct NamedSeries {
  std::string unique_id;
  std::vector<double> values;
};

/// A name and the numbers of a series, as an element of `std::map<std::string, std::vector<double>>` is.
template <class V>
concept NamedNumbers = requires(V& v) {
  requires std::convertible_to<decltype(v.first), std::string>;
  requires Numbers<decltype((v.second))>;
};

template <class R>
concept RangeOfNamedNumbers = std::ranges::forward_range<R> && NamedNumbers<std::ranges::range_reference_t<R>>;

/// "series \"a\"", for messages.
inline std::string series_text(const std::string& unique_id) { return sentence("series \"", unique_id, "\""); }

template <Numbers R> NamedSeries read_series(std::string_view function, std::string unique_id, R& numbers) {
  NamedSeries series{std::move(unique_id), {}};
  visit_numbers(numbers, [&](auto number) { series.values.push_back(static_cast<double>(number)); });
  for (std::size_t t = 0; t < series.values.size(); ++t) {
    require_finite(sentence(function, ": ", series_text(series.unique_id)), series.values[t], t);
  }
  return series;
}

}  // namespace detail

/// What a forecaster takes: one series, as a range or tensor of numbers; several, as a range of those; or several with
/// their names, as a range of pairs (unique_id, numbers). They may differ in length.
template <class D>
concept ForecastData = detail::Numbers<D> || detail::RangeOfNamedNumbers<D>;

namespace detail {

/// The series of the data, in order. Those without a name are named by their number, "0", "1", …
///
/// Throws DataError if there is none, or with series and position if a number is not finite.
template <ForecastData D> std::vector<NamedSeries> named_series(std::string_view function, D& data) {
  std::vector<NamedSeries> all;
  if constexpr (RangeOfNamedNumbers<D>) {
    for (auto&& one : data) all.push_back(read_series(function, std::string(one.first), one.second));
  } else if constexpr (dimensions<D>() == 1) {
    all.push_back(read_series(function, "0", data));
  } else {
    static_assert(
        dimensions<D>() == 2 && !TensorExpression<D>,
        "A forecaster takes a series of numbers, a range of series, or a range of pairs (unique_id, series).");
    for (auto&& one : data) all.push_back(read_series(function, std::to_string(all.size()), one));
  }
  if (all.empty()) throw DataError(sentence(function, ": expected at least one series, found none"));
  return all;
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
