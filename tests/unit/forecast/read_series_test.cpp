#include "rnnts/forecast/read_series.hpp"

#include <chrono>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../series/temporary_file.hpp"
#include "rnnts/forecast/fill_missing.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using rnnts::SeriesTable;

namespace {

using All = std::vector<std::pair<std::string, std::vector<double>>>;

const rnnts::SeriesColumns columns{.unique_id = "unique_id", .ds = "ds"};

SeriesTable read(std::string_view text, const rnnts::SeriesColumns& of = columns, bool allow_missing = false) {
  return rnnts::read_series(TemporaryFile(text).path(), of, {.allow_missing = allow_missing});
}

/// The message, with "FILE" instead of the path.
std::string error(std::string_view text, auto read_file) {
  const TemporaryFile file(text);
  try {
    read_file(file.path());
  } catch (const rnnts::Error& error) {
    std::string message = error.what();
    REQUIRE(message.starts_with(file.path()));
    return message.replace(0, file.path().size(), "FILE");
  }
  return "no error";
}
std::string error(std::string_view text, const rnnts::SeriesColumns& of = columns, bool allow_missing = false) {
  return error(text,
               [&](const std::string& path) { return rnnts::read_series(path, of, {.allow_missing = allow_missing}); });
}

/// The last time of a series, and the one after it.
std::string end(const SeriesTable& table, std::size_t s) {
  const std::size_t size = table.series[s].second.size();
  return rnnts::time_text(table.time(s, size - 1)) + " " + rnnts::time_text(table.time(s, size));
}

}  // namespace

TEST_CASE("read_series reads series of different length whose rows alternate") {
  const SeriesTable table = read(
      "unique_id,ds,price,y\nb,2024-01-01,9,1\na,2024-01-05,9,10\nb,2024-01-02,9,2\na,2024-01-06,9,20\n"
      "b,2024-01-03,9,3\n");
  CHECK(table.series == All{{"b", {1, 2, 3}}, {"a", {10, 20}}});
  CHECK(table.step == rnnts::TimeStep{.seconds = 24h});
  CHECK(end(table, 0) == "2024-01-03 2024-01-04");
  CHECK(end(table, 1) == "2024-01-06 2024-01-07");
  STATIC_REQUIRE(rnnts::ForecastData<const SeriesTable&>);
}

TEST_CASE("read_series reads one series with or without times") {
  const std::string text = "month,passengers\n1949-11,104\n1949-12,118\n1950-01,115\n";
  const SeriesTable months = read(text, {.ds = "month", .y = "passengers"});
  CHECK(months.series == All{{"passengers", {104, 118, 115}}});
  CHECK(end(months, 0) == "1950-01-01 1950-02-01");
  const SeriesTable numbers = read(text, {.y = 1});
  CHECK(numbers.series == months.series);
  CHECK_FALSE(numbers.has_times());
  CHECK_THROWS_WITH(numbers.time(0, 0), "SeriesTable: expected series with times, found none");
  const TemporaryFile plain("1\n2\n");
  CHECK(rnnts::read_series(plain.path(), {.y = 0}, {.csv = {.header = false}}).series == All{{"0", {1, 2}}});
}

TEST_CASE("read_series points at times out of order") {
  CHECK(error("unique_id,ds,y\na,2024-01-02,1\nb,2024-01-01,1\na,2024-01-02,2\n") ==
        "FILE:4:3: column \"ds\": series \"a\": expected a time after that of the value before, 2024-01-02, found "
        "2024-01-02");
  CHECK(error("unique_id,ds,y\na,yesterday,1\n") ==
        "FILE:2:3: column \"ds\": expected a time as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS, found \"yesterday\"");
}

TEST_CASE("read_series refuses irregular times with the first pair") {
  const std::string text =
      "ds,y\n2024-01-01,1\n2024-01-02,2\n2024-01-02 06:00,3\n2024-01-03 06:00,4\n2024-01-04 06:00,5\n";
  for (const bool allow_missing : {false, true}) {
    CHECK(error(text, {.ds = "ds"}, allow_missing) ==
          "FILE: series \"y\": the times 2024-01-02 and 2024-01-02 06:00:00 follow each other, where most are 1 day "
          "apart; expected times that are even, or lack some, found irregular ones");
  }
}

TEST_CASE("read_series refuses gaps in time or makes NaN of them") {
  const std::string text = "ds,y\n1984-12-29,1\n1984-12-30,2\n1985-01-02,3\n1985-01-03,4\n1985-01-04,5\n";
  CHECK(error(text, {.ds = "ds"}) ==
        "FILE: series \"y\": the times 1984-12-30 and 1985-01-02 follow each other, where most are 1 day apart: "
        "expected a value between them, found 2 missing; with allow_missing it becomes NaN, for fill_missing");
  SeriesTable table = read(text, {.ds = "ds"}, true);
  CHECK(table.gaps == 2);
  CHECK(table.missing == 0);
  CHECK(end(table, 0) == "1985-01-04 1985-01-05");
  CHECK(std::isnan(table.series[0].second[3]));
  CHECK(rnnts::fill_missing(table, rnnts::MissingValue::forward) == 2);
  CHECK(table.series[0].second == std::vector<double>{1, 2, 2, 2, 3, 4, 5});
}

TEST_CASE("read_series refuses missing values or makes NaN of them") {
  const std::string with_times = "ds,y\n2024-01-01,1\n2024-01-02,NA\n2024-01-04,3\n2024-01-05,4\n2024-01-06,5\n";
  CHECK(error(with_times, {.ds = "ds"}) ==
        "FILE:3:12: column \"y\": series \"y\": expected a number, found a missing one; with allow_missing it becomes "
        "NaN, for fill_missing");
  SeriesTable table = read(with_times, {.ds = "ds"}, true);
  CHECK(table.gaps == 1);
  CHECK(table.missing == 1);
  CHECK(rnnts::fill_missing(table, rnnts::MissingValue::linear) == 2);
  CHECK(table.gaps + table.missing == 0);
  SeriesTable no_times = read("y\n1\nnull\nNaN\n4\n", {}, true);
  CHECK(no_times.missing == 2);
  rnnts::fill_missing(no_times, rnnts::MissingValue::linear);
  CHECK(no_times.series[0].second == std::vector<double>{1, 2, 3, 4});
}

TEST_CASE("read_series reads the times of missing values too") {
  CHECK(error("ds,y\n2024-01-01 00:00,1\n2024-01-01 01:00,NA\n2024-01-01 01:00,5\n", {.ds = "ds"}, true) ==
        "FILE:4:1: column \"ds\": series \"y\": expected a time after that of the value before, 2024-01-01 01:00:00, "
        "found 2024-01-01 01:00:00");
  CHECK_THAT(error("ds,y\n2024-01-01,1\nsoon,NA\n2024-01-03,5\n", {.ds = "ds"}, true), StartsWith("FILE:3:1: "));
  const SeriesTable table = read(
      "ds,y\n2024-01-01 00:00,1\n2024-01-01 00:30,NA\n2024-01-01 01:00,2\n2024-01-01 02:00,3\n", {.ds = "ds"}, true);
  CHECK(table.gaps == 0);  // the missing value is between two steps
  CHECK(table.series[0].second == std::vector<double>{1, 2, 3});
}

TEST_CASE("read_series leaves out missing values before the first known one and after the last one") {
  const SeriesTable table = read("ds,y\n2024-01-01,\n2024-01-02,1\n2024-01-03,2\n2024-01-04,\n", {.ds = "ds"});
  CHECK(table.series[0].second == std::vector<double>{1, 2});
  CHECK(end(table, 0) == "2024-01-03 2024-01-04");
  CHECK(error("y\nNA\n", {}) == "FILE: series \"y\": expected a value, found none");
}

TEST_CASE("read_series_columns reads a series from each column") {
  const std::string text = "a,date,b\n1,2024-01-01,\n2,2024-01-02,20\n3,2024-01-03,30\n,2024-01-04,40\n";
  const TemporaryFile file(text);
  const SeriesTable table = rnnts::read_series_columns(file.path(), "date");
  CHECK(table.series == All{{"a", {1, 2, 3}}, {"b", {20, 30, 40}}});
  CHECK(end(table, 0) == "2024-01-03 2024-01-04");
  CHECK(end(table, 1) == "2024-01-04 2024-01-05");
  CHECK(error("a,b\n1,1\n2,\n3,3\n", [](const std::string& path) { rnnts::read_series_columns(path); }) ==
        "FILE:3:3: column \"b\": series \"b\": expected a number, found a missing one; with allow_missing it becomes "
        "NaN, for fill_missing");
}

TEST_CASE("read_series_rows reads a series from each row as in the files of M4") {
  const TemporaryFile file(
      "\"V1\",\"V2\",\"V3\",\"V4\"\n\"H1\",\"605\",\"586\",\"\"\n\"H2\",\"1.5\",2,3,4\n\"H3\",7\n");
  const SeriesTable table = rnnts::read_series_rows(file.path());
  CHECK(table.series == All{{"H1", {605, 586}}, {"H2", {1.5, 2, 3, 4}}, {"H3", {7}}});
  const auto read_rows = [](const std::string& path) { rnnts::read_series_rows(path); };
  CHECK(error("id,1\na,1\nb,2\na,3\n", read_rows) ==
        "FILE:4:1: expected a row for each series, found a second one of \"a\"");
  CHECK(error("id,1\na,1,x\n", read_rows) ==
        "FILE:2:5: column 2: expected a number, found \"x\"; if it is missing, put "
        "\"x\" into CsvOptions::missing");
  CHECK(error("id,1\n", read_rows) == "FILE:1:1: there are no series");
}
