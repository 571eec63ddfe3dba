#include "rnnts/forecast/calendar.hpp"

#include <chrono>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_days monday = 2024y / 1 / 1;

}  // namespace

TEST_CASE("times are a step apart or a month by the calendar") {
  CHECK(times_from(monday, 36h, 3) == std::vector<std::chrono::sys_seconds>{monday, monday + 36h, monday + 72h});
  CHECK(times_from(monday, 1s, 0).empty());
  const std::chrono::sys_days last_of_january = 2024y / 1 / 31, last_of_february = 2024y / 2 / 29,
                              last_of_march = 2024y / 3 / 31;
  CHECK(times_from(last_of_january + 6h, std::chrono::months(1), 3) ==
        std::vector<std::chrono::sys_seconds>{last_of_january + 6h, last_of_february + 6h, last_of_march + 6h});
  CHECK(times_from(monday, std::chrono::months(13), 2)[1] == std::chrono::sys_days(2025y / 2 / 1));
}

TEST_CASE("calendar columns go round with the day and the week and the year") {
  const std::chrono::sys_days july = 2024y / 7 / 1;  // a Monday, day 183 of a leap year
  const std::vector<std::chrono::sys_seconds> times{monday + 6h, july + 7 * 24h, july + 3 * 24h + 30min};
  const auto columns = calendar_columns(times);
  CHECK(columns.size() == 8);
  const auto is = [&](const std::string& name, std::size_t row, double part) {
    const double angle = 2 * std::numbers::pi * part;
    CHECK(columns.at(name + "_sin")[row] == Approx(std::sin(angle)).margin(1e-12));
    CHECK(columns.at(name + "_cos")[row] == Approx(std::cos(angle)).margin(1e-12));
  };
  is("hour", 0, 0.25);
  is("hour", 1, 0);
  is("hour", 2, 0.5 / 24);
  is("weekday", 0, 0);
  is("weekday", 1, 0);
  is("weekday", 2, 3 / 7.0);
  is("month", 0, 0);
  is("month", 1, 0.5);
  is("day_of_year", 0, 1 / 365.25);
  is("day_of_year", 2, 186 / 365.25);
}

TEST_CASE("calendar columns are those that are asked for") {
  const auto columns = calendar_columns(times_from(monday, 1h, 5),
                                        {.hour = true, .weekday = false, .month = false, .day_of_year = false});
  REQUIRE(columns.size() == 2);
  CHECK(columns.begin()->first == "hour_cos");
  CHECK(columns.at("hour_sin").size() == 5);
  // Before 1970 too.
  const auto long_ago = calendar_columns(times_from(std::chrono::sys_days(1958y / 12 / 31) + 18h, 6h, 2));
  CHECK(long_ago.at("hour_sin")[0] == Approx(-1));
  CHECK(long_ago.at("month_cos")[1] == Approx(1));
}
