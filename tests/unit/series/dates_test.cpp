#include "rnnts/series/dates.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "temporary_file.hpp"

using namespace std::chrono_literals;
using Dates = std::vector<std::chrono::year_month_day>;

TEST_CASE("read_csv_dates reads days and months") {
  const TemporaryFile days("date,value\n1981-01-01,20.7\n1984-02-29,?\n");
  CHECK((rnnts::read_csv_dates(days.path(), "date") == Dates{1981y / 1 / 1, 1984y / 2 / 29}));
  const TemporaryFile months("112;1949-01\n118;\"1949-12\"\n");
  CHECK((rnnts::read_csv_dates(months.path(), 1, {.separator = ';', .header = false}) ==
         Dates{1949y / 1 / 1, 1949y / 12 / 1}));
}

TEST_CASE("read_csv_dates reads a date with the time of its midnight, and no other time") {
  const TemporaryFile midnights("date\n2016-07-01 00:00:00\n2016-07-02T00:00:00\n2016-07-03T00:00Z\n2016-07-04\n");
  CHECK((rnnts::read_csv_dates(midnights.path(), "date") ==
         Dates{2016y / 7 / 1, 2016y / 7 / 2, 2016y / 7 / 3, 2016y / 7 / 4}));
  const TemporaryFile hours("date\n2016-07-01 00:00:00\n2016-07-01 01:00:00\n");
  CHECK_THROWS_AS(rnnts::read_csv_dates(hours.path(), "date"), rnnts::FileError);
  CHECK_THROWS_WITH(rnnts::read_csv_dates(hours.path(), "date"),
                    hours.path() +
                        ":3:1: column \"date\": expected a date, found \"2016-07-01 01:00:00\" with a time "
                        "of day, which read_csv_times reads");
}

TEST_CASE("read_csv_times reads dates and times of day") {
  const TemporaryFile file(
      "time\n2016-07-01 00:00:00\n2016-07-01T13:45:59\n2016-07-01 23:59\n2016-07-02T00:00:01Z\n2016-07-03\n2016-08\n"
      "1969-12-31 23:00\n");
  const std::chrono::sys_seconds july = std::chrono::sys_days(2016y / 7 / 1);
  const std::vector<std::chrono::sys_seconds> expected{
      july,       july + 13h + 45min + 59s, july + 23h + 59min,           july + 24h + 1s,
      july + 48h, july + 31 * 24h,          std::chrono::sys_seconds(-1h)};
  CHECK((rnnts::read_csv_times(file.path(), "time") == expected));
}

TEST_CASE("read_csv_times reads dates with points that begin with the day") {
  const TemporaryFile file("time\n01.07.2016\n01.07.2016 13:45\n29.02.2016 00:00:01\n");
  const std::chrono::sys_seconds july = std::chrono::sys_days(2016y / 7 / 1);
  const std::vector<std::chrono::sys_seconds> expected{july, july + 13h + 45min,
                                                       std::chrono::sys_days(2016y / 2 / 29) + 1s};
  CHECK((rnnts::read_csv_times(file.path(), "time") == expected));
  for (const std::string text :
       {"29.02.2015", "01.13.2016", "1.07.2016", "01.07.16", "01.07-2016", "01/07/2016", "2016.07.01"}) {
    const TemporaryFile other("time\n" + text + "\n");
    CHECK_THROWS_AS(rnnts::read_csv_times(other.path(), "time"), rnnts::FileError);
  }
}

TEST_CASE("read_csv_times reads dates without dashes") {
  const TemporaryFile file("time\n20160701\n20160229\n");
  CHECK((rnnts::read_csv_times(file.path(), "time") ==
         std::vector<std::chrono::sys_seconds>{std::chrono::sys_days(2016y / 7 / 1),
                                               std::chrono::sys_days(2016y / 2 / 29)}));
  for (const std::string text : {"20150229", "20161301", "2016070", "201607010", "2016 701", "12345678901234567890"}) {
    const TemporaryFile other("time\n" + text + "\n");
    CHECK_THROWS_AS(rnnts::read_csv_times(other.path(), "time"), rnnts::FileError);
  }
}

TEST_CASE("read_csv_dates reads years and quarters and weeks as their first day") {
  const auto first = [](const std::string& text) {
    const TemporaryFile file("date\n" + text + "\n");
    return rnnts::read_csv_dates(file.path(), "date").at(0);
  };
  CHECK(first("1950") == 1950y / 1 / 1);
  CHECK(first("2000Q1") == 2000y / 1 / 1);
  CHECK(first("2000-Q4") == 2000y / 10 / 1);
  CHECK(first("2015-W01") == 2014y / 12 / 29);
  CHECK(first("2015W53") == 2015y / 12 / 28);
  CHECK(first("2016-W01") == 2016y / 1 / 4);
  CHECK(first("2021-W01") == 2021y / 1 / 4);
  for (const std::string text : {"2000Q0", "2000Q5", "2000-Q", "2000Q01", "2000q1", "2014-W53", "2015-W00", "2015-W1",
                                 "2015-", "2015-W011", "2000H1", "195", "19500"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(first(text), rnnts::FileError);
  }
}

TEST_CASE("read_csv_dates reads months that begin with their number, and slashes where the year is first") {
  const TemporaryFile file("date\n01.2016\n12/2016\n2016/07\n2016/07/31\n");
  CHECK((rnnts::read_csv_dates(file.path(), "date") ==
         Dates{2016y / 1 / 1, 2016y / 12 / 1, 2016y / 7 / 1, 2016y / 7 / 31}));
}

TEST_CASE("read_csv_times cuts off fractions of a second") {
  const std::chrono::sys_seconds expected = std::chrono::sys_days(2016y / 7 / 1) + 13h;
  const TemporaryFile one(
      "time\n2016-07-01 13:00:00.000\n2016-07-01T13:00:00.999999+00:00\n\"2016-07-01 13:00:00,5\"\n");
  CHECK((rnnts::read_csv_times(one.path(), "time") == std::vector(3, expected)));
}

TEST_CASE("read_csv_times takes the offset of a zone off") {
  const TemporaryFile file(
      "time\n2016-07-01T13:00:00+02:00\n2016-07-01 13:00+0200\n2016-07-01T13:00+02\n2016-07-01 08:30:00-02:30\n"
      "2016-07-01 11:00Z\n");
  const std::chrono::sys_seconds expected = std::chrono::sys_days(2016y / 7 / 1) + 11h;
  CHECK((rnnts::read_csv_times(file.path(), "time") == std::vector(5, expected)));
  for (const std::string zone : {"+2:00", "+02:0x", "+24:00", "+02:60", "+", "+02-00", "Z+02", "CET", "02:00", "+0x"}) {
    const TemporaryFile other("time\n1981-01-01T00:00:00" + zone + "\n");
    CHECK_THROWS_AS(rnnts::read_csv_times(other.path(), "time"), rnnts::FileError);
  }
}

TEST_CASE("read_csv_times points at what is not a time") {
  for (const std::string text : {"",
                                 "198",
                                 "1981-02-29 00:00",
                                 "1981-01-01 24:00:00",
                                 "1981-01-01 00:60:00",
                                 "1981-01-01 00:00:60",
                                 "1981-01-01 00",
                                 "1981-01-01 0:00:00",
                                 "1981-01-01_00:00:00",
                                 "1981-01-01 00:00:00.",
                                 "1981-01-01 00:00:00.5x",
                                 "1981-01-01 00:00.5",
                                 "1981-01-01T+02:00",
                                 "1981-01 00:00",
                                 "1981-01-01 ZZ",
                                 "1981-01-01TZ",
                                 "1981-01-01 00:00:0x",
                                 "1981-01-01 00-00-00",
                                 "1981-01-01 -1:00",
                                 "1981-01-01Z"}) {
    const TemporaryFile file("value,time\n1," + text + "\n");
    CHECK_THROWS_AS(rnnts::read_csv_times(file.path(), "time"), rnnts::FileError);
    CHECK_THROWS_WITH(
        rnnts::read_csv_times(file.path(), "time"),
        file.path() + ":2:3: column \"time\": expected a time as YYYY-MM-DD HH:MM:SS, found \"" + text + "\"");
  }
}

TEST_CASE("read_csv_dates points at what is not a date") {
  for (const std::string text :
       {"", "198", "1981-02-29", "1981-13", "1981-00-10", "01/02/1981", "1981-1-1", "1981/01-01", "1981-01/01",
        "13/1981", "1981.01", "1981-01-01T24:00", "198a-01-01", "1981-01-0x", "-981-01-01"}) {
    const TemporaryFile file("value,date\n1," + text + "\n");
    CHECK_THROWS_AS(rnnts::read_csv_dates(file.path(), "date"), rnnts::FileError);
    CHECK_THROWS_WITH(
        rnnts::read_csv_dates(file.path(), "date"),
        file.path() + ":2:3: column \"date\": expected a date as YYYY-MM-DD or YYYY-MM, found \"" + text + "\"");
  }
}

TEST_CASE("day_of_year counts from the first of January") {
  CHECK(rnnts::day_of_year(1981y / 1 / 1) == 1);
  CHECK(rnnts::day_of_year(1981y / 12 / 31) == 365);
  CHECK(rnnts::day_of_year(1984y / 2 / 29) == 60);
  CHECK(rnnts::day_of_year(1984y / 12 / 31) == 366);
  CHECK_THROWS_AS(rnnts::day_of_year(1981y / 2 / 29), rnnts::ArgumentError);
}
