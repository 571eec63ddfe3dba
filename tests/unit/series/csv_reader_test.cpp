#include "rnnts/series/csv_reader.hpp"

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("a column is named or counted") {
  const CsvColumn named("passengers"), counted(std::size_t{2});
  REQUIRE(named.name() != nullptr);
  CHECK(*named.name() == "passengers");
  CHECK(counted.name() == nullptr);
  CHECK(counted.index() == 2);
}

TEST_CASE("blanks around a field are cut off") {
  CHECK(detail::trimmed(" \ta b\t ") == "a b");
  CHECK(detail::trimmed("x") == "x");
  CHECK(detail::trimmed(" \t ").empty());
  CHECK(detail::trimmed("").empty());
}
