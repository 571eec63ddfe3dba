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

TEST_CASE("read_csv_dates points at what is not a date") {
  for (const std::string text : {"", "1981", "1981-02-29", "1981-13", "1981-00-10", "01.02.1981", "1981-1-1",
                                 "1981/01/01", "1981-01-01T00:00", "198a-01-01", "1981-01-0x", "-981-01-01"}) {
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
