#include "rnnts/series/csv_reader.hpp"

#include <string>

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
