#include "rnnts/series/scale.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <list>
#include <ranges>
#include <string>
#include <vector>

#include "support/catch.hpp"

using rnnts::MinMaxScaler;
using rnnts::StandardScaler;

namespace {
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();
using Pairs = std::vector<std::array<double, 2>>;
}  // namespace

TEST_CASE("MinMaxScaler maps the extremes of the fitted series to 0 and 1") {
  MinMaxScaler<float> scaler;
  CHECK(scaler.fit_transform(std::vector<float>{4, 2, 6, 3}) == std::vector<float>{0.5, 0, 1, 0.25});
  CHECK(scaler.transform(8) == 1.5f);
  CHECK(scaler.inverse_transform(1.5f) == 8);
  CHECK(scaler.transform(std::vector<float>{2, 0}) == std::vector<float>{0, -0.5});
  CHECK(scaler.inverse_transform(std::vector<float>{0, 1, -0.5}) == std::vector<float>{2, 6, 0});
}

TEST_CASE("MinMaxScaler maps to a feature range") {
  MinMaxScaler<double> scaler(-1, 1);
  CHECK(scaler.fit_transform(std::vector<double>{10, 20, 15}) == std::vector<double>{-1, 1, 0});
  CHECK(scaler.inverse_transform(0.5) == 17.5);
  CHECK_THROWS_AS(MinMaxScaler<float>(1, 1), rnnts::ArgumentError);
  CHECK_THROWS_WITH(MinMaxScaler<float>(1, -1),
                    "MinMaxScaler: expected a feature range with low < high, found [1, -1]");
}

TEST_CASE("StandardScaler maps to mean 0 and the population's standard deviation 1") {
  StandardScaler<double> scaler;
  const auto scaled = scaler.fit_transform(std::vector<double>{2, 4, 4, 4, 5, 5, 7, 9});  // mean 5, deviation 2
  CHECK(scaled == std::vector<double>{-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2});
  CHECK(scaler.transform(11.0) == 3);
  CHECK(scaler.inverse_transform(scaled) == std::vector<double>{2, 4, 4, 4, 5, 5, 7, 9});
}

TEST_CASE("StandardScaler keeps its precision far from 0 and for tiny spreads") {
  CHECK(StandardScaler<double>().fit_transform(std::vector<double>{1e9, 1e9 + 2}) == std::vector<double>{-1, 1});
  CHECK(StandardScaler<double>().fit_transform(std::vector<double>{1e-200, 3e-200})[1] == Approx(1));
}

TEST_CASE("scalers take any forward range, of any kind of number") {
  const std::vector<float> expected{0, 0.5, 1};
  CHECK(MinMaxScaler<float>().fit_transform(std::list<int>{1, 2, 3}) == expected);
  CHECK(MinMaxScaler<float>().fit_transform(std::views::iota(1, 4)) == expected);
  CHECK(MinMaxScaler<float>().fit_transform(std::vector<double>{1, 2, 3} | std::views::all) == expected);
}

TEST_CASE("scalers treat the columns of rows one by one") {
  const Pairs rows{{1, 100}, {3, 300}, {2, 150}};
  MinMaxScaler<std::array<double, 2>> min_max;
  CHECK(min_max.fit_transform(rows) == Pairs{{0, 0}, {1, 1}, {0.5, 0.25}});
  CHECK(min_max.transform({5, 200}) == std::array{2.0, 0.5});
  CHECK(min_max.inverse_transform({2, 0.5}) == std::array{5.0, 200.0});

  StandardScaler<std::array<double, 2>> standard;
  CHECK(standard.fit_transform(Pairs{{1, 10}, {3, 50}}) == Pairs{{-1, -1}, {1, 1}});
  CHECK(standard.inverse_transform(Pairs{{0, 0}}) == Pairs{{2, 30}});
}

TEST_CASE("scalers need a fit first") {
  CHECK_THROWS_AS(MinMaxScaler<float>().transform(1), rnnts::Error);
  CHECK_THROWS_WITH(MinMaxScaler<float>().transform(1),
                    "MinMaxScaler: transform and inverse_transform need a fit first");
  CHECK_THROWS_WITH(StandardScaler<float>().inverse_transform(std::vector<float>{1}),
                    "StandardScaler: transform and inverse_transform need a fit first");
}

TEST_CASE("scalers refuse series that have no scale") {
  MinMaxScaler<float> scaler;
  scaler.fit(std::vector<float>{0, 2});
  CHECK_THROWS_AS(scaler.fit(std::vector<float>{}), rnnts::DataError);
  CHECK_THROWS_WITH(scaler.fit(std::vector<float>{}), "MinMaxScaler: cannot be fitted to an empty series");
  CHECK_THROWS_AS(scaler.fit(std::vector<float>{3, 3}), rnnts::DataError);
  CHECK_THROWS_WITH(scaler.fit(std::vector<float>{3, 3}),
                    "MinMaxScaler: cannot be fitted to a constant series, all 2 values are 3");
  CHECK(scaler.transform(1) == 0.5f);  // as it was fitted before

  CHECK_THROWS_WITH(StandardScaler<double>().fit(std::vector<double>(10, 0.5)),
                    "StandardScaler: cannot be fitted to a constant series, all 10 values are 0.5");
  CHECK_THROWS_WITH((StandardScaler<std::array<double, 2>>().fit(Pairs{{1, 7}, {2, 7}})),
                    "StandardScaler: cannot be fitted to a constant series, all 2 values of column 1 are 7");
}

TEST_CASE("scalers refuse values that are not finite") {
  CHECK_THROWS_AS(MinMaxScaler<float>().fit(std::vector{1.0f, 2.0f, not_a_number}), rnnts::DataError);
  CHECK_THROWS_WITH(MinMaxScaler<float>().fit(std::vector{1.0f, 2.0f, not_a_number}),
                    "MinMaxScaler: value 2 (counted from 0) is nan, expected a finite number");
  CHECK_THROWS_WITH(StandardScaler<float>().fit(std::vector{1.0f, -infinity}),
                    "StandardScaler: value 1 (counted from 0) is -inf, expected a finite number");
  MinMaxScaler<float> scaler;
  scaler.fit(std::vector<float>{0, 2});
  CHECK_THROWS_WITH(scaler.transform(std::vector{infinity}),
                    "MinMaxScaler: value 0 (counted from 0) is inf, expected a finite number");
}

TEST_CASE("rows must have the scaler's number of columns") {
  const std::vector<std::vector<float>> ragged{{1, 2}, {3}};
  CHECK_THROWS_AS((MinMaxScaler<std::array<float, 2>>().fit(ragged)), rnnts::ShapeError);
  CHECK_THROWS_WITH((MinMaxScaler<std::array<float, 2>>().fit(ragged)),
                    "MinMaxScaler: row 1 (counted from 0) has 1 columns, expected 2");
}

TEST_CASE("what a scaler has learnt can be read and set") {
  MinMaxScaler<float> min_max;
  min_max.fit(std::vector<float>{4, 2, 6});
  CHECK(min_max.minimum() == 2);
  CHECK(min_max.maximum() == 6);
  CHECK(MinMaxScaler<float>(-1, 1).set(2, 6).transform(4.0f) == 0);
  CHECK_THROWS_AS(min_max.set(1, 1), rnnts::ArgumentError);
  CHECK_THROWS_WITH(min_max.set(3, 1), "MinMaxScaler: expected finite numbers with minimum < maximum, found 3 and 1");
  CHECK_THROWS_AS(min_max.set(0, infinity), rnnts::ArgumentError);
  CHECK(min_max.maximum() == 6);

  StandardScaler<std::array<double, 2>> standard;
  standard.fit(Pairs{{1, 10}, {3, 50}});
  CHECK(standard.mean() == std::array{2.0, 30.0});
  CHECK(standard.scale() == std::array{1.0, 20.0});
  CHECK(StandardScaler<float>().set(5, 2).inverse_transform(1.5f) == 8);
  CHECK_THROWS_WITH(StandardScaler<float>().set(5, 0),
                    "StandardScaler: expected a finite mean and a finite scale above 0, found 5 and 0");
}

TEST_CASE("a column of a scaler of rows is a scaler of numbers") {
  StandardScaler<std::array<double, 2>> standard;
  CHECK_THROWS_WITH(standard.column(1).transform(1),
                    "StandardScaler: transform and inverse_transform need a fit first");
  standard.fit(Pairs{{1, 10}, {3, 50}});
  CHECK(standard.column(1).inverse_transform(0.5) == 40);
  CHECK_THROWS_WITH(standard.column(2), "StandardScaler: there is no column 2: there are 2, counted from 0");

  MinMaxScaler<std::array<double, 2>> min_max(-1, 1);
  min_max.fit(Pairs{{1, 10}, {3, 50}});
  CHECK(min_max.column(0).transform(2) == 0);
}

TEST_CASE("RobustScaler maps the median to 0 and the distance between the quartiles to 1") {
  rnnts::RobustScaler<double> scaler;
  CHECK(scaler.fit_transform(std::vector<double>{5, 1, 2, 4, 1000}) ==
        std::vector<double>{1. / 3, -1, -2. / 3, 0, 332});
  CHECK(scaler.median() == 4);
  CHECK(scaler.scale() == 3);
  CHECK(scaler.inverse_transform(332) == 1000);
  scaler.fit(std::vector<double>{1, 2, 3, 6});  // quartiles between two values: 1.75 and 3.75
  CHECK(scaler.median() == 2.5);
  CHECK(scaler.scale() == 2);
}

TEST_CASE("RobustScaler treats columns one by one, and refuses what has no quartiles apart") {
  rnnts::RobustScaler<std::array<double, 2>> scaler;
  CHECK(scaler.fit_transform(Pairs{{0, 10}, {2, 30}, {4, 50}}) == Pairs{{-1, -1}, {0, 0}, {1, 1}});
  CHECK(scaler.column(1).transform(70.0) == 2);
  CHECK_THROWS_WITH(rnnts::RobustScaler<double>().fit(std::vector<double>{1, 1, 1, 1, 9}),
                    "RobustScaler: cannot be fitted to a series whose quartiles are the same, both are 1");
  CHECK_THROWS_AS(rnnts::RobustScaler<double>().fit(std::vector<double>{1, 1}), rnnts::DataError);
  CHECK_THROWS_AS(rnnts::RobustScaler<double>().transform(1.0), rnnts::Error);
}
