#include "rnnts/series/csv.hpp"

#include <array>
#include <clocale>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "temporary_file.hpp"

using rnnts::read_csv;

namespace {

using Rows = std::vector<std::array<double, 2>>;

std::vector<double> read(std::string_view text, const rnnts::CsvColumn& column, rnnts::CsvOptions options = {}) {
  return read_csv<double>(TemporaryFile(text).path(), column, options);
}

/// The message of the FileError, with "FILE" instead of the path.
std::string error(std::string_view text, const rnnts::CsvColumn& column = "x", rnnts::CsvOptions options = {}) {
  const TemporaryFile file(text);
  try {
    read_csv<float>(file.path(), column, options);
  } catch (const rnnts::FileError& error) {
    std::string message = error.what();
    REQUIRE(message.starts_with(file.path()));
    return message.replace(0, file.path().size(), "FILE");
  }
  return "no FileError";
}

}  // namespace

TEST_CASE("read_csv finds a column by name or index") {
  const std::string text = "month,passengers\n1949-01,112\n1949-02,118\n";
  CHECK(read(text, "passengers") == std::vector<double>{112, 118});
  CHECK(read(text, std::string("passengers")) == std::vector<double>{112, 118});
  CHECK(read(text, 1) == std::vector<double>{112, 118});
}

TEST_CASE("read_csv reads several columns into rows, in the order asked for") {
  const TemporaryFile file("day,low,high\nMon,1,2\nTue,3,4.5\n");
  const auto rows = read_csv<double>(file.path(), {"high", "low"});
  STATIC_REQUIRE(std::is_same_v<decltype(rows), const Rows>);
  CHECK(rows == Rows{{2, 1}, {4.5, 3}});
  CHECK(read_csv<double>(file.path(), {1, 2}) == Rows{{1, 2}, {3, 4.5}});
  CHECK(read_csv<float>(file.path(), {"low", "high", "low"})[1] == std::array{3.0f, 4.5f, 3.0f});
}

TEST_CASE("read_csv reads what programs write") {
  const std::vector<double> expected{1, 2};
  CHECK(read("x\r\n1\r\n2\r\n", "x") == expected);
  CHECK(read("x\n1\n2", "x") == expected);
  CHECK(read("x\r\n1\r\n2\r", "x") == expected);
  CHECK(read("\xEF\xBB\xBFx\n1\n2\n", "x") == expected);
  CHECK(read("\n\nx\n\n1\n  \n2\n\n", "x") == expected);
  CHECK(read("a , x\n0 , 1\n0,\t2 \n", "x") == expected);
  CHECK(read("\"x\"\n\"1\"\n\" 2 \"\n", "x") == expected);
  CHECK(read("\"a,\"\"b\"\"\n\",x\n\"1\n,\"\"\",1\n,2\n", "x") == expected);
  CHECK(read("\"say \"\"x\"\"\"\n1\n2\n", "say \"x\"") == expected);
  CHECK(read("a;x\n0;1\n0;2\n", "x", {.separator = ';'}) == expected);
  CHECK(read("a\tx\n0\t1\n\t2\n", "x", {.separator = '\t'}) == expected);
  CHECK(read("0,1\n0,2\n", 1, {.header = false}) == expected);
}

TEST_CASE("read_csv knows every way to write a finite number") {
  CHECK(read("x\n-1.5\n+2\n1e3\n.5\n-0\n1E-2\n", "x") == std::vector<double>{-1.5, 2, 1000, 0.5, 0, 0.01});
}

TEST_CASE("read_csv looks only into the columns asked for") {
  CHECK(read("a,x\nNaN,1\n,2\n", "x") == std::vector<double>{1, 2});
  CHECK(read("a,a,x\n1,2,3\n", "x") == std::vector<double>{3});
}

TEST_CASE("read_csv says why a file cannot be read") {
  CHECK_THROWS_AS(read_csv<float>("no/such.csv", 0), rnnts::FileError);
  CHECK_THROWS_WITH(read_csv<float>("no/such.csv", 0), "no/such.csv: cannot be opened: No such file or directory");
  const auto folder = std::filesystem::temp_directory_path().string();
  CHECK_THROWS_WITH(read_csv<float>(folder, 0), folder + ": cannot be read: Is a directory");
}

TEST_CASE("read_csv needs rows") {
  CHECK(error("") == "FILE:1:1: the file is empty");
  CHECK(error("\n \r\n") == "FILE:1:1: the file is empty");
  CHECK(error("x,y\n") == "FILE:1:1: there are no rows below the header");
}

TEST_CASE("read_csv names the columns there are") {
  CHECK(error("a, b\n1,2\n") == "FILE:1:1: no column \"x\", there are: \"a\", \"b\"");
  CHECK(error("a,b\n1,2\n", 2) == "FILE:1:1: no column 2: there are 2, counted from 0");
  CHECK(error("a,x,x\n1,2,3\n") == "FILE:1:5: there is more than one column \"x\", use an index");
  CHECK(error("1,2\n", "x", {.header = false}) ==
        "FILE:1:1: no column \"x\": the file is read without a header, use an index");
}

TEST_CASE("read_csv points at ragged rows") {
  CHECK(error("a,x\n1,2\n1,2,3\n") == "FILE:3:5: expected 2 fields as in the first line, found 3");
  CHECK(error("a,x\n1,2\n\n1\n") == "FILE:4:1: expected 2 fields as in the first line, found 1");
}

TEST_CASE("read_csv points at fields that are no numbers") {
  CHECK(error("a,x\n1,2\n1, abc\n") == "FILE:3:3: column \"x\": expected a number, found \"abc\"");
  CHECK(error("a,x\n1,12 km\n") == "FILE:2:3: column \"x\": expected a number, found \"12 km\"");
  CHECK(error("a,x\n1,\"1,5\"\n") == "FILE:2:3: column \"x\": expected a number, found \"1,5\"");
  CHECK(error("a,x\n1,+-5\n") == "FILE:2:3: column \"x\": expected a number, found \"+-5\"");
  CHECK(error("a,x\n1,0x10\n") == "FILE:2:3: column \"x\": expected a number, found \"0x10\"");
  CHECK(error("a,x\n1,\n") == "FILE:2:3: column \"x\": expected a number, found nothing");
  CHECK(error("x\n\"\"\n") == "FILE:2:1: column \"x\": expected a number, found nothing");
  CHECK(error("1,2\n3,?\n", 1, {.header = false}) == "FILE:2:3: column 1: expected a number, found \"?\"");
}

TEST_CASE("read_csv points at numbers that it cannot take") {
  CHECK(error("x\n1e39\n") == "FILE:2:1: column \"x\": \"1e39\" is too large or too small");
  CHECK(error("x\n1\n1e-99\n") == "FILE:3:1: column \"x\": \"1e-99\" is too large or too small");
  CHECK(error("x\nNaN\n") == "FILE:2:1: column \"x\": \"NaN\" is not a finite number");
  CHECK(error("x\n-inf\n") == "FILE:2:1: column \"x\": \"-inf\" is not a finite number");
  CHECK(read("x\n1e39\n", "x") == std::vector<double>{1e39});
}

TEST_CASE("read_csv counts lines in quotes, and characters instead of bytes") {
  CHECK(error("a,x\n\"1\n2\n3\",4\n\"\xC3\xA4\xE2\x82\xAC\",?\n") ==
        "FILE:5:6: column \"x\": expected a number, found \"?\"");
}

TEST_CASE("read_csv points at broken quotes") {
  CHECK(error("a,x\n1,\"2\n3,4\n") == "FILE:2:3: a quote is opened and never closed");
  CHECK(error("a,x\n1,\"2\"3\n") == "FILE:2:6: expected a separator or the end of the line after a closing quote");
}

TEST_CASE("read_csv does not depend on the locale") {
  const std::string before = std::setlocale(LC_NUMERIC, nullptr);
  std::setlocale(LC_NUMERIC, "de_DE.UTF-8");  // where there is one, it has a decimal comma
  CHECK(read("x\n1.5\n", "x") == std::vector<double>{1.5});
  std::setlocale(LC_NUMERIC, before.c_str());
}
