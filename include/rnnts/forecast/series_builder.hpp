// SeriesBuilder: a SeriesTable that grows value by value, as a file is read.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/named_series.hpp"
#include "rnnts/forecast/resample.hpp"
#include "rnnts/forecast/series_table.hpp"
#include "rnnts/forecast/time_step.hpp"
#include "rnnts/series/csv.hpp"
#include "rnnts/series/csv_reader.hpp"
#include "rnnts/series/dates.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// What messages about missing values end with.
inline constexpr std::string_view or_allow_missing = "; with allow_missing it becomes NaN, for fill_missing";

/// ... and about times that are not even.
inline constexpr std::string_view or_resample = "; ReadSeriesOptions::resample makes them even";

/// The time in a field of the current row.
///
/// Throws FileError if it is not after `last`, if there is such, or equal to it where that may be.
inline std::chrono::sys_seconds time_after(std::optional<std::chrono::sys_seconds> last, const CsvReader& file,
                                           std::size_t column, const std::string& unique_id, bool or_equal = false) {
  const auto time = csv_time(file, column, "a time as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS");
  if (last && (or_equal ? time < *last : time <= *last)) {
    throw file.error_at(file.field(column).position, sentence(file.describe(column), ": ", series_text(unique_id),
                                                              ": expected a time after that of the value before, ",
                                                              time_text(*last), ", found ", time_text(time)));
  }
  return time;
}

/// Puts NaN where the times of some values have a gap, in a series that messages begin with. Returns how many.
///
/// Throws DataError with the first two times that are not a whole number of steps, or unless values may be missing, not
/// one, apart, and with two that are too far apart.
inline std::size_t space(std::vector<double>& values, const TimeRuns& times, const TimeStep& step, bool allow_missing,
                         const std::string& whose) {
  const auto even = [&](const TimeRuns::Run& run) { return run.step == step; };
  if (std::ranges::all_of(times.runs(), even)) return 0;
  const auto refuse_gap = [&](std::chrono::sys_seconds from, std::chrono::sys_seconds to, std::size_t steps) {
    if (steps > 0 && allow_missing) return;
    const std::string where = sentence(whose, ": the times ", time_text(from), " and ", time_text(to),
                                       " follow each other, where most are ", step.text(), " apart");
    if (steps == 0) {
      throw DataError(
          sentence(where, "; expected times that are even, or lack some, found irregular ones", or_resample));
    }
    throw DataError(
        sentence(where, ": expected a value between them, found ", steps - 1, " missing", or_allow_missing));
  };
  std::vector<double> spaced{values[0]};
  std::size_t next_value = 1;
  for (const auto& run : times.runs()) {
    auto time = run.first;
    for (std::size_t k = 0; k < run.steps; ++k) {
      const auto next = run.step.after(time);
      const std::size_t steps = even(run) ? 1 : steps_between(step, time, next);
      if (steps != 1) refuse_gap(time, next, steps);
      require_moderate_gap(whose, step, time, next, spaced.size() + steps - 1, values.size());
      spaced.resize(spaced.size() + steps - 1, std::numeric_limits<double>::quiet_NaN());
      spaced.push_back(values[next_value++]);
      time = next;
    }
  }
  const std::size_t count = spaced.size() - values.size();
  values = std::move(spaced);
  return count;
}

class SeriesBuilder {
 public:
  SeriesBuilder(const std::string& path, bool allow_missing, const std::optional<Resample>& resample)
      : path_(path), allow_missing_(allow_missing), resample_(resample) {}

  /// The number of a series, which is new if it has not been met before.
  std::size_t find(std::string_view unique_id) {
    if (!table_.series.empty() && table_.series[last_].first == unique_id) return last_;
    const auto [at, is_new] = numbers_.try_emplace(std::string(unique_id), table_.size());
    if (is_new) add(unique_id);
    return last_ = at->second;
  }

  /// A series more, whatever its name is.
  std::size_t add(std::string_view unique_id) {
    const std::size_t likely_length = table_.series.empty() ? 0 : table_.series.back().second.size();
    table_.series.emplace_back(unique_id, std::vector<double>()).second.reserve(likely_length);
    open_.emplace_back();
    return table_.size() - 1;
  }

  const std::string& unique_id(std::size_t series) const { return table_.series[series].first; }

  /// Takes a value of a series, and its time if there is a column of that, from the current row. Missing values before
  /// the first known one and after the last one are not of the series. Returns whether there has been a known one.
  ///
  /// Throws FileError if there is neither a number nor a missing one, if it is the first after missing ones, which are
  /// not allowed, or if its time is not after that of the value before.
  bool push(std::size_t series, const CsvReader& file, std::size_t column, std::optional<std::size_t> time_column) {
    auto& [unique_id, values] = table_.series[series];
    Open& open = open_[series];
    const double value = csv_number<double>(file, column);
    if (time_column) open.last_time = time_after(open.last_time, file, *time_column, unique_id, resample_.has_value());
    if (std::isnan(value)) {
      if (!values.empty() && open.missing++ == 0 && !allow_missing_) {
        refused_.insert_or_assign(
            series, file.error_at(file.field(column).position,
                                  sentence(file.describe(column), ": ", series_text(unique_id),
                                           ": expected a number, found a missing one", or_allow_missing)));
      }
      return !values.empty();
    }
    if (open.missing > 0 && !allow_missing_) throw FileError(refused_.at(series));
    if (resample_) {
      open.missing = 0;  // left out
      const auto interval = interval_of(resample_->step, *open.last_time);
      if (resample_->whole) open.ends.add(resample_->step, interval, *open.last_time);
      if (!values.empty() && interval == open.times.last()) {
        values.back() = joined(resample_->by, values.back(), open.in_interval++, value);
        return true;
      }
      open.times.add(interval);
      open.in_interval = 1;
    } else if (time_column) {
      open.times.add(*open.last_time);
    } else {
      values.resize(values.size() + open.missing, std::numeric_limits<double>::quiet_NaN());
    }
    table_.missing += open.missing;
    open.missing = 0;
    values.push_back(value);
    return true;
  }

  /// A series may have no value. Throws DataError if none has one, or times are not even.
  SeriesTable finish() && {
    if (table_.series.empty()) throw FileError(sentence(path_, ":1:1: there are no series"));
    if (std::ranges::all_of(table_, [](const auto& series) { return series.second.empty(); })) {
      throw DataError(sentence(path_, ": ", series_text(table_.series[0].first), ": expected a value, found none"));
    }
    std::vector<TimeRuns> times;
    for (Open& open : open_) times.push_back(std::move(open.times));
    if (!std::ranges::all_of(times, &TimeRuns::empty)) {
      table_.step = resample_ ? resample_->step : most_common_step(times);
      const double of_gap = resample_ ? of_none(resample_->by) : of_none(Aggregate::last);
      const bool allow_gaps = allow_missing_ || !std::isnan(of_gap);
      std::size_t spaced = 0, gaps = 0;
      for (std::size_t s = 0; s < table_.size(); ++s) {
        table_.starts.push_back(times[s].first());
        auto& [unique_id, values] = table_.series[s];
        spaced += space(values, times[s], table_.step, allow_gaps, sentence(path_, ": ", series_text(unique_id)));
        const auto is_gap = [](double x) { return std::isnan(x); };
        if (!std::isnan(of_gap)) std::ranges::replace_if(values, is_gap, of_gap);
        if (!resample_) continue;
        if (resample_->whole) {
          table_.partial += open_[s].ends.leave_out_partial(values, table_.starts.back(), table_.step);
        }
        gaps += static_cast<std::size_t>(std::ranges::count_if(values, is_gap));
      }
      // A missing value may have been between two steps.
      table_.gaps = resample_ ? gaps : spaced - std::min(spaced, table_.missing);
    }
    for (auto& [unique_id, values] : table_.series) {
      if (values.capacity() > values.size() + values.size() / 8) values.shrink_to_fit();
    }
    return std::move(table_);
  }

 private:
  /// What is known of a series while it grows.
  struct Open {
    TimeRuns times;
    std::optional<std::chrono::sys_seconds> last_time;  ///< that of a missing value too
    std::size_t missing = 0;                            ///< since its last known value
    std::size_t in_interval = 0;                        ///< values that its last one is made of, if it is resampled
    IntervalEnds ends;
  };

  std::string path_;
  bool allow_missing_;
  std::optional<Resample> resample_;
  SeriesTable table_;
  std::vector<Open> open_;  ///< of each series
  std::unordered_map<std::string, std::size_t> numbers_;
  std::unordered_map<std::size_t, FileError> refused_;  ///< first missing values, until a known one follows
  std::size_t last_ = 0;                                ///< the series of the row before
};

}  // namespace rnnts::inline RNNTS_ABI::detail
