#include "rnnts/series/csv_reader.hpp"

#include <string>
#include <utility>

#include "rnnts/core/error.hpp"
#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("a column is named or counted") {
  const CsvColumn named("passengers"), counted(std::size_t{2});
  REQUIRE(named.name() != nullptr);
  CHECK(*named.name() == "passengers");
  CHECK(counted.name() == nullptr);
  CHECK(counted.index() == 2);
}

TEST_CASE("a column keeps the name that it was made from") {
  std::string text = "a name that is not stored in the string itself";
  const CsvColumn column(text);
  text.assign(text.size(), 'x');
  CHECK(*column.name() == "a name that is not stored in the string itself");
}

TEST_CASE("blanks around a field are cut off") {
  CHECK(detail::trimmed(" \ta b\t ") == "a b");
  CHECK(detail::trimmed("x") == "x");
  CHECK(detail::trimmed(" \t ").empty());
  CHECK(detail::trimmed("").empty());
}

TEST_CASE("rows that come one by one are read when they are there, and the next one behind one that is refused") {
  std::string piece =
      "\xEF\xBB\xBF"
      "a;b\r\n";
  detail::CsvReader rows("rows", {.separator = ';'}, [&](std::string& text) { text += std::exchange(piece, ""); });
  CHECK(rows.find("b") == 1);
  CHECK_FALSE(rows.next());
  const auto take = [&](const std::string& line) {
    piece = line;
    return rows.next() ? rows.field(0).text + "|" + rows.field(1).text : "none";
  };
  const auto refused = [&](const std::string& line) -> std::string {
    try {
      return take(line);
    } catch (const FileError& error) {
      return error.what();
    }
  };
  CHECK(take("1;\"2;3\"\r\n") == "1|2;3");
  CHECK(take("\n") == "none");
  CHECK(refused("1\n") == "rows:4:1: expected 2 fields as in the first line, found 1");
  CHECK(refused("1;\"2\"3;4\n") == "rows:5:6: expected a separator or the end of the line after a closing quote");
  CHECK(refused("1;\"2\n") == "rows:6:3: a quote is opened and never closed");
  CHECK(take("4;5\n") == "4|5");
  CHECK(rows.error_at(0, "here").what() == std::string("rows:7:1: here"));
}
