// resample: an even series from values at uneven times.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/time_step.hpp"

namespace rnnts::inline RNNTS_ABI {

/// What the values of an interval become.
enum class Aggregate { mean, sum, min, max, first, last };

/// Intervals that follow each other, and what their values become. Those of seconds are counted from the midnight of a
/// Monday, so that hours, days and weeks begin where they do in the calendar; those of months, from a January.
struct Resample {
  TimeStep step;
  Aggregate by = Aggregate::mean;
  /// Whether the first interval is left out if its times begin later than in nine of ten intervals, and the last one if
  /// they end earlier, by more than three quarters of what is between two times in the mean: it lacks values then.
  bool whole = false;
};

/// A series of even steps.
struct ResampledSeries {
  std::chrono::sys_seconds start;   ///< of the first interval
  std::vector<double> values = {};  ///< one for each; NaN, or of sums 0, where nothing was
  std::size_t gaps = 0;             ///< how many of them are NaN
  std::size_t partial = 0;          ///< how many intervals are left out, as `Resample::whole` asks
};

namespace detail {

/// Throws ArgumentError.
inline void check_resample(std::string_view function, const Resample& to) {
  if (to.step.seconds.count() > 0 || to.step.months.count() > 0) return;
  throw ArgumentError(sentence(function, ": expected a step above 0 to resample to, found ", to.step.text()));
}

/// When the interval begins that a time is in.
inline std::chrono::sys_seconds interval_of(const TimeStep& step, std::chrono::sys_seconds time) {
  using namespace std::chrono;
  if (step.months == months(0)) {
    constexpr sys_seconds monday = sys_days(days(4));
    const seconds since = (time - monday) % step.seconds;
    return time - (since < seconds(0) ? since + step.seconds : since);
  }
  const year_month_day date(floor<days>(time));
  const year_month january(date.year(), January), month(date.year(), date.month());
  const months since_year_0 = years(static_cast<int>(date.year())) + (month - january);
  return sys_days((month - since_year_0 % step.months) / 1);
}

/// What the value of an interval, made of so many, becomes with one more.
inline double joined(Aggregate by, double so_far, std::size_t count, double value) {
  switch (by) {
    case Aggregate::mean: return so_far + (value - so_far) / static_cast<double>(count + 1);
    case Aggregate::sum: return so_far + value;
    case Aggregate::min: return std::min(so_far, value);
    case Aggregate::max: return std::max(so_far, value);
    case Aggregate::first: return so_far;
    case Aggregate::last: return value;
  }
  return value;
}

/// What an interval without values has.
inline double of_none(Aggregate by) { return by == Aggregate::sum ? 0 : std::numeric_limits<double>::quiet_NaN(); }

/// How far the first and the last time in each interval are from its beginning and its end.
class IntervalEnds {
 public:
  /// A time, not before the last one that was added, and the interval that it is in.
  void add(const TimeStep& step, std::chrono::sys_seconds interval, std::chrono::sys_seconds time) {
    const auto end = step.after(interval);
    if (before_.empty() || interval != interval_) {
      interval_ = interval;
      length_ += end - interval;
      before_.push_back(time - interval);
      after_.emplace_back();
    }
    after_.back() = end - time;
    ++times_;
  }

  /// Takes the first and the last interval out of a series of these if they lack values, and gaps beside them. Returns
  /// how many it were, without the gaps.
  std::size_t leave_out_partial(std::vector<double>& values, std::chrono::sys_seconds& start,
                                const TimeStep& step) const {
    const auto is_known = [](double x) { return !std::isnan(x); };
    std::size_t count = 0;
    if (values.size() > 1 && is_long(after_, after_.back())) {
      values.pop_back();
      while (!is_known(values.back())) values.pop_back();
      ++count;
    }
    if (values.size() > 1 && is_long(before_, before_.front())) {
      const auto first = std::find_if(values.begin() + 1, values.end(), is_known);
      start = step.after(start, first - values.begin());
      values.erase(values.begin(), first);
      ++count;
    }
    return count;
  }

 private:
  bool is_long(std::vector<std::chrono::seconds> all, std::chrono::seconds one) const {
    const auto usual = all.begin() + (std::ssize(all) - 1) * 9 / 10;
    std::ranges::nth_element(all, usual);
    return one - *usual > length_ * 3 / (4 * times_);
  }

  std::chrono::sys_seconds interval_;  ///< of the last time
  std::vector<std::chrono::seconds> before_, after_;
  std::chrono::seconds length_{0};  ///< of all intervals together
  std::int64_t times_ = 0;
};

}  // namespace detail

/// The values in each interval as one, from that of the first value to that of the last: the rules and their names are
/// those of pandas' `resample`. A value that is NaN is left out. Times may be equal.
///
/// The first and the last interval may lack values from outside of the data, which a sum shows: `Resample::whole`
/// leaves them out if so.
///
/// Throws ShapeError if there are not as many times as values; DataError if there are none, times descend, or two are
/// so far apart that a million steps or more lie between them, and more than a thousand for each value; ArgumentError
/// if the step is 0.
inline ResampledSeries resample(std::span<const std::chrono::sys_seconds> times, std::span<const double> values,
                                const Resample& to) {
  using detail::sentence;
  detail::check_resample("resample", to);
  if (times.size() != values.size()) {
    throw ShapeError(sentence("resample: expected as many times as values, ", values.size(), ", found ", times.size()));
  }
  ResampledSeries even;
  detail::IntervalEnds ends;
  std::chrono::sys_seconds interval;
  std::size_t count = 0;  // of values in it
  for (std::size_t t = 0; t < times.size(); ++t) {
    if (t > 0 && times[t] < times[t - 1]) {
      throw DataError(sentence("resample: expected times that ascend, found ", time_text(times[t]), " after ",
                               time_text(times[t - 1])));
    }
    if (std::isnan(values[t])) continue;
    const auto its = detail::interval_of(to.step, times[t]);
    if (to.whole) ends.add(to.step, its, times[t]);
    if (count > 0 && its == interval) {
      even.values.back() = detail::joined(to.by, even.values.back(), count++, values[t]);
      continue;
    }
    if (count == 0) {
      even.start = its;
    } else {
      const std::size_t length = even.values.size() + detail::steps_between(to.step, interval, its) - 1;
      detail::require_moderate_gap("resample", to.step, interval, its, length, values.size());
      even.values.resize(length, detail::of_none(to.by));
    }
    even.values.push_back(values[t]);
    interval = its;
    count = 1;
  }
  if (count == 0) throw DataError("resample: expected at least 1 value that is known, found none");
  if (to.whole) even.partial = ends.leave_out_partial(even.values, even.start, to.step);
  even.gaps = static_cast<std::size_t>(std::ranges::count_if(even.values, [](double x) { return std::isnan(x); }));
  return even;
}

}  // namespace rnnts::inline RNNTS_ABI
