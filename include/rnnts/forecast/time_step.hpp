// TimeStep: how far it is in time from one value of a series to the next, and how it is found.
#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

inline std::chrono::day last_day(const std::chrono::year_month& month) {
  return std::chrono::year_month_day_last(month.year(), std::chrono::month_day_last(month.month())).day();
}

}  // namespace detail

/// The time from one value of a series to the next: so many seconds, or where these are not the same, so many months.
struct TimeStep {
  std::chrono::seconds seconds{0};
  std::chrono::months months{0};  ///< if not 0, these are what counts
  /// With months: the day that the last one of a shorter month stands for, 31 where all times are on last days. 0: it
  /// stands for itself.
  std::chrono::day month_day{0};

  auto operator<=>(const TimeStep&) const = default;

  /// The time so many steps after another one. A day that the month has not becomes its last one.
  std::chrono::sys_seconds after(std::chrono::sys_seconds time, std::int64_t steps = 1) const {
    if (months == std::chrono::months(0)) return time + steps * seconds;
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::months by(months.count() * static_cast<int>(steps));
    const auto month = std::chrono::year_month(date.year(), date.month()), to = month + by;
    const auto wanted = date.day() == detail::last_day(month) ? std::max(date.day(), month_day) : date.day();
    return std::chrono::sys_days(to / std::min(wanted, detail::last_day(to))) + (time - day);
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

/// The step of a frequency in the words of pandas and Nixtla's libraries: "15min", "1h", "D", "W", "MS", "QS", "YS",
/// and others for the same. Without a number it is one of them.
///
/// Throws ArgumentError if it is no such word.
inline TimeStep time_step(std::string_view frequency) {
  const auto refuse = [&] {
    throw ArgumentError(detail::sentence(
        "time_step: expected a frequency as 30s, 15min, 1h, D, W, MS, QS or YS, found \"", frequency, "\""));
  };
  int count = 1;
  const char* const end = frequency.data() + frequency.size();
  const auto [unit_begin, error] = std::from_chars(frequency.data(), end, count);
  const std::string_view unit(unit_begin, end);
  if (error == std::errc::result_out_of_range || count < 1 || count > 100'000) refuse();
  const auto is = [unit](std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, unit) != words.end();
  };
  using namespace std::chrono;
  if (is({"s", "S"})) return {.seconds = seconds(count)};
  if (is({"min", "T"})) return {.seconds = minutes(count)};
  if (is({"h", "H"})) return {.seconds = hours(count)};
  if (is({"d", "D"})) return {.seconds = days(count)};
  if (is({"w", "W"})) return {.seconds = weeks(count)};
  if (is({"MS", "M", "ME"})) return {.months = months(count)};
  if (is({"QS", "Q", "QE"})) return {.months = months(3 * count)};
  if (!is({"YS", "Y", "YE", "AS", "A"})) refuse();
  return {.months = years(count)};
}

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

/// The step between two times: of months where it is one from a day of the month to the same one, or to the last one of
/// a month that has not that day, or from such a last one.
inline TimeStep step_between(std::chrono::sys_seconds from, std::chrono::sys_seconds to) {
  const auto from_day = std::chrono::floor<std::chrono::days>(from), to_day = std::chrono::floor<std::chrono::days>(to);
  const std::chrono::year_month_day a(from_day), b(to_day);
  const std::chrono::year_month from_month(a.year(), a.month()), to_month(b.year(), b.month());
  const auto last_from = last_day(from_month), last_to = last_day(to_month), day = std::max(a.day(), b.day());
  const bool last_days = a.day() == last_from && b.day() == last_to;
  const bool is_same_day = a.day() == std::min(day, last_from) && b.day() == std::min(day, last_to);
  if (const auto months = to_month - from_month; from - from_day == to - to_day && is_same_day && months.count() > 0) {
    const unsigned stands_for = last_days ? 31 : a.day() == b.day() ? 0 : static_cast<unsigned>(day);
    return {.months = months, .month_day = std::chrono::day(stands_for)};
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
  if (step.seconds == std::chrono::seconds(0) && step.months.count() == 0) return 0;  // the step of a single value
  const std::int64_t least = step.months.count() == 0
                                 ? (to - from) / step.seconds
                                 : std::chrono::round<std::chrono::months>(to - from) / step.months;
  for (const std::int64_t steps : {least, least + 1}) {
    if (steps > 0 && step.after(from, steps) == to) return static_cast<std::size_t>(steps);
  }
  return 0;
}

/// Refuses a gap for which a series of so many values would become much longer, in a text that messages begin with: one
/// of its times is more likely to be wrong, and there may not be that much memory.
///
/// Throws DataError.
inline void require_moderate_gap(std::string_view whose, const TimeStep& step, std::chrono::sys_seconds from,
                                 std::chrono::sys_seconds to, std::size_t length, std::size_t values) {
  constexpr std::size_t least = 1'000'000, times = 1000;
  if (length <= least || length / times <= values) return;
  throw DataError(sentence(whose, ": the times ", time_text(from), " and ", time_text(to),
                           " follow each other; expected a gap for which the series is no longer than ", least,
                           " steps or ", times, " times its ", values, " values, found one that makes ", length,
                           ", each of ", step.text()));
}

/// How many of the steps between neighbours are this one.
inline std::size_t count_of(const TimeStep& step, const std::vector<TimeRuns>& all) {
  std::size_t count = 0;
  for (const TimeRuns& times : all) {
    for (const auto& run : times.runs()) {
      if (run.step == step) {
        count += run.steps;
      } else if (run.step.months == step.months) {
        for (auto time = run.first; time != run.last;) {
          const auto next = run.step.after(time);
          if (step.after(time) == next) ++count;
          time = next;
        }
      }
    }
  }
  return count;
}

/// The step that most pairs of neighbours have, of all series together; the shorter one of two.
inline TimeStep most_common_step(const std::vector<TimeRuns>& all) {
  std::map<TimeStep, std::size_t> counts;  // without a month_day
  for (const TimeRuns& times : all) {
    for (const auto& run : times.runs()) counts[{run.step.seconds, run.step.months}] += run.steps;
  }
  const auto length = [](const TimeStep& step) { return step.seconds + step.months; };
  const auto most = std::ranges::max_element(counts, [&](const auto& a, const auto& b) {
    return a.second != b.second ? a.second < b.second : length(a.first) > length(b.first);
  });
  if (most == counts.end()) return {};
  TimeStep best = most->first;
  if (best.months == std::chrono::months(0)) return best;

  // The last day of April stands for the 30th or the 31st: for that with which most steps are alike.
  std::map<TimeStep, std::size_t> seen;
  for (const TimeRuns& times : all) {
    for (const auto& run : times.runs()) seen[run.step] += run.steps;
  }
  std::pair<std::size_t, std::size_t> most_alike{0, 0};
  for (const unsigned day : {0u, 29u, 30u, 31u}) {
    const TimeStep step{.months = most->first.months, .month_day = std::chrono::day(day)};
    if (const std::pair alike(count_of(step, all), seen[step]); alike > most_alike) {
      best = step;
      most_alike = alike;
    }
  }
  return best;
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
