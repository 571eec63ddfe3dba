#include "rnnts/forecast/time_step.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "rnnts/series/dates.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using rnnts::TimeStep;

namespace {

std::chrono::sys_seconds time(const std::string& text) { return rnnts::detail::parse_time(text).value(); }

rnnts::detail::TimeRuns runs_of(const std::vector<std::string>& times) {
  rnnts::detail::TimeRuns runs;
  for (const auto& text : times) runs.add(time(text));
  return runs;
}

/// The times that follow the first one.
std::vector<std::string> following(const TimeStep& step, const std::string& first, int count) {
  std::vector<std::string> times;
  for (int k = 1; k <= count; ++k) times.push_back(rnnts::time_text(step.after(time(first), k)));
  return times;
}

using Texts = std::vector<std::string>;

/// Times on a day of each month, or the last day of those that have not that day.
Texts monthly(const std::string& first, unsigned day, int count, int months = 1) {
  Texts times;
  for (int k = 0; k < count; ++k) {
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time(first)));
    const auto month = std::chrono::year_month(date.year(), date.month()) + std::chrono::months(k * months);
    const auto last = std::chrono::year_month_day_last(month.year(), std::chrono::month_day_last(month.month())).day();
    times.push_back(rnnts::time_text(std::chrono::sys_days(month / std::min(std::chrono::day(day), last))));
  }
  return times;
}

}  // namespace

TEST_CASE("TimeStep goes on by seconds or by months") {
  CHECK(following({.seconds = 90min}, "2024-02-28 22:30", 3) ==
        Texts{"2024-02-29", "2024-02-29 01:30:00", "2024-02-29 03:00:00"});
  CHECK(following({.months = std::chrono::months(1)}, "1949-11", 3) == Texts{"1949-12-01", "1950-01-01", "1950-02-01"});
  CHECK(following({.months = std::chrono::months(1)}, "2023-12-30 06:00", 2) ==
        Texts{"2024-01-30 06:00:00", "2024-02-29 06:00:00"});
  CHECK(following({.months = std::chrono::months(3), .month_day = std::chrono::day(31)}, "2023-11-30", 2) ==
        Texts{"2024-02-29", "2024-05-31"});
  CHECK(following({.months = std::chrono::months(12)}, "1999-07-01", 2) == Texts{"2000-07-01", "2001-07-01"});
}

TEST_CASE("TimeStep has a text in the largest unit that it is a multiple of") {
  CHECK(TimeStep{.seconds = 24h}.text() == "1 day");
  CHECK(TimeStep{.seconds = 7 * 24h}.text() == "7 days");
  CHECK(TimeStep{.seconds = 1h}.text() == "1 hour");
  CHECK(TimeStep{.seconds = 15min}.text() == "15 minutes");
  CHECK(TimeStep{.seconds = 90s}.text() == "90 seconds");
  CHECK(TimeStep{.months = std::chrono::months(1)}.text() == "1 month");
  CHECK(TimeStep{.months = std::chrono::months(24)}.text() == "2 years");
}

TEST_CASE("time_step takes the words of pandas") {
  using rnnts::time_step;
  CHECK(time_step("30s") == TimeStep{.seconds = 30s});
  CHECK(time_step("15min") == TimeStep{.seconds = 15min});
  CHECK(time_step("T") == TimeStep{.seconds = 1min});
  CHECK(time_step("h") == TimeStep{.seconds = 1h});
  CHECK(time_step("D") == TimeStep{.seconds = 24h});
  CHECK(time_step("2W") == TimeStep{.seconds = 2 * 7 * 24h});
  CHECK(time_step("MS") == TimeStep{.months = std::chrono::months(1)});
  CHECK(time_step("2QS") == TimeStep{.months = std::chrono::months(6)});
  CHECK(time_step("Y") == TimeStep{.months = std::chrono::months(12)});
  for (const std::string word : {"", "1", "1m", "0h", "-1h", "1.5h", "h1", "99999999999h", "1000000h"}) {
    CHECK_THROWS_WITH(time_step(word),
                      "time_step: expected a frequency as 30s, 15min, 1h, D, W, MS, QS or YS, found \"" + word + "\"");
  }
}

TEST_CASE("The step of most neighbours is found in any calendar") {
  const auto step = [](const Texts& times) { return rnnts::detail::most_common_step({runs_of(times)}); };
  CHECK(step({"1949-01", "1949-02", "1949-03"}) == TimeStep{.months = std::chrono::months(1)});
  CHECK(step({"2023-01-31", "2023-02-28", "2023-03-31", "2023-04-30"}) ==
        TimeStep{.months = std::chrono::months(1), .month_day = std::chrono::day(31)});
  CHECK(step({"1999-01-01", "2000-01-01"}) == TimeStep{.months = std::chrono::months(12)});
  CHECK(step({"2023-02-01", "2023-03-01", "2023-03-29", "2023-04-26"}) == TimeStep{.seconds = 28 * 24h});
  CHECK(step({"2024-01-01", "2024-01-03", "2024-01-04", "2024-01-05"}) == TimeStep{.seconds = 24h});
  CHECK(step({"2024-01-01", "2024-01-03", "2024-01-04"}) == TimeStep{.seconds = 24h});
  CHECK(step({"2024-01-01"}) == TimeStep{});
}

TEST_CASE("Days that short months have not are even") {
  for (const unsigned day : {28u, 29u, 30u, 31u}) {
    for (const int months : {1, 2, 3, 12}) {
      for (const std::string first : {"2022-02", "2022-04", "2024-01", "2024-02", "2024-12"}) {
        const Texts times = monthly(first, day, 30, months);
        const auto runs = runs_of(times);
        const TimeStep step = rnnts::detail::most_common_step({runs});
        CAPTURE(day, months, first, static_cast<unsigned>(step.month_day));
        CHECK(step.months == std::chrono::months(months));
        if (months == 1) CHECK(runs.runs().size() <= 2);
        // Each is one step after the one before, and so many after the first one.
        for (std::size_t k = 1; k < times.size(); ++k) {
          CHECK(rnnts::detail::steps_between(step, time(times[k - 1]), time(times[k])) == 1);
        }
        CHECK(following(step, times[0], 29) == Texts(times.begin() + 1, times.end()));
      }
    }
  }
  const auto step = [](const Texts& times) { return rnnts::detail::most_common_step({runs_of(times)}); };
  CHECK(step({"2023-04-30", "2023-06-30"}).month_day == std::chrono::day(31));
  CHECK(step({"2023-04-30", "2023-05-30"}).month_day == std::chrono::day(0));
  CHECK(step({"2023-02-28", "2023-03-30"}).month_day == std::chrono::day(30));
  const TimeStep day_30{.months = std::chrono::months(1), .month_day = std::chrono::day(30)};
  CHECK(rnnts::detail::steps_between(day_30, time("2023-02-28"), time("2023-03-31")) == 0);
  CHECK(rnnts::detail::steps_between({}, time("2023-02-28"), time("2023-03-31")) == 0);
  CHECK(rnnts::detail::steps_between(day_30, time("2023-01-30"), time("2023-03-30")) == 2);
  CHECK(following(day_30, "2023-01-15", 1) == Texts{"2023-02-15"});
}

TEST_CASE("Regular times take one run") {
  rnnts::detail::TimeRuns hours, months;
  for (int k = 0; k < 10000; ++k) hours.add(time("2024-01-31 23:00") + k * 1h);
  CHECK(hours.runs().size() == 1);
  CHECK(hours.last() == time("2024-01-31 23:00") + 9999h);
  const TimeStep month{.months = std::chrono::months(1)};
  for (int k = 0; k < 1000; ++k) months.add(month.after(time("1949-01"), k));
  CHECK(months.runs().size() == 1);
}

TEST_CASE("Steps between two times are whole or none") {
  const auto between = [](const TimeStep& step, const char* from, const char* to) {
    return rnnts::detail::steps_between(step, time(from), time(to));
  };
  CHECK(between({.seconds = 24h}, "1984-12-30", "1985-01-01") == 2);
  CHECK(between({.seconds = 24h}, "1984-12-30", "1985-01-01 12:00") == 0);
  CHECK(between({.seconds = 24h}, "1984-12-30", "1984-12-30 12:00") == 0);
  const TimeStep month{.months = std::chrono::months(1)},
      ends{.months = std::chrono::months(1), .month_day = std::chrono::day(31)};
  CHECK(between(month, "1949-01", "1950-03") == 14);
  CHECK(between(month, "1949-01", "1949-02-02") == 0);
  CHECK(between(ends, "2023-01-31", "2023-02-28") == 1);
  CHECK(between(ends, "2022-11-30", "2023-02-28") == 3);
  CHECK(between({.months = std::chrono::months(12)}, "1900-01-01", "1999-01-01") == 99);
}
