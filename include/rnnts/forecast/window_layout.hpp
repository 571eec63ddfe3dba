// WindowLayout: a window and its covariates as the steps of a net.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "rnnts/core/ceil_div.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The columns beside a series: those known in advance, past only and static, in this order. A static one has one
/// number.
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
/// of each column that is known in advance, and of each that is past only; one of each static one.
///
/// Where columns are known in advance, steps for the horizon follow those of the window. In these 0 stands for the
/// values, which are missing, for what is past only, and for what is beyond the horizon; and each step tells by a last
/// number, 0 or 1, whether it is one of them.
struct WindowLayout {
  std::size_t look_back = 0, horizon = 0, segment = 1;
  std::size_t known = 0, past = 0, fixed = 0;  ///< columns of each role
  bool may_miss = false;                       ///< whether values may be missing

  std::size_t window_steps() const { return look_back / segment; }
  std::size_t future_steps() const { return known > 0 ? ceil_div(horizon, segment) : 0; }
  std::size_t steps() const { return window_steps() + future_steps(); }

  /// Numbers of a step that come segment by segment, for each value of the segment; and those beside them.
  std::size_t features_per_value() const { return 1 + (may_miss ? 1 : 0) + known + past; }
  std::size_t features_per_step() const { return fixed + (known > 0 ? 1 : 0); }
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
      for (std::size_t c = 0; c < known + past; ++c) {
        write_segment(std::span(part.columns[c]).subspan(part.first), c < known ? look_back + horizon : look_back);
      }
      for (std::size_t c = 0; c < fixed; ++c) *next++ = static_cast<T>(part.columns[known + past + c][0]);
      if (known > 0) *next = static_cast<T>(t >= window_steps());
    }
  }

 private:
  /// The values of a segment, and which of them are missing.
  template <class T> T* write_with_missing(std::span<const double> window, std::size_t begin, T* next) const {
    for (std::size_t k = begin; k < begin + segment; ++k) {
      const bool is_missing = k >= look_back || std::isnan(window[k]);
      next[k - begin] = is_missing ? T(0) : static_cast<T>(window[k]);
      next[k - begin + segment] = is_missing ? T(1) : T(0);
    }
    return next + 2 * segment;
  }
};

}  // namespace rnnts::inline RNNTS_ABI::detail
