#include "rnnts/forecast/series_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "rnnts/core/error.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Values = std::vector<double>;

std::vector<ForecastSeries> named(const std::vector<std::string>& names) {
  std::vector<ForecastSeries> all;
  for (const std::string& name : names) all.push_back({.unique_id = name, .values = {1, 2, 3}});
  return all;
}

}  // namespace

TEST_CASE("each series has a number of its own, whichever order they come in") {
  detail::SeriesRows rows(4, "", 0), turned(4, "", 0);
  auto all = named({"north", "south", "east"});
  rows.fit("f", all);
  Values numbers;
  for (const auto& one : all) numbers.push_back(rows.place("f", one, 5)[0]);
  std::ranges::reverse(all);
  turned.fit("f", all);
  for (std::size_t s = 0; s < 3; ++s) CHECK(turned.place("f", all[2 - s], 0) == Values{numbers[s], 0});
  std::ranges::sort(numbers);
  CHECK(numbers == Values{0, 1, 2});
  CHECK_THROWS_WITH(rows.place("f", named({"west"})[0], 0),
                    "f: series \"west\": expected a series of the training, as the net has learnt something of each, "
                    "found another");
  rows.fit("f", named({"west"}));
  CHECK(rows.place("f", named({"west"})[0], 0) == Values{0, 0});
  CHECK_THROWS_AS(rows.place("f", named({"north"})[0], 0), DataError);
}

TEST_CASE("series that are too many or have the same name are refused") {
  detail::SeriesRows rows(2, "", 0);
  CHECK_THROWS_WITH(rows.fit("f", named({"a", "b", "c"})),
                    "f: expected at most 2 series, as many as the option series tells apart, found 3");
  CHECK_THROWS_WITH(rows.fit("f", named({"a", "a"})),
                    "f: series \"a\": expected names that tell the series apart, found this one twice");
}

TEST_CASE("without a table there is no place") {
  detail::SeriesRows rows;
  rows.fit("f", named({"a", "a"}));
  CHECK(rows.place("f", named({"b"})[0], 0).empty());
  CHECK(rows.config().empty());
  CHECK(detail::SeriesRows(3, "", 0).config() == "series");
  CHECK(detail::SeriesRows(3, "hour", 24).config() == "series, cycle \"hour\" of 24");
  CHECK(detail::SeriesRows(0, "hour", 24).config() == "cycle \"hour\" of 24");
}

TEST_CASE("a phase is that of the column, counted on") {
  const detail::SeriesRows rows(0, "hour", 4);
  auto one = named({"a"})[0];
  one.known["hour"] = {2, 3, 0, 1};
  CHECK(rows.place("f", one, 0) == Values{0, 2});
  CHECK(rows.place("f", one, 5) == Values{0, 3});
}

TEST_CASE("a column that is not one of phases is refused") {
  const detail::SeriesRows rows(0, "hour", 4);
  auto one = named({"a"})[0];
  const auto refused = [&](const std::string& why) {
    CHECK_THROWS_WITH(rows.place("f", one, 0), "f: series \"a\": known column \"hour\": expected " + why);
  };
  refused("the phases of a cycle, found no such column");
  one.known["hour"] = {1, 2};
  refused("at least 3 numbers, as many as values, found 2");
  const std::string phases = "phases that count from 0 to 3 again and again, found ";
  one.known["hour"] = {1, 2, 0};
  refused(phases + "0 as number 2 (counted from 0)");
  one.known["hour"] = {3, 4, 5};
  refused(phases + "4 as number 1 (counted from 0)");
  one.known["hour"] = {0.5, 1.5, 2.5};
  refused(phases + "0.5 as number 0 (counted from 0)");
  one.known["hour"] = {-1, 0, 1};
  refused(phases + "-1 as number 0 (counted from 0)");
}
