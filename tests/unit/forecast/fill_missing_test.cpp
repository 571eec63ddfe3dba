#include "rnnts/forecast/fill_missing.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"

using rnnts::MissingValue;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

std::vector<double> filled(std::vector<double> values, MissingValue by, std::size_t season = 0) {
  std::size_t missing = 0;
  for (const double value : values) missing += std::isnan(value) ? 1u : 0u;
  CHECK(rnnts::fill_missing(values, by, season) == missing);
  return values;
}

using Values = std::vector<double>;

}  // namespace

TEST_CASE("fill_missing goes on with the last known value") {
  CHECK(filled({none, none, 1, none, 2, none}, MissingValue::forward) == Values{1, 1, 1, 1, 2, 2});
}

TEST_CASE("fill_missing draws a line between known values") {
  CHECK(filled({none, 1, none, none, 4, none, 2, none}, MissingValue::linear) == Values{1, 1, 2, 3, 4, 3, 2, 2});
}

TEST_CASE("fill_missing takes the value of a season ago and else that of a season later") {
  CHECK(filled({1, none, 3, none, 5, none, none, 8}, MissingValue::seasonal, 3) == Values{1, 5, 3, 1, 5, 3, 1, 8});
  CHECK(filled({none, 1, none, 3, none, none, none, none}, MissingValue::seasonal, 2) ==
        Values{1, 1, 2, 3, 3, 3, 3, 3});  // no even position is known: a line between those beside it
  CHECK(filled({none, 2, none, none}, MissingValue::seasonal, 9) == Values{2, 2, 2, 2});
}

TEST_CASE("fill_missing leaves whole series alone and refuses what it cannot fill") {
  CHECK(filled({1, 2}, MissingValue::linear) == Values{1, 2});
  CHECK(filled({}, MissingValue::forward).empty());
  Values unknown{none, none}, known{1, none};
  CHECK_THROWS_WITH(rnnts::fill_missing(unknown, MissingValue::linear),
                    "fill_missing: expected at least 1 value that is known, found none of 2");
  CHECK_THROWS_WITH(rnnts::fill_missing(known, MissingValue::seasonal),
                    "fill_missing: expected a season of at least 1 step, found 0");
}
