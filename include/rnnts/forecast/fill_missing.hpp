// fill_missing: numbers for the values of a series that are missing.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "rnnts/core/error.hpp"

namespace rnnts::inline RNNTS_ABI {

/// What takes the place of a missing value.
enum class MissingValue {
  forward,   ///< the last one before it that is known
  linear,    ///< what is between the known ones before and after it, on a line
  seasonal,  ///< what is a season before it, or where nothing is there, a season after it
};

namespace detail {

/// Calls `fill(begin, end)` for each run of missing values.
inline void for_each_missing_run(std::span<const double> values, auto fill) {
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (!std::isnan(values[t])) continue;
    std::size_t end = t;
    while (end < values.size() && std::isnan(values[end])) ++end;
    fill(t, end);
    t = end;
  }
}

inline void fill_forward(std::span<double> values) {
  for_each_missing_run(values, [values](std::size_t begin, std::size_t end) {
    std::fill(&values[begin], &values[begin] + (end - begin), begin > 0 ? values[begin - 1] : values[end]);
  });
}

inline void fill_linear(std::span<double> values) {
  for_each_missing_run(values, [values](std::size_t begin, std::size_t end) {
    const double after = end < values.size() ? values[end] : values[begin - 1];
    const double before = begin > 0 ? values[begin - 1] : after;
    const auto steps = static_cast<double>(end - begin + 1);
    for (std::size_t t = begin; t < end; ++t) {
      values[t] = before + (after - before) * static_cast<double>(t - begin + 1) / steps;
    }
  });
}

inline void fill_seasonal(std::span<double> values, std::size_t season) {
  for (std::size_t t = season; t < values.size(); ++t) {
    if (std::isnan(values[t])) values[t] = values[t - season];
  }
  for (std::size_t t = values.size(); t-- > 0;) {
    if (std::isnan(values[t]) && t + season < values.size()) values[t] = values[t + season];
  }
  fill_linear(values);  // a position of the season that has no value at all
}

}  // namespace detail

/// Replaces the values that are NaN, and returns how many there were. Those before the first known value become like
/// it, and those after the last one too, but for `seasonal`, which takes the value a season before, or where there is
/// none a season later. A position of the season without any known value is filled as with `linear`.
///
/// `season` is in steps, and is for `seasonal` alone. Throws ArgumentError if it is 0 there; DataError if all values
/// are missing.
inline std::size_t fill_missing(std::span<double> values, MissingValue by, std::size_t season = 0) {
  if (by == MissingValue::seasonal && season == 0) {
    throw ArgumentError("fill_missing: expected a season of at least 1 step, found 0");
  }
  const auto count = static_cast<std::size_t>(std::ranges::count_if(values, [](double x) { return std::isnan(x); }));
  if (count == 0) return 0;
  if (count == values.size()) {
    throw DataError(detail::sentence("fill_missing: expected at least 1 value that is known, found none of ", count));
  }
  switch (by) {
    case MissingValue::forward: detail::fill_forward(values); break;
    case MissingValue::linear: detail::fill_linear(values); break;
    case MissingValue::seasonal: detail::fill_seasonal(values, season); break;
  }
  return count;
}

}  // namespace rnnts::inline RNNTS_ABI
