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
          "apart; expected times that are even, or lack some, found irregular ones; ReadSeriesOptions::resample makes "
          "them even");
  }
}

TEST_CASE("read_series resamples irregular times") {
  const TemporaryFile file(
      "id,ds,y,area\na,2024-01-01 00:10,1,5\nb,2024-01-01 03:00,7,6\na,2024-01-01 00:50,3,5\na,2024-01-01 00:50,5,5\n"
      "a,2024-01-01 01:00,9,5\na,2024-01-01 03:59,2,5\nb,2024-01-01 04:30,8,6\n");
  rnnts::SeriesColumns of{.unique_id = "id", .ds = "ds", .fixed = {"area"}};
  const rnnts::TimeStep hour{.seconds = 1h};
  const SeriesTable sums = rnnts::read_series(file.path(), of, {.resample = {{hour, rnnts::Aggregate::sum}}});
  CHECK(sums.series == All{{"a", {9, 9, 0, 2}}, {"b", {7, 8}}});
  CHECK(sums.step == hour);
  CHECK(sums.gaps == 0);
  CHECK(sums.fixed.at("area") == std::vector<double>{5, 6});
  CHECK(end(sums, 0) == "2024-01-01 03:00:00 2024-01-01 04:00:00");
  CHECK(rnnts::time_text(sums.time(1, 0)) == "2024-01-01 03:00:00");

  SeriesTable means = rnnts::read_series(file.path(), of, {.allow_missing = true, .resample = {{hour}}});
  CHECK(means.gaps == 1);
  CHECK(rnnts::fill_missing(means, rnnts::MissingValue::forward) == 1);
  CHECK(means.series == All{{"a", {3, 9, 9, 2}}, {"b", {7, 8}}});
  CHECK_THROWS_WITH(
      rnnts::read_series(file.path(), of, {.resample = {{hour}}}),
      EndsWith("the times 2024-01-01 01:00:00 and 2024-01-01 03:00:00 follow each other, where most are 1 "
               "hour apart: expected a value between them, found 1 missing; with allow_missing it becomes "
               "NaN, for fill_missing"));

  const TemporaryFile wide("ds,a,b\n2024-01-05,1,\n2024-01-20,2,5\n2024-02-01,NA,6\n2024-02-03,4,7\n");
  const SeriesTable months = rnnts::read_series_columns(
      wide.path(), "ds", {.allow_missing = true, .resample = {{rnnts::time_step("MS"), rnnts::Aggregate::last}}});
  CHECK(months.series == All{{"a", {2, 4}}, {"b", {5, 7}}});
  CHECK(months.missing == 0);
  CHECK(end(months, 1) == "2024-02-01 2024-03-01");

  of.known = {"area"};
  of.fixed = {};
  CHECK_THROWS_WITH(rnnts::read_series(file.path(), of, {.resample = {{hour}}}),
                    "read_series: expected no known or past columns beside values that are resampled, found some");
  CHECK_THROWS_WITH(rnnts::read_series(file.path(), {}, {.resample = {{hour}}}),
                    "read_series: expected times to resample by, found none");
  CHECK_THROWS_WITH(rnnts::read_series_rows(file.path(), {.resample = {{hour}}}),
                    "read_series_rows: expected times to resample by, found none");
  CHECK(error("ds,y\n2024-01-02,1\n2024-01-01,2\n",
              [&](const std::string& path) { rnnts::read_series(path, {.ds = "ds"}, {.resample = {{hour}}}); }) ==
        "FILE:3:1: column \"ds\": series \"y\": expected a time after that of the value before, 2024-01-02, found "
        "2024-01-01");
}

TEST_CASE("read_series leaves out intervals at the ends that the file does not fill") {
  std::string text = "ds,a,b\n";
  for (int h = 20; h < 24 * 4 + 10; ++h) {
    const std::string day = std::to_string(1 + h / 24), hour = std::to_string(h % 24 + 100).substr(1);
    text += "2024-01-0" + day + " " + hour + ":00,1," + (h / 24 == 3 || h < 24 ? "" : "2") + "\n";
  }
  const TemporaryFile file(text);
  const auto days = [&](rnnts::Aggregate by) {
    return rnnts::read_series_columns(
        file.path(), "ds", {.allow_missing = true, .resample = rnnts::Resample{rnnts::time_step("D"), by, true}});
  };
  const SeriesTable sums = days(rnnts::Aggregate::sum);
  CHECK(sums.series == All{{"a", {24, 24, 24}}, {"b", {48, 48, 0}}});
  CHECK(rnnts::time_text(sums.time(0, 0)) == "2024-01-02");
  CHECK(sums.partial == 3);
  const SeriesTable means = days(rnnts::Aggregate::mean);
  CHECK(means.series == All{{"a", {1, 1, 1}}, {"b", {2, 2}}});
  CHECK(means.gaps == 0);
}

TEST_CASE("read_series refuses gaps that only a wrong time can make") {
  const std::string text =
      "unique_id,ds,y\na,2024-01-01 00:00,1\na,2024-01-01 00:01,2\na,2024-01-01 00:02,2\na,9024-01-01,3\n";
  const std::string message =
      "FILE: series \"a\": the times 2024-01-01 00:02:00 and 9024-01-01 follow each other; expected a gap for which "
      "the series is no longer than 1000000 steps or 1000 times its 4 values, found one that makes 3681643680, each of "
      "1 minute";
  CHECK(error(text, columns, true) == message);
  CHECK(error(text, [](const std::string& path) {
          return rnnts::read_series(path, columns,
                                    {.allow_missing = true, .resample = rnnts::Resample{rnnts::time_step("1min")}});
        }) == message);
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

TEST_CASE("read_series reads columns beside the values and rows after the last one") {
  const rnnts::SeriesColumns of{
      .unique_id = "shop", .ds = "ds", .known = {"price"}, .past = {"visitors"}, .fixed = {"area"}};
  const std::string text =
      "shop,ds,price,y,visitors,area\nb,2024-01-01,,,,\nb,2024-01-02,1.5,10,7,\na,2024-01-05,2,20,8,30\n"
      "b,2024-01-03,1.75,11,9,50\na,2024-01-06,2.25,21,5,30\nb,2024-01-04,2,,3,50\na,2024-01-07,,,,\n";
  const SeriesTable table = read(text, of);
  CHECK(table.series == All{{"b", {10, 11}}, {"a", {20, 21}}});
  CHECK(end(table, 0) == "2024-01-03 2024-01-04");
  const auto series = table.with_columns();
  CHECK(series[0].unique_id == "b");
  CHECK(series[0].values == std::vector<double>{10, 11});
  CHECK(series[0].known.at("price") == std::vector<double>{1.5, 1.75, 2});
  CHECK(series[0].past.at("visitors") == std::vector<double>{7, 9});
  CHECK(series[0].fixed.at("area") == 50);
  CHECK(series[1].known.at("price") == std::vector<double>{2, 2.25});
  CHECK(series[1].fixed.at("area") == 30);
  CHECK(read("price,y\n1,1\n2,2\n3,\n", {.known = {"price"}}).known.at("price")[0] == std::vector<double>{1, 2, 3});
}

TEST_CASE("read_series refuses missing numbers of columns or makes NaN of them") {
  const rnnts::SeriesColumns of{.ds = "ds", .known = {"price"}, .past = {"visitors"}};
  const std::string known = "ds,y,price,visitors\n2024-01-01,1,1,1\n2024-01-02,2,,2\n2024-01-03,3,3,3\n";
  CHECK(
      error(known, of) ==
      "FILE: series \"y\": column \"price\": expected a number at 2024-01-02, found a missing one; with allow_missing "
      "it becomes NaN, for fill_missing");
  CHECK(error("y,price\n1,1\n2,2\n,\n,4\n", {.known = {"price"}}) ==
        "FILE: series \"y\": column \"price\": expected a number at row 2 (counted from 0), found a missing one; with "
        "allow_missing it becomes NaN, for fill_missing");
  // A row without a value, a day without a row, and one without visitors; then a day to come without a row.
  const std::string gaps =
      "ds,y,price,visitors\n2024-01-01,1,1,1\n2024-01-02,,2,2\n2024-01-04,4,4,\n2024-01-05,5,5,5\n"
      "2024-01-06,,6,\n2024-01-08,,8,\n";
  CHECK(error(gaps, of).starts_with("FILE:3:12: column \"y\": series \"y\": expected a number, found a missing one"));
  SeriesTable table = read(gaps, of, true);
  CHECK(table.gaps == 1);
  CHECK(table.missing == 1);
  CHECK(table.missing_in_columns == 4);
  CHECK(rnnts::fill_missing(table, rnnts::MissingValue::linear) == 6);
  CHECK(table.missing_in_columns == 0);
  CHECK(table.series[0].second == std::vector<double>{1, 2, 3, 4, 5});
  CHECK(table.known.at("price")[0] == std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(table.past.at("visitors")[0] == std::vector<double>{1, 2, 3, 4, 5});
  SeriesTable empty = read("y,price\n1,\n2,\n", {.known = {"price"}}, true);
  CHECK_THROWS_WITH(rnnts::fill_missing(empty, rnnts::MissingValue::linear),
                    "series \"y\": column \"price\": fill_missing: expected at least 1 value that is known, found none "
                    "of 2");
}

TEST_CASE("read_series says what it expects of columns") {
  const std::string text = "unique_id,ds,y,region\na,2024-01-01,1,1\na,2024-01-02,2,2\n";
  const auto of = [](rnnts::SeriesColumns more) {
    more.unique_id = "unique_id";
    more.ds = "ds";
    return more;
  };
  CHECK(error(text, of({.fixed = {"region"}})) ==
        "FILE:3:16: column \"region\": series \"a\": expected a static column to be 1 as in the rows before, found 2");
  CHECK(error("unique_id,ds,y,region\na,2024-01-01,1,\na,2024-01-02,1,\n", of({.fixed = {"region"}})) ==
        "FILE: series \"a\": static column \"region\": expected a number, found none");
  CHECK(error("y,region\n1,north\n", {.fixed = {"region"}}) ==
        "FILE:2:3: column \"region\": expected a number, found \"north\"; if it is missing, put \"north\" into "
        "CsvOptions::missing; a column of text is to be encoded first, as one of 0 and 1 for each of its values");
  CHECK(error(text, of({.known = {"price"}})) ==
        "FILE:1:1: no column \"price\", there are: \"unique_id\", \"ds\", \"y\", \"region\"");
  CHECK_THROWS_WITH(read(text, of({.known = {"y"}})),
                    "read_series: expected each column in one role, found \"y\" in two");
  CHECK_THROWS_WITH(read(text, of({.known = {"region"}, .past = {"region"}})),
                    "read_series: expected each column in one role, found \"region\" in two");
  CHECK(error("unique_id,ds,y,region\na,2024-01-02,1,1\na,2024-01-02,,1\n", of({.known = {"region"}})) ==
        "FILE:3:3: column \"ds\": series \"a\": expected a time after that of the value before, 2024-01-02, found "
        "2024-01-02");
  CHECK(error("unique_id,ds,y,region\na,2024-01-02,1,1\na,2024-01-03,,1\n", of({.known = {"region"}})) ==
        "FILE: expected at least 2 values of a series beside columns, found 1");
}

TEST_CASE("read_series leaves out series without a value and names them") {
  const SeriesTable table = read(
      "unique_id,ds,y,price,visitors,area\nempty,2024-01-01,,1,1,\na,2024-01-01,1,1,1,10\nempty,2024-01-02,NA,1,1,\n"
      "a,2024-01-02,2,1,1,10\nnone,2024-01-05,,2,2,20\n",
      {.unique_id = "unique_id", .ds = "ds", .known = {"price"}, .past = {"visitors"}, .fixed = {"area"}});
  CHECK(table.series == All{{"a", {1, 2}}});
  CHECK(table.without_values == std::vector<std::string>{"empty", "none"});
  CHECK(end(table, 0) == "2024-01-02 2024-01-03");
  CHECK(table.with_columns()[0].known.at("price") == std::vector<double>{1, 1});
  CHECK(table.fixed.at("area") == std::vector<double>{10});
  const TemporaryFile wide("a,b,c\n,1,\n,2,\n");
  const SeriesTable columns_of = rnnts::read_series_columns(wide.path());
  CHECK(columns_of.series == All{{"b", {1, 2}}});
  CHECK(columns_of.without_values == std::vector<std::string>{"a", "c"});
  CHECK(error("unique_id,y\na,\nb,\n", {.unique_id = "unique_id"}) ==
        "FILE: series \"a\": expected a value, found none");
}

TEST_CASE("Series are taken out of a table with their times and columns") {
  SeriesTable table = read(
      "unique_id,ds,y,price,visitors,area\na,2024-01-01,1,1,1,10\na,2024-01-02,2,1,1,10\nb,2024-01-05,3,2,2,20\n"
      "c,2024-01-08,4,3,3,30\nc,2024-01-09,5,3,3,30\n",
      {.unique_id = "unique_id", .ds = "ds", .known = {"price"}, .past = {"visitors"}, .fixed = {"area"}});
  CHECK(erase_if(table, [](const auto& series) { return series.second.size() < 2; }) == 1);
  CHECK(table.series == All{{"a", {1, 2}}, {"c", {4, 5}}});
  CHECK(end(table, 1) == "2024-01-09 2024-01-10");
  const auto series = table.with_columns();
  CHECK(series[1].known.at("price") == std::vector<double>{3, 3});
  CHECK(series[1].past.at("visitors") == std::vector<double>{3, 3});
  CHECK(series[1].fixed.at("area") == 30);
  SeriesTable no_times = read("unique_id,y\na,1\nb,2\n", {.unique_id = "unique_id"});
  CHECK(erase_if(no_times, [](const auto& one) { return one.first == "a"; }) == 1);
  CHECK(no_times.series == All{{"b", {2}}});
  CHECK(erase_if(no_times, [](const auto&) { return false; }) == 0);
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
  CHECK(error("a,b,a\n1,1,1\n", [](const std::string& path) { rnnts::read_series_columns(path); }) ==
        "FILE:1:5: there is more than one column \"a\": rename one, or use an index");
  const TemporaryFile empty_ones("a,,\n1,,\n2,,\n");
  CHECK(rnnts::read_series_columns(empty_ones.path(), {}, {.allow_missing = true}).series == All{{"a", {1, 2}}});
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
