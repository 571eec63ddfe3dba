#include "rnnts/core/text.hpp"

#include "support/catch.hpp"

TEST_CASE("numbers are rounded to significant digits") {
  CHECK(rnnts::detail::rounded(44.3219) == "44.32");
  CHECK(rnnts::detail::rounded(0.00012345678) == "0.0001235");
  CHECK(rnnts::detail::rounded(1234567, 2) == "1.2e+06");
}

TEST_CASE("shapes are written as tuples") {
  CHECK(rnnts::detail::shape_text(std::vector<std::size_t>{2, 3}) == "(2, 3)");
  CHECK(rnnts::detail::shape_text(std::vector<int>{7}) == "(7)");
}

TEST_CASE("tables align the first column to the left and numbers to the right") {
  CHECK(rnnts::detail::format_table({{"name", "n"}, {"a", "10"}, {"bcdefg", "7"}}) ==
        "name     n\n"
        "----------\n"
        "a       10\n"
        "bcdefg   7\n");
}
