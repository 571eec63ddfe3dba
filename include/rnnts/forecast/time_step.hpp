// TimeStep: how far it is in time from one value of a series to the next, and how it is found.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"

namespace rnnts::inline RNNTS_ABI {

/// The time from one value of a series to the next: so many seconds, or where these are not the same, so many months.
struct TimeStep {
  std::chrono::seconds seconds{0};
  std::chrono::months months{0};  ///< if not 0, these are what counts
  bool month_ends = false;        ///< with months: from one last day of a month to another

  auto operator<=>(const TimeStep&) const = default;

  /// The time so many steps after another one. The 31st becomes the last day of a shorter month.
  std::chrono::sys_seconds after(std::chrono::sys_seconds time, std::int64_t steps = 1) const {
    if (months == std::chrono::months(0)) return time + steps * seconds;
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::months by(months.count() * static_cast<int>(steps));
    const auto month = std::chrono::year_month(date.year(), date.month()) + by;
    const auto last = std::chrono::year_month_day_last(month.year(), std::chrono::month_day_last(month.month())).day();
    return std::chrono::sys_days(month / (month_ends ? last : std::min(date.day(), last))) + (time - day);
  }

  /// As in "1 day", "15 minutes", "3 months".
  std::string text() const {
    const auto counted = [](std::int64_t count, const char* unit) {
      return detail::sentence(count, " ", unit, count == 1 ? "" : "s");
    };
    if (months.count() != 0) {
      return months.count() % 12 == 0 ? counted(months.count() / 12, "year") : counted(months.count(), "month");
    }
    const std::int64_t n = seconds.count();
    for (const auto& [length, unit] : {std::pair{86400, "day"}, {3600, "hour"}, {60, "minute"}}) {
      if (n != 0 && n % length == 0) return counted(n / length, unit);
    }
    return counted(n, "second");
  }
};

/// YYYY-MM-DD, and HH:MM:SS behind it unless that is midnight.
inline std::string time_text(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  const auto digits = [](auto number, std::size_t width) {
    const std::string text = std::to_string(number);
    return std::string(width - std::min(width, text.size()), '0') + text;
  };
  std::string text = digits(static_cast<int>(date.year()), 4) + "-" + digits(static_cast<unsigned>(date.month()), 2) +
                     "-" + digits(static_cast<unsigned>(date.day()), 2);
  if (time == day) return text;
  return text + " " + digits(clock.hours().count(), 2) + ":" + digits(clock.minutes().count(), 2) + ":" +
         digits(clock.seconds().count(), 2);
}

namespace detail {

/// The step between two times: of months where it is one from a day of the month to the same one, or from a last day to
/// a last day. So values on the 29th or 30th of each month, which February has not, are not even.
inline TimeStep step_between(std::chrono::sys_seconds from, std::chrono::sys_seconds to) {
  const auto from_day = std::chrono::floor<std::chrono::days>(from), to_day = std::chrono::floor<std::chrono::days>(to);
  const std::chrono::year_month_day a(from_day), b(to_day);
  const auto is_last = [](const std::chrono::year_month_day& date) {
    return date.day() == std::chrono::year_month_day_last(date.year(), std::chrono::month_day_last(date.month())).day();
  };
  const bool last_days = is_last(a) && is_last(b);
  if (from - from_day == to - to_day && (last_days || a.day() == b.day())) {
    const auto months = std::chrono::year_month(b.year(), b.month()) - std::chrono::year_month(a.year(), a.month());
    if (months.count() > 0) return {.months = months, .month_ends = last_days};
  }
  return {.seconds = to - from};
}

/// The times of a series, as runs of equal steps: a regular one takes as much memory as its first two times.
class TimeRuns {
 public:
  struct Run {
    std::chrono::sys_seconds first, last;
    TimeStep step;
    std::size_t steps = 0;
  };

  bool empty() const { return count_ == 0; }
  std::chrono::sys_seconds first() const { return first_; }
  std::chrono::sys_seconds last() const { return runs_.empty() ? first_ : runs_.back().last; }
  const std::vector<Run>& runs() const { return runs_; }

  /// A time after the last one.
  void add(std::chrono::sys_seconds time) {
    if (count_++ == 0) {
      first_ = time;
    } else if (!runs_.empty() && runs_.back().step.after(runs_.back().last) == time) {
      runs_.back().last = time;
      ++runs_.back().steps;
    } else {
      runs_.push_back({last(), time, step_between(last(), time), 1});
    }
  }

 private:
  std::size_t count_ = 0;
  std::chrono::sys_seconds first_;
  std::vector<Run> runs_;
};

/// How many steps it is from one time to a later one; 0 if that is no whole number of them.
inline std::size_t steps_between(const TimeStep& step, std::chrono::sys_seconds from, std::chrono::sys_seconds to) {
  const std::int64_t least = step.months.count() == 0
                                 ? (to - from) / step.seconds
                                 : std::chrono::round<std::chrono::months>(to - from) / step.months;
  for (const std::int64_t steps : {least, least + 1}) {
    if (steps > 0 && step.after(from, steps) == to) return static_cast<std::size_t>(steps);
  }
  return 0;
}

/// The step that most pairs of neighbours have, of all series together; the shorter one of two.
inline TimeStep most_common_step(const std::vector<TimeRuns>& all) {
  std::map<TimeStep, std::size_t> counts;
  for (const TimeRuns& times : all) {
    for (const auto& run : times.runs()) counts[run.step] += run.steps;
  }
  const auto length = [](const TimeStep& step) { return step.seconds + step.months; };
  const auto most = std::ranges::max_element(counts, [&](const auto& a, const auto& b) {
    return a.second != b.second ? a.second < b.second : length(a.first) > length(b.first);
  });
  return most == counts.end() ? TimeStep{} : most->first;
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
