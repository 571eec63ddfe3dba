#include "rnnts/forecast/time_step.hpp"

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

}  // namespace

TEST_CASE("TimeStep goes on by seconds or by months") {
  CHECK(following({.seconds = 90min}, "2024-02-28 22:30", 3) ==
        Texts{"2024-02-29", "2024-02-29 01:30:00", "2024-02-29 03:00:00"});
  CHECK(following({.months = std::chrono::months(1)}, "1949-11", 3) == Texts{"1949-12-01", "1950-01-01", "1950-02-01"});
  CHECK(following({.months = std::chrono::months(1)}, "2023-12-30 06:00", 2) ==
        Texts{"2024-01-30 06:00:00", "2024-02-29 06:00:00"});
  CHECK(following({.months = std::chrono::months(3), .month_ends = true}, "2023-11-30", 2) ==
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

TEST_CASE("The step of most neighbours is found in any calendar") {
  const auto step = [](const Texts& times) { return rnnts::detail::most_common_step({runs_of(times)}); };
  CHECK(step({"1949-01", "1949-02", "1949-03"}) == TimeStep{.months = std::chrono::months(1)});
  CHECK(step({"2023-01-31", "2023-02-28", "2023-03-31", "2023-04-30"}) ==
        TimeStep{.months = std::chrono::months(1), .month_ends = true});
  CHECK(step({"1999-01-01", "2000-01-01"}) == TimeStep{.months = std::chrono::months(12)});
  CHECK(step({"2023-02-01", "2023-03-01", "2023-03-29", "2023-04-26"}) == TimeStep{.seconds = 28 * 24h});
  CHECK(step({"2024-01-01", "2024-01-03", "2024-01-04", "2024-01-05"}) == TimeStep{.seconds = 24h});
  CHECK(step({"2024-01-01", "2024-01-03", "2024-01-04"}) == TimeStep{.seconds = 24h});
  CHECK(step({"2024-01-01"}) == TimeStep{});
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
  const TimeStep month{.months = std::chrono::months(1)}, ends{.months = std::chrono::months(1), .month_ends = true};
  CHECK(between(month, "1949-01", "1950-03") == 14);
  CHECK(between(month, "1949-01", "1949-02-02") == 0);
  CHECK(between(ends, "2023-01-31", "2023-02-28") == 1);
  CHECK(between(ends, "2022-11-30", "2023-02-28") == 3);
  CHECK(between({.months = std::chrono::months(12)}, "1900-01-01", "1999-01-01") == 99);
}
