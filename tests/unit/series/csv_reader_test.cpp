#include "rnnts/series/csv_reader.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "support/catch.hpp"
#include "temporary_file.hpp"

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

TEST_CASE("a first line may say what the separator is") {
  for (const std::string_view begin : {"sep=;\n", "\xEF\xBB\xBFsep=;\r\n"}) {
    const TemporaryFile file(std::string(begin) + "a;b\n1;2,5\nx\n");
    detail::CsvReader rows(file.path(), {});
    CHECK(rows.options().separator == ';');
    CHECK(rows.names() == std::vector<std::string>{"a", "b"});
    REQUIRE(rows.next());
    CHECK(rows.field(1).text == "2,5");
    CHECK_THROWS_WITH(rows.next(), file.path() + ":4:1: expected 2 fields as in the first line, found 1");
  }
  for (const std::string_view text : {"sep=\n", "sep=;x\n", "sep=", "separator=;\n"}) {
    const TemporaryFile file(text);
    CHECK(detail::CsvReader(file.path(), {}).options().separator == ',');
  }
}

TEST_CASE("text of two bytes for each character is refused by its name") {
  using namespace std::string_view_literals;
  for (const std::string_view text : {"\xFF\xFEy\0\n\0"sv, "\xFE\xFF\0y\0\n"sv, "y\0\n\0"sv}) {
    const TemporaryFile file(text);
    CHECK_THROWS_WITH(detail::CsvReader(file.path(), {}),
                      file.path() + ":1:1: expected text in UTF-8, found UTF-16; save the file as CSV in UTF-8");
  }
}

TEST_CASE("columns that are joined follow those of the file") {
  const TemporaryFile file("day,y,hour\n2024-02-01,3, 10:00 \n2024-02-02,4,\n1,2\n");
  detail::CsvReader rows(file.path(),
                         {.joined = {{"day,hour", {"day", "hour"}, ' '}, {"y", {"day"}}, {"t", {"y", "day"}, '/'}}});
  CHECK(rows.names() == std::vector<std::string>{"day", "y", "hour", "day,hour", "t"});
  CHECK(rows.width() == 3);
  const std::size_t joined = rows.find("day,hour");
  REQUIRE(rows.next());
  CHECK(rows.field(joined).text == "2024-02-01 10:00");
  CHECK(rows.field(rows.find("t")).text == "3/2024-02-01");
  CHECK(rows.describe(joined) == "column \"day,hour\"");
  REQUIRE(rows.next());
  CHECK(rows.field(joined).text == "2024-02-02 ");
  CHECK(rows.fields() == 5);
  CHECK_THROWS_WITH(rows.next(), file.path() + ":4:3: expected 3 fields as in the first line, found 2");

  const TemporaryFile more("a,b\n1,2,3\n");  // as many fields as there are with the joined column
  detail::CsvReader wide(more.path(), {.joined = {{"c", {"a", "b"}}}});
  CHECK_THROWS_WITH(wide.next(), more.path() + ":2:5: expected 2 fields as in the first line, found 3");
  CHECK_THROWS_WITH(detail::CsvReader(more.path(), {.joined = {{"c", {"a", "x"}}}}),
                    more.path() + ":1:1: no column \"x\", there are: \"a\", \"b\"");
  CHECK_THROWS_AS(detail::CsvReader(more.path(), {.joined = {{"c", {}}}}), ArgumentError);
}
