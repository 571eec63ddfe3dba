#include "rnnts/series/find_csv_options.hpp"

#include <string>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "support/catch.hpp"
#include "temporary_file.hpp"

namespace {

/// The separator, and behind it the decimal mark.
std::string found(std::string_view text) {
  const TemporaryFile file(text);
  const auto options = rnnts::find_csv_options(file.path(), {.missing = {"", "NA"}});
  CHECK(options.missing.size() == 2);
  return {options.separator, options.decimal};
}

std::string error(std::string_view text) {
  return file_error(text, [](const std::string& path) { rnnts::find_csv_options(path); });
}

}  // namespace

TEST_CASE("find_csv_options finds what is between fields") {
  CHECK(found("day,y\n2024-01-01,1\n") == ",.");
  CHECK(found("day;y\n2024-01-01;1\n") == ";.");
  CHECK(found("day\ty\r\n2024-01-01\t1.25\r\n") == "\t.");
  CHECK(found("\xEF\xBB\xBF\"day\"|\"y\"\n2024-01-01|1.5\n") == "|.");
  CHECK(found("y\n1\n2\n") == ",.");
  CHECK(found("y\n") == ",.");
  CHECK(found("\"a;b\",\"c;d\"\n1,2\n") == ",.");
  CHECK(found("name,note\nx,a; b\ny,c; d\n") == ",.");
}

TEST_CASE("find_csv_options finds what is before decimals") {
  CHECK(found("day;y\n2024-01-01;1,5\n2024-01-02;NA\n") == ";,");
  CHECK(found("day;y, z\n2024-01-01;1,5\n2024-01-02;1,25\n") == ";,");
  CHECK(found("day\ty\n2024-01-01\t1.234\n2024-01-02\t-0,5\n") == "\t,");
  CHECK(found("\"day\",\"y\"\n\"2024-01-01\",\"1,5\"\n") == ",,");
  CHECK(found("y\n1,5\n2,5\n") == ";,");
  CHECK(found("a;b\n1;2.5\n") == ";.");
  CHECK(found("a;b\n1.234;0.5\n") == ";.");
  CHECK(found("a,b\n1.234,5.678\n") == ",.");
  std::string late = "a;b\n";
  for (int row = 0; row < 1000; ++row) late += "1;2\n";
  CHECK(found(late + "1;2,5\n") == ";,");
}

TEST_CASE("find_csv_options finds decimals behind digits that are grouped") {
  CHECK(found("a;b\n1;1.234,50\n") == ";,");
  CHECK(found("a;b\n1;1.234.567\n") == ";,");
  CHECK(found("a,b\n1,\"1,234.5\"\n") == ",.");
  CHECK(found("a,b\n1,\"1,234,567\"\n") == ",.");
  CHECK(found("a;b\n1.234;1,5\n") == ";,");
  const TemporaryFile file("x\n\"1.234\"\n\"3,5\"\n"), plain("x\n1.234\n3.5\n"), whole("x\n1\n");
  CHECK(rnnts::find_csv_options(file.path()).thousands == '.');
  CHECK(rnnts::find_csv_options(plain.path()).thousands == ',');
  CHECK(rnnts::find_csv_options(whole.path()).thousands == '\0');
  CHECK(error("a;b\n0;1.234,5\n0;1,234.5\n") ==
        "FILE:3:3: column \"b\": expected one mark before decimals, found \"1,234.5\", and \"1.234,5\" before it; name "
        "the decimal mark");
}

TEST_CASE("find_csv_options finds blanks and apostrophes between digits") {
  const auto marks = [](std::string_view text) {
    const TemporaryFile file(text);
    const auto options = rnnts::find_csv_options(file.path());
    return std::string{options.separator, options.decimal, options.thousands};
  };
  CHECK(marks("date;ventes\n2023-01-01;2 103,05\n") == ";, ");
  CHECK(marks("date;ventes\n2023-01-01;2\xC2\xA0"
              "103,056\n") == ";, ");
  CHECK(marks("date;ventes\n2023-01-01 10:00;2\xE2\x80\xAF"
              "103\n") == ";. ");
  CHECK(marks("Datum;Umsatz\n2023-01-01;2'103.05\n") == ";.'");
  CHECK(marks("Datum,Umsatz\n2023-01-01,2\xE2\x80\x99"
              "103\n") == ",.'");
  CHECK(marks("x,note\n1.5,12 34\n") == ",.,");
}

TEST_CASE("find_csv_options leaves what is wrong in a row to the reader") {
  CHECK(found("day,y\n2024-01-01,1\n2024-01-02,2,3\n") == ",.");
  CHECK(found("id,1\na,1,2\nb,3\n") == ",.");
}

TEST_CASE("find_csv_options refuses a file that can be read in two ways") {
  CHECK(error("a\tb;c\n1\t2;3\n") ==
        "FILE:1:1: expected one separator of fields, found that a semicolon and a tab would do alike; name the "
        "separator");
  for (const std::string number : {"1,234", "-12.345", "+123,456"}) {
    CHECK(error("a;b\n0;1\n0;" + number + "\n") ==
          "FILE:3:3: column \"b\": expected numbers that can be read in one way, "
          "found \"" +
              number + "\", with decimals or with thousands; name the decimal mark");
  }
  CHECK(error("a;b\n0;1,5\n0;1.5\n") ==
        "FILE:3:3: column \"b\": expected one mark before decimals, found \"1.5\", and \"1,5\" before it; name the "
        "decimal mark");
  CHECK(error("") == "FILE:1:1: the file is empty");
}

TEST_CASE("find_csv_options believes a file that says its separator") {
  CHECK(found("sep=;\nday;y\n2024-01-01;1,5\n") == ";,");
  CHECK(found("sep=,\n\"a;b\",y\n1;2,5\n") == ",.");
  const TemporaryFile file("sep=;\nday;y\n2024-01-01;1,5\n");  // by which it is read, whatever is given
  CHECK(rnnts::find_csv_options(file.path(), {}, ',').separator == ';');
}

TEST_CASE("find_csv_options looks at numbers without their units and at no times") {
  const TemporaryFile file("Monat;Umsatz\n01.2024;1.234,50 %\n02.2024;2.234,50 %\n");
  const auto options = rnnts::find_csv_options(file.path(), {.units = {"%"}});
  CHECK(options.separator == ';');
  CHECK(options.decimal == ',');
  CHECK(options.thousands == '.');
}

TEST_CASE("find_csv_options finds the separator where a column that is to be joined is not there") {
  const TemporaryFile file("day;hour;y\n2024-01-01;10:00;1\n");
  CHECK(rnnts::find_csv_options(file.path(), {.joined = {{"when", {"day", "hour"}}}}).separator == ';');
  CHECK_THROWS_WITH(rnnts::find_csv_options(file.path(), {.joined = {{"when", {"day", "time"}}}}),
                    file.path() + ":1:1: no column \"time\", there are: \"day\", \"hour\", \"y\"");
}

TEST_CASE("find_csv_options takes what it is given") {
  const TemporaryFile file("a;b,c\n1,234;5\n");
  const auto options = rnnts::find_csv_options(file.path(), {}, ',', ',');
  CHECK(options.separator == ',');
  CHECK(options.decimal == ',');
  CHECK(rnnts::find_csv_options(file.path(), {}, {}, '.').separator == ';');
  CHECK(rnnts::find_csv_options(file.path(), {}, '\t').decimal == '.');
}
