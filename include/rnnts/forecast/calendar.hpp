// Calendar columns: what time it is, as numbers that are known in advance.
#pragma once

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numbers>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/abi.hpp"
#include "rnnts/forecast/time_step.hpp"
#include "rnnts/series/dates.hpp"

namespace rnnts::inline RNNTS_ABI {

/// `count` times, each one `step` after the one before: `times_from(monday, std::chrono::hours(1), 168)`.
inline std::vector<std::chrono::sys_seconds> times_from(std::chrono::sys_seconds first, std::chrono::seconds step,
                                                        std::size_t count) {
  std::vector<std::chrono::sys_seconds> times;
  for (std::size_t k = 0; k < count; ++k) times.push_back(first + static_cast<std::chrono::seconds::rep>(k) * step);
  return times;
}

/// The same by the calendar: the day of the month stays, or is the last one where a month is shorter.
inline std::vector<std::chrono::sys_seconds> times_from(std::chrono::sys_seconds first, std::chrono::months step,
                                                        std::size_t count) {
  std::vector<std::chrono::sys_seconds> times;
  for (std::size_t k = 0; k < count; ++k) {
    times.push_back(TimeStep{.months = step}.after(first, static_cast<std::int64_t>(k)));
  }
  return times;
}

/// Which columns `calendar_columns` makes.
struct CalendarParts {
  bool hour = true;         ///< the time of day, to the second
  bool weekday = true;      ///< from Monday on
  bool month = true;        ///< of the year
  bool day_of_year = true;  ///< of 365.25
};

/// Two columns for each part, as its cycle has no beginning: "hour_sin" and "hour_cos", "weekday_sin", "month_sin",
/// "day_of_year_sin", … Numbers are in [-1, 1], one for each time. Known in advance, for as many times as one asks for:
///
///     series.known.merge(calendar_columns(times_from(first, std::chrono::hours(1), series.values.size() + 24)));
inline std::map<std::string, std::vector<double>> calendar_columns(std::span<const std::chrono::sys_seconds> times,
                                                                   CalendarParts parts = {}) {
  std::map<std::string, std::vector<double>> columns;
  const auto add = [&](std::string_view name, auto part_of_cycle) {
    std::vector<double> sines, cosines;
    for (const auto time : times) {
      const auto day = std::chrono::floor<std::chrono::days>(time);
      const double angle = 2 * std::numbers::pi * part_of_cycle(day, time - day);
      sines.push_back(std::sin(angle));
      cosines.push_back(std::cos(angle));
    }
    columns.emplace(detail::sentence(name, "_sin"), std::move(sines));
    columns.emplace(detail::sentence(name, "_cos"), std::move(cosines));
  };
  using Day = std::chrono::sys_days;
  using TimeOfDay = std::chrono::seconds;
  if (parts.hour) {
    add("hour", [](Day, TimeOfDay time) { return static_cast<double>(time.count()) / (24 * 60 * 60); });
  }
  if (parts.weekday) {
    add("weekday", [](Day day, TimeOfDay) { return (std::chrono::weekday(day).iso_encoding() - 1) / 7.0; });
  }
  if (parts.month) {
    add("month", [](Day day, TimeOfDay) {
      return (static_cast<unsigned>(std::chrono::year_month_day(day).month()) - 1) / 12.0;
    });
  }
  if (parts.day_of_year) {
    add("day_of_year", [](Day day, TimeOfDay) { return day_of_year(std::chrono::year_month_day(day)) / 365.25; });
  }
  return columns;
}

}  // namespace rnnts::inline RNNTS_ABI
