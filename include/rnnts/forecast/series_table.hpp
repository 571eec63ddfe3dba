// SeriesTable: series with their names and times, as read_series gives them and a Forecaster takes them.
#pragma once

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/fill_missing.hpp"
#include "rnnts/forecast/named_series.hpp"
#include "rnnts/forecast/time_step.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Many series, each with a name and evenly spaced in time. A range of pairs (unique_id, values), so that `fit` and
/// `predict` of a Forecaster take it.
struct SeriesTable {
  std::vector<std::pair<std::string, std::vector<double>>> series = {};
  std::vector<std::chrono::sys_seconds> starts = {};  ///< the time of the first value of each; none without times
  TimeStep step = {};                                 ///< of all of them
  std::size_t gaps = 0;                               ///< values that had no row, which are NaN
  std::size_t missing = 0;                            ///< values that had a row, but no number, which are NaN too

  auto begin() const { return series.begin(); }
  auto end() const { return series.end(); }
  std::size_t size() const { return series.size(); }
  bool has_times() const { return !starts.empty(); }

  /// The time of a value, also of one after the last one.
  ///
  /// Throws DataError if there are no times.
  std::chrono::sys_seconds time(std::size_t of_series, std::size_t position) const {
    if (!has_times()) throw DataError("SeriesTable: expected series with times, found none");
    return step.after(starts[of_series], static_cast<std::int64_t>(position));
  }
};

/// Replaces all values that are missing, each series by itself, and returns how many there were. Throws what
/// `fill_missing` of one series does, with the name of the series.
inline std::size_t fill_missing(SeriesTable& table, MissingValue by, std::size_t season = 0) {
  std::size_t count = 0;
  for (auto& [unique_id, values] : table.series) {
    try {
      count += fill_missing(values, by, season);
    } catch (const DataError& error) {
      throw DataError(detail::sentence(detail::series_text(unique_id), ": ", error.what()));
    }
  }
  table.gaps = table.missing = 0;
  return count;
}

}  // namespace rnnts::inline RNNTS_ABI
