// Axes of plots: round numbers and calendar dates, and how these are written.
#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"

namespace tools {

/// A mark on an axis. The context stands under the label where it is another than that of the mark before: the year
/// under months, the date under times of day.
struct Tick {
  double at = 0;
  std::string label = {}, context = {};
};

namespace detail {

inline std::string fixed(double number, int decimals) {
  char text[400];  // of the largest double
  return {text, std::to_chars(text, text + sizeof text, number, std::chars_format::fixed, decimals).ptr};
}

inline std::string significant(double number, int digits) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number, std::chars_format::general, digits).ptr};
}

inline std::string two_digits(long number) { return (number < 10 ? "0" : "") + std::to_string(number); }

}  // namespace detail

/// A number for reading: four significant digits, of larger ones all before the point.
inline std::string readable(double number) {
  if (std::abs(number) >= 1e4 && std::abs(number) < 1e15) return detail::fixed(number, 0);
  return detail::significant(number, 4);
}

/// Round numbers from `low` to `high`, about `most` of them, at least `least_step` apart. Expects low < high.
inline std::vector<Tick> number_ticks(double low, double high, std::size_t most, double least_step = 0) {
  const double wanted = std::max((high - low) / static_cast<double>(most), least_step);
  const double power = std::pow(10, std::floor(std::log10(wanted)));
  double step = 10 * power;
  for (const double factor : {5, 2, 1}) {
    if (factor * power >= wanted * (1 - 1e-9)) step = factor * power;
  }
  if (!std::isfinite(step) || step <= 0) return {};

  const double largest = std::max(std::abs(low), std::abs(high));
  double unit = 1;
  std::string_view suffix;
  if (largest >= 1e5 && largest < 1e15) {
    static constexpr std::string_view suffixes[] = {"k", "M", "G", "T"};
    const auto k = static_cast<std::size_t>(std::log10(largest) / 3 + 1e-9) - 1;
    unit = std::pow(1000, static_cast<double>(k + 1));
    suffix = suffixes[k];
  }
  const int decimals = static_cast<int>(std::clamp(std::ceil(std::log10(unit / step) - 1e-9), 0.0, 17.0));
  const bool is_scientific = largest >= 1e15 || largest < 1e-4;
  const int digits = static_cast<int>(std::clamp(std::ceil(std::log10(largest / step) - 1e-9) + 1, 1.0, 17.0));
  std::vector<Tick> ticks;
  for (double k = std::ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; ++k) {
    if (ticks.size() > most) break;    // where numbers are too large to be told apart
    const double at = k * step + 0.0;  // never -0
    ticks.push_back({at, is_scientific ? detail::significant(at, digits)
                                       : detail::fixed(at / unit, decimals).append(at == 0 ? "" : suffix)});
  }
  return ticks;
}

namespace detail {

/// Every so many seconds, or every so many months.
struct CalendarStep {
  long seconds = 0, months = 0;

  double length() const { return static_cast<double>(seconds) + 30.4 * 86400 * static_cast<double>(months); }

  /// The last moment on such a step that is not after this one, and `more` steps further.
  std::chrono::sys_seconds floor(std::chrono::sys_seconds at, long more) const {
    using namespace std::chrono;
    const auto down = [](long number, long count) { return number - (number % count + count) % count; };
    if (months == 0) {
      const long monday = seconds % (7 * 86400) == 0 ? 4 * 86400 : 0;  // 1970-01-05 was one
      const long since = at.time_since_epoch().count() - monday;
      return sys_seconds(std::chrono::seconds(down(since, seconds) + monday + more * seconds));
    }
    const year_month_day date(std::chrono::floor<days>(at));
    const long month = 12L * static_cast<int>(date.year()) + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
    return sys_days(year(0) / January / 1 + std::chrono::months(down(month, months) + more * months));
  }
};

inline Tick calendar_tick(std::chrono::sys_seconds at, const CalendarStep& step) {
  using namespace std::chrono;
  static constexpr std::string_view names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto midnight = floor<days>(at);
  const year_month_day date(midnight);
  const hh_mm_ss clock(at - midnight);
  const auto seconds = static_cast<double>(at.time_since_epoch().count());
  const std::string of_year = std::to_string(static_cast<int>(date.year()));
  const std::string month(names[static_cast<unsigned>(date.month()) - 1]);
  const std::string day = rnnts::detail::sentence(static_cast<unsigned>(date.day()), " ", month);
  if (step.months >= 12) return {seconds, of_year};
  if (step.months > 0) return {seconds, month, of_year};
  if (step.seconds >= 86400) return {seconds, day, of_year};
  std::string time = two_digits(clock.hours().count()) + ":" + two_digits(clock.minutes().count());
  if (step.seconds < 60) time += ":" + two_digits(clock.seconds().count());
  return {seconds, time, day + " " + of_year};
}

constexpr double end_of_calendar =
    9e11;  // seconds from 1970, some 28,500 years: beyond it there is no year of chrono's

}  // namespace detail

/// Dates and times from `low` to `high`, in seconds since 1970, at most about `most` of them: years, months, Mondays,
/// days, hours, minutes or seconds. Expects low < high.
inline std::vector<Tick> calendar_ticks(double low, double high, std::size_t most) {
  using std::chrono::sys_seconds, std::chrono::seconds;
  static constexpr long hour = 3600, day = 24 * hour;
  static constexpr detail::CalendarStep steps[] = {
      {1},        {5},        {15},        {30},    {60},      {300},     {900},      {1800},    {hour},
      {3 * hour}, {6 * hour}, {12 * hour}, {day},   {2 * day}, {7 * day}, {14 * day}, {0, 1},    {0, 3},
      {0, 6},     {0, 12},    {0, 24},     {0, 60}, {0, 120},  {0, 240},  {0, 600},   {0, 1200}, {0, 12000}};
  if (std::max(std::abs(low), std::abs(high)) > detail::end_of_calendar) return number_ticks(low, high, most);
  const detail::CalendarStep* step = std::begin(steps);
  while (step + 1 != std::end(steps) && (high - low) / step->length() > static_cast<double>(most)) ++step;

  const sys_seconds first{seconds(static_cast<long>(std::ceil(low)))};
  const sys_seconds last{seconds(static_cast<long>(std::floor(high)))};
  std::vector<Tick> ticks;
  for (long k = 0; step->floor(first, k) <= last; ++k) {
    if (const sys_seconds at = step->floor(first, k); at >= first) ticks.push_back(detail::calendar_tick(at, *step));
  }
  for (std::size_t k = ticks.size(); k-- > 1;) {
    if (ticks[k].context == ticks[k - 1].context) ticks[k].context.clear();
  }
  if (ticks.size() > 1 && !ticks[1].context.empty()) ticks[0].context.clear();  // there is no room for both
  return ticks;
}

/// A moment in seconds since 1970 as 2024-03-05, with the time of day where it is not midnight.
inline std::string date_text(double seconds_since_1970) {
  using namespace std::chrono;
  if (!(std::abs(seconds_since_1970) <= detail::end_of_calendar)) return readable(seconds_since_1970);
  const sys_seconds at{seconds(static_cast<long>(std::floor(seconds_since_1970)))};
  const auto midnight = floor<days>(at);
  const year_month_day date(midnight);
  const hh_mm_ss clock(at - midnight);
  std::string text = rnnts::detail::sentence(static_cast<int>(date.year()), "-",
                                             detail::two_digits(static_cast<unsigned>(date.month())), "-",
                                             detail::two_digits(static_cast<unsigned>(date.day())));
  if (at == midnight) return text;
  text += " " + detail::two_digits(clock.hours().count()) + ":" + detail::two_digits(clock.minutes().count());
  if (clock.seconds().count() != 0) text += ":" + detail::two_digits(clock.seconds().count());
  return text;
}

}  // namespace tools
