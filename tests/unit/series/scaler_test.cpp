#include "rnnts/series/scaler.hpp"

#include <array>
#include <concepts>
#include <limits>
#include <list>
#include <vector>

#include "rnnts/series/scale.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// x -> (x - 10) / 10
MinMaxScaler<float> tenths() {
  MinMaxScaler<float> scaler;
  scaler.set(10, 20);
  return scaler;
}

/// The same, and x -> (x - 100) / 100
MinMaxScaler<std::array<float, 2>> tenths_and_hundredths() {
  MinMaxScaler<std::array<float, 2>> scaler;
  scaler.set({10, 100}, {20, 200});
  return scaler;
}

}  // namespace

TEST_CASE("scalers take predictions, and give a tensor of the same shape") {
  const xt::xtensor<float, 2> predictions{{0}, {1}, {0.5}};
  const auto values = tenths().inverse_transform(predictions);
  STATIC_REQUIRE(std::same_as<decltype(values), const xt::xtensor<float, 2>>);
  CHECK((values == xt::xtensor<float, 2>{{10}, {20}, {15}}));
  CHECK((tenths().transform(values) == predictions));
  CHECK((tenths().inverse_transform(predictions + 1) == xt::xtensor<float, 2>{{20}, {30}, {25}}));

  const xt::xtensor<float, 3> sequences{{{0}, {1}}, {{2}, {3}}};
  CHECK((tenths().inverse_transform(sequences) == xt::xtensor<float, 3>{{{10}, {20}}, {{30}, {40}}}));
  CHECK(tenths().inverse_transform(xt::xtensor_fixed<float, xt::xshape<2>>{0, 1}) == std::vector<float>{10, 20});
}

TEST_CASE("scalers take nested ranges, and give vectors of what their elements give") {
  const std::list<std::array<double, 2>> forecasts{{0, 1}, {2, 3}};
  CHECK(tenths().inverse_transform(forecasts) == std::vector<std::array<float, 2>>{{10, 20}, {30, 40}});
  const std::vector<std::vector<int>> ragged{{10}, {20, 30}};
  CHECK(tenths().transform(ragged) == std::vector<std::vector<float>>{{0}, {1, 2}});
}

TEST_CASE("scalers of rows take tensors and ranges whose last dimension is the columns") {
  const auto scaler = tenths_and_hundredths();
  using Row = std::array<float, 2>;
  CHECK(scaler.inverse_transform(xt::xtensor<float, 2>{{0, 1}, {1, 0}}) == std::vector<Row>{{10, 200}, {20, 100}});
  CHECK((scaler.inverse_transform(xt::xtensor<float, 3>{{{0, 1}, {1, 0}}, {{1, 1}, {0, 0}}}) ==
         xt::xtensor<float, 3>{{{10, 200}, {20, 100}}, {{20, 200}, {10, 100}}}));
  CHECK(scaler.inverse_transform(std::vector{std::vector<Row>{{0, 1}}}) == std::vector{std::vector<Row>{{10, 200}}});
  CHECK_THROWS_AS(scaler.transform(xt::xtensor<float, 3>{{{1, 2, 3}}}), ShapeError);
  CHECK_THROWS_WITH(scaler.transform(xt::xtensor<float, 3>{{{1, 2, 3}}}),
                    "MinMaxScaler: row 0 (counted from 0) has 3 columns, expected 2");
}

TEST_CASE("of several dimensions, all values count for a fit, and a value that is not finite is named") {
  MinMaxScaler<float> scaler;
  scaler.fit(std::vector<std::vector<float>>{{3, 1}, {5}});
  CHECK(scaler.minimum() == 1);
  CHECK(scaler.maximum() == 5);
  CHECK_THROWS_WITH(scaler.transform(xt::xtensor<float, 2>{{1, 2}, {std::numeric_limits<float>::infinity(), 2}}),
                    "MinMaxScaler: value 2 (counted from 0) is inf, expected a finite number");
}
