// SeriesTable: series with their names, times and columns, as read_series gives them and a Forecaster takes them.
#pragma once

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/fill_missing.hpp"
#include "rnnts/forecast/forecast_series.hpp"
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
  /// Columns beside the values, by their names: the numbers of each series, as a ForecastSeries has them.
  std::map<std::string, std::vector<std::vector<double>>> known = {}, past = {};
  std::map<std::string, std::vector<double>> fixed = {};  ///< static columns, a number for each series
  std::size_t missing_in_columns = 0;                     ///< numbers of known and past that are NaN
  std::vector<std::string> without_values = {};           ///< names of series that had no value, and are not in it
  std::size_t partial = 0;                                ///< intervals left out, as `Resample::whole` asks

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

  /// Copies of the series with their columns, for a Forecaster that looks at these.
  std::vector<ForecastSeries> with_columns() const {
    std::vector<ForecastSeries> all;
    all.reserve(size());
    for (const auto& [unique_id, values] : series) all.push_back({.unique_id = unique_id, .values = values});
    for (std::size_t s = 0; s < size(); ++s) {
      for (const auto& [name, numbers] : known) all[s].known[name] = numbers[s];
      for (const auto& [name, numbers] : past) all[s].past[name] = numbers[s];
      for (const auto& [name, numbers] : fixed) all[s].fixed[name] = numbers[s];
    }
    return all;
  }
};

/// Takes out the series for which `is_out(series)` is true of their name and values, a pair, with their times and
/// columns, and returns how many those are. What `gaps` and the like count is not changed.
template <class Predicate> std::size_t erase_if(SeriesTable& table, Predicate is_out) {
  std::vector<bool> out;
  for (const auto& series : table) out.push_back(is_out(series));
  const auto erase = [&](auto& all) {  // what there is of each series
    std::size_t kept = 0;
    for (std::size_t s = 0; s < out.size(); ++s) {
      if (out[s]) continue;
      if (kept != s) all[kept] = std::move(all[s]);
      ++kept;
    }
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(kept), all.end());
  };
  if (table.has_times()) erase(table.starts);
  for (auto* const columns : {&table.known, &table.past}) {
    for (auto& [name, of_series] : *columns) erase(of_series);
  }
  for (auto& [name, of_series] : table.fixed) erase(of_series);
  const std::size_t before = table.size();
  erase(table.series);
  return before - table.size();
}

namespace detail {

/// Takes out the series without a value, and puts their names down.
inline SeriesTable without_empty(SeriesTable table) {
  erase_if(table, [&](const auto& series) {
    if (series.second.empty()) table.without_values.push_back(series.first);
    return series.second.empty();
  });
  return table;
}

}  // namespace detail

/// Replaces all values that are missing, and numbers of columns, each series by itself, and returns how many there
/// were. Throws what `fill_missing` of one series does, with the names of series and column.
inline std::size_t fill_missing(SeriesTable& table, MissingValue by, std::size_t season = 0) {
  std::size_t count = 0;
  const auto fill = [&](std::size_t s, const std::string& column, std::vector<double>& numbers) {
    try {
      count += fill_missing(numbers, by, season);
    } catch (const DataError& error) {
      throw DataError(detail::sentence(detail::series_text(table.series[s].first), ": ", column, error.what()));
    }
  };
  for (std::size_t s = 0; s < table.size(); ++s) {
    fill(s, "", table.series[s].second);
    for (auto* const columns : {&table.known, &table.past}) {
      for (auto& [name, numbers] : *columns) fill(s, detail::sentence("column \"", name, "\": "), numbers[s]);
    }
  }
  table.gaps = table.missing = table.missing_in_columns = 0;
  return count;
}

}  // namespace rnnts::inline RNNTS_ABI
