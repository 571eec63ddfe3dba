// WindowLayout: a window and its covariates as the steps of a net.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "rnnts/core/ceil_div.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The columns beside a series: those known in advance, where their changes are looked at too these columns again, on
/// a scale of the changes, then those that are past only and static, in this order. A static one has one number. Where
/// a net reads rows of a table, two numbers come last: that of the series, and the phase of its cycle at number 0 of
/// the other columns.
using SeriesColumns = std::vector<std::vector<double>>;

/// A part of a series, with the columns of the series beside it, whose number `first` belongs to the first value.
/// Refers to the numbers.
struct SeriesPart {
  std::span<const double> values;
  std::span<const std::vector<double>> columns = {};  ///< SeriesColumns
  std::size_t first = 0;

  SeriesPart subpart(std::size_t begin, std::size_t count) const {
    return {values.subspan(begin, count), columns, first + begin};
  }
};

/// How many steps a net reads of a window, and what each holds: `segment` values; where they may be missing, that is
/// NaN, as many numbers that say so, 1 beside a value that is, in place of which stands 0, and else 0; as many numbers
/// of each column that is known in advance, of its changes from a season before where these are looked at, and of each
/// column that is past only; one of each static one; and, after all others, the row of a table that is meant, where a
/// net has one: period p + phase of the first value of the step, with p the number of the series.
///
/// Where columns are known in advance, steps for the horizon follow those of the window. In these 0 stands for the
/// values, which are missing, for what is past only, and for what is beyond the horizon; and each step tells by a last
/// number, 0 or 1, whether it is one of them. Changes are those of the steps of the horizon from the last season of the
/// window, again and again, as SubtractSeason takes them; in the steps of the window 0 stands for them.
struct WindowLayout {
  std::size_t look_back = 0, horizon = 0, segment = 1;
  std::size_t known = 0, past = 0, fixed = 0;  ///< columns of each role
  bool may_miss = false;                       ///< whether values may be missing
  std::size_t known_season = 0;                ///< steps, at most look_back; 0: no changes are looked at
  std::size_t period = 0;  ///< rows of each series in a table, 1 where there is no cycle; 0: no row is told

  /// Columns whose changes are looked at.
  std::size_t changes() const { return known_season > 0 ? known : 0; }

  std::size_t window_steps() const { return look_back / segment; }
  std::size_t future_steps() const { return known > 0 ? ceil_div(horizon, segment) : 0; }
  std::size_t steps() const { return window_steps() + future_steps(); }

  /// Numbers of a step that come segment by segment, for each value of the segment; and those beside them.
  std::size_t features_per_value() const { return 1 + (may_miss ? 1 : 0) + known + changes() + past; }
  std::size_t features_per_step() const { return fixed + (known > 0 ? 1 : 0) + (period > 0 ? 1 : 0); }
  std::size_t features() const { return segment * features_per_value() + features_per_step(); }

  /// Writes `features()` numbers to `step(t)` for each step t. `window` has the numbers that stand for the values of
  /// `part`, of which look_back are read.
  template <class T> void write(std::span<const double> window, const SeriesPart& part, auto&& step) const {
    for (std::size_t t = 0; t < steps(); ++t) {
      const std::size_t begin = t * segment;
      T* next = step(t);
      const auto write_segment = [&](std::span<const double> numbers, std::size_t end) {
        for (std::size_t k = begin; k < begin + segment; ++k) *next++ = k < end ? static_cast<T>(numbers[k]) : T(0);
      };
      if (may_miss) {
        next = write_with_missing(window, begin, next);
      } else {
        write_segment(window, look_back);
      }
      std::size_t c = 0;
      const auto write_columns = [&](std::size_t count, std::size_t end) {
        for (const std::size_t last = c + count; c < last; ++c) {
          write_segment(std::span(part.columns[c]).subspan(part.first), end);
        }
      };
      write_columns(known, look_back + horizon);
      for (const std::size_t last = c + changes(); c < last; ++c) {
        next = write_changes(std::span(part.columns[c]).subspan(part.first), begin, next);
      }
      write_columns(past, look_back);
      for (const std::size_t last = c + fixed; c < last; ++c) *next++ = static_cast<T>(part.columns[c][0]);
      if (known > 0) *next++ = static_cast<T>(t >= window_steps());
      if (period > 0) *next = static_cast<T>(row(part.columns[c], part.first + begin));
    }
  }

 private:
  /// The row of a table for the value beside number k of the columns.
  std::size_t row(const std::vector<double>& place, std::size_t k) const {
    return static_cast<std::size_t>(place[0]) * period + (static_cast<std::size_t>(place[1]) + k) % period;
  }

  /// The values of a segment, and which of them are missing.
  template <class T> T* write_with_missing(std::span<const double> window, std::size_t begin, T* next) const {
    for (std::size_t k = begin; k < begin + segment; ++k) {
      const bool is_missing = k >= look_back || std::isnan(window[k]);
      next[k - begin] = is_missing ? T(0) : static_cast<T>(window[k]);
      next[k - begin + segment] = is_missing ? T(1) : T(0);
    }
    return next + 2 * segment;
  }

  /// What changes in a segment of the horizon from the last season of the window; 0 before and beyond the horizon.
  template <class T> T* write_changes(std::span<const double> numbers, std::size_t begin, T* next) const {
    for (std::size_t k = begin; k < begin + segment; ++k) {
      const bool is_future = look_back <= k && k < look_back + horizon;
      *next++ = is_future ? static_cast<T>(numbers[k] - numbers[in_last_season(k)]) : T(0);
    }
    return next;
  }

  /// The number in the last season of the window that has the place of number k in a season.
  std::size_t in_last_season(std::size_t k) const { return look_back - known_season + (k - look_back) % known_season; }
};

}  // namespace rnnts::inline RNNTS_ABI::detail
