#include "rnnts/forecast/resample.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <span>
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

TEST_CASE("resample leaves out intervals at both ends that lack values") {
  // Each second hour from the evening of the 1st to the morning of the 6th; nothing on the 4th.
  std::vector<std::chrono::sys_seconds> hours;
  const auto begin = times({"2024-01-01 20:00"})[0];
  for (auto time = begin; time <= begin + 110h; time += 2h) {
    if (rnnts::time_text(time).substr(0, 10) != "2024-01-04") hours.push_back(time);
  }
  const Numbers ones(hours.size(), 1);
  const auto sums = [&](std::size_t first, std::size_t count) {
    return resample(std::span(hours).subspan(first, count), Numbers(count, 1),
                    {rnnts::time_step("D"), Aggregate::sum, true});
  };
  const std::size_t n = hours.size();
  const auto whole = sums(0, n);
  CHECK(rnnts::time_text(whole.start) == "2024-01-02");
  CHECK(whole.values == Numbers{12, 12, 0, 12});
  CHECK(whole.partial == 2);
  CHECK(resample(hours, ones, {rnnts::time_step("D"), Aggregate::sum}).values == Numbers{2, 12, 12, 0, 12, 6});
  // A whole day is left as it is; one value less is seen.
  CHECK(sums(2, 24).values == Numbers{12, 12});
  CHECK(sums(2, 36).values == Numbers{12, 12, 0, 12});
  CHECK(sums(2, 35).values == Numbers{12, 12, 0});
  CHECK(sums(3, 35).values == Numbers{12, 0, 12});
  // Of means a gap beside it goes too.
  const auto means = resample(std::span(hours).subspan(2, 30), Numbers(30, 1), {rnnts::time_step("D"), {}, true});
  CHECK(means.values == Numbers{1, 1});
  CHECK(means.gaps == 0);
  CHECK(sums(0, 1).values == Numbers{1});  // there is no other to compare with
}

TEST_CASE("resample keeps days that end when the shop closes") {
  // Sales from 9 to some time between 16 and 18 o'clock.
  std::vector<std::chrono::sys_seconds> sales;
  for (int day = 0; day < 20; ++day) {
    for (int hour = 9; hour <= 16 + day * 7 % 3; ++hour) {
      sales.push_back(times({"2024-01-01"})[0] + day * 24h + hour * 1h);
    }
  }
  const auto days = [&](std::size_t count) {
    return resample(std::span(sales).first(count), Numbers(count, 1), {rnnts::time_step("D"), Aggregate::sum, true});
  };
  CHECK(days(sales.size()).values.size() == 20);
  CHECK(days(sales.size() - 5).values.size() == 19);
}

TEST_CASE("resample refuses gaps that only a wrong time can make") {
  const auto far = times({"0001-01-01", "9999-12-31"});
  CHECK_THROWS_WITH(resample(far, Numbers{1, 2}, {{.seconds = 1min}}),
                    "resample: the times 0001-01-01 and 9999-12-31 follow each other; expected a gap for which the "
                    "series is no longer than 1000000 steps or 1000 times its 2 values, found one that makes "
                    "5258963520, each of 1 minute");
  CHECK(resample(far, Numbers{1, 2}, {rnnts::time_step("MS")}).gaps == 9999 * 12 - 2);
  CHECK(resample(times({"2024-01-01", "2024-01-12"}), Numbers{1, 2}, {{.seconds = 1s}}).gaps == 11 * 86400 - 1);
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
