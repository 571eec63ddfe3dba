#include "rnnts/series/csv.hpp"

#include <sys/stat.h>

#include <array>
#include <clocale>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "temporary_file.hpp"

using rnnts::read_csv;

namespace {

using Rows = std::vector<std::array<double, 2>>;

std::vector<double> read(std::string_view text, const rnnts::CsvColumn& column, rnnts::CsvOptions options = {}) {
  return read_csv<double>(TemporaryFile(text).path(), column, options);
}

std::string error(std::string_view text, const rnnts::CsvColumn& column = "x", rnnts::CsvOptions options = {}) {
  return file_error(text, [&](const std::string& path) { read_csv<float>(path, column, options); });
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
  CHECK(error("a,x,x\n1,2,3\n") == "FILE:1:5: there is more than one column \"x\": rename one, or use an index");
  CHECK(error("1,2\n", "x", {.header = false}) ==
        "FILE:1:1: no column \"x\": the file is read without a header, use an index");
}

TEST_CASE("read_csv names ten of many columns, and not all of a long name") {
  std::string header = "c0";
  for (int i = 1; i < 100'000; ++i) header += ",c" + std::to_string(i);
  CHECK(error(header + "\n") ==
        "FILE:1:1: no column \"x\", there are: \"c0\", \"c1\", \"c2\", \"c3\", \"c4\", \"c5\", \"c6\", \"c7\", \"c8\", "
        "\"c9\" and 99990 more");
  const std::string euro = "\xE2\x82\xAC";
  std::string euros;
  for (int i = 0; i < 1000; ++i) euros += euro;
  CHECK(error("a" + euros + "\n") == "FILE:1:1: no column \"x\", there are: \"a" + euros.substr(0, 57) + "...\"");
  CHECK_THAT(error("x\n7" + euros + "\n"), EndsWith("expected a number, found \"7" + euros.substr(0, 57) + "...\""));
}

TEST_CASE("read_csv makes NaN of what stands for a missing number, if it is told what does") {
  const auto values = read("t,x\n0,1\n1,\n2,NA\n3,\" ? \"\n4,5\n", "x", {.missing = {"", "NA", "?"}});
  REQUIRE(values.size() == 5);
  CHECK(values[0] == 1);
  for (const std::size_t i : {1u, 2u, 3u}) CHECK(std::isnan(values[i]));
  CHECK(values[4] == 5);
  CHECK(std::isnan(read("x\n-999\n", "x", {.missing = {"-999"}})[0]));
  CHECK(std::isnan(read("x\nNaN\n", "x", {.missing = {"NaN"}})[0]));
  CHECK(error("x,y\n,1\n", "x", {.missing = {"NA"}}) ==
        "FILE:2:1: column \"x\": expected a number, found nothing; if it is missing, put \"\" into "
        "CsvOptions::missing");
}

TEST_CASE("read_csv reads what comes in pieces, wherever these end") {
  // Fields, quotes and line ends of all kinds at the end of a block of 65536 characters.
  for (std::size_t shift = 0; shift < 12; ++shift) {
    std::string text = "x,name\r\n";
    std::vector<double> expected{0};
    text += "0," + std::string(65'500 - shift, '-') + "\r\n";
    for (int i = 1; i < 20; ++i) {
      text += std::to_string(i) + ",\"a \"\"\r\n\"\r\n";
      expected.push_back(i);
    }
    CHECK(read(text, "x") == expected);
    CHECK(error(text + "1,2,3\n") == "FILE:41:5: expected 2 fields as in the first line, found 3");
    CHECK(error(text + "\xC3\xA4,\n", 0) ==
          "FILE:41:1: column \"x\": expected a number, found \"\xC3\xA4\""
          "; if it is missing, put \"\xC3\xA4\" into CsvOptions::missing");
  }
}

TEST_CASE("read_csv reads from a pipe") {
  const auto path = unique_path("pipe").string();
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  std::thread writer([&] { std::ofstream(path) << "x\n1\n" << std::flush << "2\n"; });
  CHECK(read_csv<double>(path, "x") == std::vector<double>{1, 2});
  writer.join();
  std::filesystem::remove(path);
}

TEST_CASE("read_csv points at ragged rows") {
  CHECK(error("a,x\n1,2\n1,2,3\n") == "FILE:3:5: expected 2 fields as in the first line, found 3");
  CHECK(error("a,x\n1,2\n\n1\n") == "FILE:4:1: expected 2 fields as in the first line, found 1");
}

TEST_CASE("read_csv points at fields that are no numbers") {
  CHECK(error("a,x\n1,2\n1, abc\n") ==
        "FILE:3:3: column \"x\": expected a number, found \"abc\"; if it is missing, put \"abc\" into "
        "CsvOptions::missing");
  CHECK(error("a,x\n1,12 km\n") == "FILE:2:3: column \"x\": expected a number, found \"12 km\"");
  CHECK(error("a,x\n1,\"1,5\"\n") ==
        "FILE:2:3: column \"x\": expected a number, found \"1,5\", which is one with another CsvOptions::decimal");
  CHECK(error("a,x\n1,+-5\n") == "FILE:2:3: column \"x\": expected a number, found \"+-5\"");
  CHECK(error("a,x\n1,0x10\n") == "FILE:2:3: column \"x\": expected a number, found \"0x10\"");
  CHECK(
      error("a,x\n1,\n") ==
      "FILE:2:3: column \"x\": expected a number, found nothing; if it is missing, put \"\" into CsvOptions::missing");
  CHECK(
      error("x\n\"\"\n") ==
      "FILE:2:1: column \"x\": expected a number, found nothing; if it is missing, put \"\" into CsvOptions::missing");
  CHECK(error("1,2\n3,?\n", 1, {.header = false}) ==
        "FILE:2:3: column 1: expected a number, found \"?\"; if it is missing, put \"?\" into CsvOptions::missing");
}

TEST_CASE("read_csv points at numbers that it cannot take") {
  CHECK(error("x\n1e39\n") == "FILE:2:1: column \"x\": \"1e39\" is too large or too small");
  CHECK(error("x\n1\n1e-99\n") == "FILE:3:1: column \"x\": \"1e-99\" is too large or too small");
  CHECK(
      error("x\nNaN\n") ==
      "FILE:2:1: column \"x\": \"NaN\" is not a finite number; if it is missing, put \"NaN\" into CsvOptions::missing");
  CHECK(error("x\n-inf\n") ==
        "FILE:2:1: column \"x\": \"-inf\" is not a finite number; if it is missing, put \"-inf\" into "
        "CsvOptions::missing");
  CHECK(read("x\n1e39\n", "x") == std::vector<double>{1e39});
}

TEST_CASE("read_csv counts lines in quotes, and characters instead of bytes") {
  CHECK(error("a,x\n\"1\n2\n3\",4\n\"\xC3\xA4\xE2\x82\xAC\",?\n") ==
        "FILE:5:6: column \"x\": expected a number, found \"?\"; if it is missing, put \"?\" into CsvOptions::missing");
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

TEST_CASE("read_csv reads decimals behind a comma if it is told so") {
  const rnnts::CsvOptions comma{.separator = ';', .decimal = ',', .missing = {""}};
  CHECK(read("a;x\n0;1,5\n0;-2\n0; +1,5e3 \n0;,5\n", "x", comma) == std::vector<double>{1.5, -2, 1500, 0.5});
  CHECK(read("a,x\n0,\"1,5\"\n", "x", {.decimal = ','}) == std::vector<double>{1.5});
  CHECK(error("a;x\n0;1.5\n", "x", comma) ==
        "FILE:2:3: column \"x\": expected a number, found \"1.5\", which is one with another CsvOptions::decimal");
  CHECK(error("a;x\n0;1,5\n", "x", {.separator = ';'}) ==
        "FILE:2:3: column \"x\": expected a number, found \"1,5\", which is one with another CsvOptions::decimal");
  for (const std::string text : {"1,2,3", "1.234,5", "1,2 3"}) {
    CHECK(error("x\n" + text + "\n", "x", comma) ==
          "FILE:2:1: column \"x\": expected a number, found \"" + text + "\"");
  }
}

TEST_CASE("read_csv reads digits that are grouped by blanks and apostrophes if it is told so") {
  const rnnts::CsvOptions french{.separator = ';', .decimal = ',', .thousands = ' '};
  CHECK(read("x\n1 234,5\n-12\xC2\xA0"
             "345\xC2\xA0"
             "678\n1\xE2\x80\xAF"
             "234,56\n1,5\n",
             "x", french) == std::vector<double>{1234.5, -12345678, 1234.56, 1.5});
  CHECK(read("x\n1'234.5\n1\xE2\x80\x99"
             "234\n",
             "x", {.thousands = '\''}) == std::vector<double>{1234.5, 1234});
  for (const std::string text : {"12 34,5", "1  234", "1'234", "1 234 ,5", "1.234,5"}) {
    CHECK_THAT(error("x\n" + text + "\n", "x", french), StartsWith("FILE:2:1: column \"x\": expected a number"));
  }
}

TEST_CASE("read_csv reads numbers with a unit if it is told which") {
  const rnnts::CsvOptions options{
      .separator = ';', .decimal = ',', .thousands = ' ', .units = {"%", "\xE2\x82\xAC", "EUR"}};
  CHECK(read("x\n12 %\n-5%\n\xE2\x82\xAC 1 234,50\n-\xE2\x82\xAC"
             "5\n1 234,50\xC2\xA0\xE2\x82\xAC\nEUR-3\n+7 EUR\n8\n",
             "x", options) == std::vector<double>{12, -5, 1234.5, -5, 1234.5, -3, 7, 8});
  for (const std::string text : {"%", "12 kg", "% 12 %", "1% 2", "--5 %"}) {
    CHECK_THAT(error("x\n" + text + "\n", "x", options), StartsWith("FILE:2:1: column \"x\": expected a number"));
  }
  CHECK_THAT(error("x\n12 %\n"), EndsWith("expected a number, found \"12 %\""));
  CHECK_THAT(error("x\n1.5 %\n", "x", options), EndsWith("\"1.5 %\", which is one with another CsvOptions::decimal"));
}

TEST_CASE("read_csv reads digits that are grouped if it is told so") {
  const rnnts::CsvOptions german{.separator = ';', .decimal = ',', .thousands = '.'};
  CHECK(read("x\n1.234,5\n-12.345.678\n+123.456\n1,5\n1234,5\n", "x", german) ==
        std::vector<double>{1234.5, -12345678, 123456, 1.5, 1234.5});
  CHECK(read("x\n\"1,234.5\"\n", "x", {.thousands = ','}) == std::vector<double>{1234.5});
  for (const std::string text : {"1.5", "12.34,5", "1.2345", "1234.567", ".234", "1..234", "1,234.567", "0.123",
                                 "1.234.", "1.234,5.6", "-", ","}) {
    CHECK_THAT(error("x\n" + text + "\n", "x", german), StartsWith("FILE:2:1: column \"x\": expected a number"));
  }
}
