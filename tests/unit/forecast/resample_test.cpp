#include "rnnts/forecast/resample.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/series/dates.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using rnnts::Aggregate;
using rnnts::resample;
using rnnts::TimeStep;

namespace {

using Numbers = std::vector<double>;

std::vector<std::chrono::sys_seconds> times(const std::vector<std::string>& texts) {
  std::vector<std::chrono::sys_seconds> all;
  for (const auto& text : texts) all.push_back(rnnts::detail::parse_time(text).value());
  return all;
}

/// The beginning of the interval that a time is in.
std::string interval(const TimeStep& step, const std::string& time) {
  return rnnts::time_text(rnnts::detail::interval_of(step, times({time})[0]));
}

}  // namespace

TEST_CASE("resample makes one value of those in each interval") {
  const auto uneven = times({"2024-01-01 00:10", "2024-01-01 00:50", "2024-01-01 00:50", "2024-01-01 01:00"});
  const Numbers values{3, 1, 5, 4};
  const auto by = [&](Aggregate rule) { return resample(uneven, values, {{.seconds = 1h}, rule}).values; };
  CHECK(by(Aggregate::mean) == Numbers{3, 4});
  CHECK(by(Aggregate::sum) == Numbers{9, 4});
  CHECK(by(Aggregate::min) == Numbers{1, 4});
  CHECK(by(Aggregate::max) == Numbers{5, 4});
  CHECK(by(Aggregate::first) == Numbers{3, 4});
  CHECK(by(Aggregate::last) == Numbers{5, 4});
  CHECK(rnnts::time_text(resample(uneven, values, {{.seconds = 1h}}).start) == "2024-01-01");
}

TEST_CASE("resample leaves a gap where nothing is and a sum of 0") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const auto uneven = times({"2024-01-31", "2024-02-01", "2024-03-05", "2024-05-31"});
  const Numbers values{none, 2, none, 4};
  const auto means = resample(uneven, values, {rnnts::time_step("MS")});
  CHECK(rnnts::time_text(means.start) == "2024-02-01");
  REQUIRE(means.values.size() == 4);
  CHECK(means.values[0] == 2);
  CHECK(std::isnan(means.values[1]));
  CHECK(std::isnan(means.values[2]));
  CHECK(means.values[3] == 4);
  CHECK(means.gaps == 2);
  const auto sums = resample(uneven, values, {rnnts::time_step("MS"), Aggregate::sum});
  CHECK(sums.values == Numbers{2, 0, 0, 4});
  CHECK(sums.gaps == 0);
}

TEST_CASE("Intervals begin where they do in the calendar") {
  CHECK(interval({.seconds = 15min}, "2024-02-29 13:44:59") == "2024-02-29 13:30:00");
  CHECK(interval({.seconds = 1h}, "2024-02-29 13:00") == "2024-02-29 13:00:00");
  CHECK(interval({.seconds = 24h}, "2024-02-29 23:59:59") == "2024-02-29");
  CHECK(interval({.seconds = 7 * 24h}, "2024-02-29") == "2024-02-26");  // a Monday
  CHECK(interval({.seconds = 7 * 24h}, "1969-12-28 12:00") == "1969-12-22");
  CHECK(interval(rnnts::time_step("MS"), "2024-02-29 10:00") == "2024-02-01");
  CHECK(interval(rnnts::time_step("QS"), "2024-12-31") == "2024-10-01");
  CHECK(interval(rnnts::time_step("QS"), "1969-01-01") == "1969-01-01");
  CHECK(interval(rnnts::time_step("YS"), "2024-12-31") == "2024-01-01");
}

TEST_CASE("resample says what it expects") {
  const auto two = times({"2024-01-02", "2024-01-01"});
  const rnnts::Resample days{{.seconds = 24h}};
  CHECK_THROWS_WITH(resample(two, Numbers{1}, days), "resample: expected as many times as values, 1, found 2");
  CHECK_THROWS_WITH(resample(two, Numbers{1, 2}, days),
                    "resample: expected times that ascend, found 2024-01-01 after 2024-01-02");
  CHECK_THROWS_WITH(resample({}, {}, days), "resample: expected at least 1 value that is known, found none");
  CHECK_THROWS_WITH(resample(two, Numbers{1, 2}, {}),
                    "resample: expected a step above 0 to resample to, found 0 seconds");
}
