// Differences and log-differences: what a growing or seasonal series is turned into before a net sees it.
//
// A series is a range or a tensor of one dimension; further ones of 1 are overlooked, so that predictions (B, 1) are B
// numbers.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/series/checks.hpp"
#include "rnnts/series/numbers.hpp"

namespace rnnts::inline RNNTS_ABI {
namespace detail {

/// The numbers of a series as a vector.
///
/// Throws ShapeError if it has more than one dimension that is not 1; DataError if a number is not finite.
template <Numbers R> auto numbers(std::string_view function, R& series) {
  using T = typename NumberOf<R>::type;
  const auto extents = extents_of(function, series);
  if (without_ones(extents).size() > 1)
    throw ShapeError(
        sentence(function, ": expected one number after the other, found the shape ", shape_text(extents)));
  std::vector<RealOf<T>> values;
  visit_numbers(series, [&](T value) {
    require_finite(function, value, values.size());
    values.push_back(static_cast<RealOf<T>>(value));
  });
  return values;
}

/// Throws ArgumentError if the lag is 0; DataError if there are no more than `lag` values.
inline void require_lag(std::string_view function, std::size_t values, std::size_t lag) {
  if (lag == 0) throw ArgumentError(sentence(function, ": expected a lag of at least 1, found 0"));
  if (values <= lag)
    throw DataError(sentence(function, ": a lag of ", lag, " needs more than ", lag, " values, found ", values));
}

/// step(x[t-lag], x[t]) for t = lag .. n-1.
template <class T, class Step>
std::vector<T> lagged(std::string_view function, const std::vector<T>& x, std::size_t lag, Step step) {
  require_lag(function, x.size(), lag);
  std::vector<T> steps;
  steps.reserve(x.size() - lag);
  for (std::size_t t = lag; t < x.size(); ++t) steps.push_back(step(x[t - lag], x[t]));
  return steps;
}

/// Appends to the first values x of a series: x[t] = step(x[t-lag], d[t-lag]), where lag is the number of first values.
template <class T, class Step>
std::vector<T> integrated(std::string_view function, const std::vector<T>& d, std::vector<T> x, Step step) {
  const auto lag = x.size();
  if (lag == 0) throw DataError(sentence(function, ": expected as many first values as the lag, found 0"));
  x.reserve(lag + d.size());
  for (const T change : d) x.push_back(step(x[x.size() - lag], change));
  return x;
}

template <class T> void require_positive(std::string_view function, const std::vector<T>& values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!(values[i] > 0))
      throw DataError(sentence(function, ": value ", i, " (counted from 0) is ", values[i],
                               ", expected a number above 0, which has a logarithm"));
}

}  // namespace detail

/// d[t] = x[t] - x[t-lag] for t = lag .. n-1, so n-lag values. A lag of 12 takes the season out of monthly values.
///
/// Throws ArgumentError if lag is 0; DataError if the series has no more than lag values or one that is not finite;
/// ShapeError if it has several numbers per step.
template <detail::Numbers R> auto difference(R&& series, std::size_t lag = 1) {
  return detail::lagged("difference", detail::numbers("difference", series), lag,
                        [](auto before, auto now) { return now - before; });
}

/// d[t] = log(x[t]) - log(x[t-lag]) for t = lag .. n-1: the growth over lag steps, 0.01 being about one percent.
///
/// Throws as difference does, and DataError if a value is not above 0.
template <detail::Numbers R> auto log_difference(R&& series, std::size_t lag = 1) {
  const auto x = detail::numbers("log_difference", series);
  detail::require_positive("log_difference", x);
  return detail::lagged("log_difference", x, lag,
                        [](auto before, auto now) { return std::log(now) - std::log(before); });
}

/// One step back to the units of the series: x[t] = x[t-lag] + d[t].
template <std::floating_point T> T inverse_difference(T difference, T earlier) { return earlier + difference; }

/// One step back to the units of the series: x[t] = x[t-lag] exp(d[t]).
template <std::floating_point T> T inverse_log_difference(T log_difference, T earlier) {
  return earlier * std::exp(log_difference);
}

/// The whole series, n values, from its n-lag differences and its first lag values.
///
/// Throws DataError if first_values is empty, or a value is not finite; ShapeError as difference does.
template <detail::Numbers D, detail::Numbers F> auto inverse_difference(D&& differences, F&& first_values) {
  const auto name = "inverse_difference";
  return detail::integrated(name, detail::numbers(name, differences), detail::numbers(name, first_values),
                            [](auto earlier, auto d) { return inverse_difference(d, earlier); });
}

/// The whole series, n values, from its n-lag log-differences and its first lag values.
///
/// Throws as the above, and DataError if a first value is not above 0.
template <detail::Numbers D, detail::Numbers F> auto inverse_log_difference(D&& log_differences, F&& first_values) {
  const auto name = "inverse_log_difference";
  auto first = detail::numbers(name, first_values);
  detail::require_positive(name, first);
  return detail::integrated(name, detail::numbers(name, log_differences), std::move(first),
                            [](auto earlier, auto d) { return inverse_log_difference(d, earlier); });
}

}  // namespace rnnts::inline RNNTS_ABI
