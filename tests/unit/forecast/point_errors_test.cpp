#include "rnnts/forecast/point_errors.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Values = std::vector<double>;

// Series 0 has two forecasts, of errors 1, -2 and 0, 3; series 1 one, of errors -20, 0. Naive within the histories:
// mean errors 3/2, 4/3 and 10; mean squares 5/2, 2 and 100.
const Values before{1, 2, 4}, longer{1, 2, 4, 5}, other{10, 20, 10};
const Values came{5, 8}, said{4, 10}, came_later{8, 10}, said_later{8, 7}, other_came{10, 20}, other_said{30, 20};
const std::vector<PointForecast> forecasts{
    {0, before, came, said}, {0, longer, came_later, said_later}, {1, other, other_came, other_said}};

}  // namespace

TEST_CASE("errors all together agree with values computed by hand") {
  const PointErrors e = point_errors(forecasts).together;
  CHECK(e.values == 6);
  CHECK(e.mae == Approx(26.0 / 6));
  CHECK(e.mse == Approx(414.0 / 6));
  CHECK(e.rmse == Approx(std::sqrt(69.0)));
  CHECK(e.mape.value() == Approx(100 * (0.2 + 0.25 + 0 + 0.3 + 2 + 0) / 6));
  CHECK(e.smape == Approx(200 * (1.0 / 9 + 2.0 / 18 + 0 + 3.0 / 17 + 20.0 / 40 + 0) / 6));
  CHECK(e.mase.value() == Approx((2 + 0 + 2.25 + 2 + 0) / 6));
  CHECK(e.rmsse.value() == Approx((std::sqrt(6.5 / 4) + std::sqrt(4.0 / 2)) / 2));
}

TEST_CASE("errors of a step count what is so many steps ahead, in all series") {
  const auto steps = point_errors(forecasts).steps;
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].values == 3);
  CHECK(steps[0].mae == 7);
  CHECK(steps[0].mse == Approx(401.0 / 3));
  CHECK(steps[0].mape.value() == Approx(220.0 / 3));
  CHECK(steps[0].mase.value() == Approx((2.0 / 3 + 0 + 2) / 3));
  CHECK(steps[0].rmsse.value() == Approx((std::sqrt(0.4 / 2) + 2) / 2));
  CHECK(steps[1].mae == Approx(5.0 / 3));
  CHECK(steps[1].rmsse.value() == Approx(std::sqrt((1.6 + 4.5) / 2) / 2));
}

TEST_CASE("errors of a series count all its forecasts") {
  const auto series = point_errors(forecasts).series;
  REQUIRE(series.size() == 2);
  CHECK(series[0].values == 4);
  CHECK(series[0].mae == 1.5);
  CHECK(series[0].mse == 3.5);
  CHECK(series[0].mase.value() == Approx(4.25 / 4));
  CHECK(series[0].rmsse.value() == Approx(std::sqrt(6.5 / 4)));
  CHECK(series[1].mae == 10);
  CHECK(series[1].smape == Approx(50));
}

TEST_CASE("the season is that of the naive forecast within the history") {
  const Values history{1, 5, 3, 9};  // seasonal steps of 2 and 4
  const std::vector<PointForecast> one{{0, history, came, said}};
  const PointErrors e = point_errors(one, 2).together;
  CHECK(e.mase.value() == Approx(1.5 / 3));
  CHECK(e.rmsse.value() == Approx(std::sqrt(2.5 / 10)));
}

TEST_CASE("what an error cannot be computed for has none, and the others have") {
  const Values zero{0, 8}, constant{3, 3, 3};
  const std::vector<PointForecast> some{{0, before, came, said}, {1, constant, zero, said}, {2, {}, came, said}};
  const auto errors = point_errors(some);
  CHECK_FALSE(errors.together.mape);
  CHECK_FALSE(errors.together.mase);
  CHECK_FALSE(errors.together.rmsse);
  CHECK(errors.together.mae == Approx((3.0 + 6 + 3) / 6));
  CHECK(errors.series[0].mase);
  CHECK(errors.series[0].mape);
  CHECK_FALSE(errors.series[1].mase);  // a naive error of 0
  CHECK_FALSE(errors.series[1].mape);
  CHECK_FALSE(errors.series[2].mase);  // no history
  CHECK(errors.series[2].mape);
  CHECK_FALSE(errors.steps[0].mape);
  CHECK(errors.steps[1].mape);
  CHECK_FALSE(point_errors(some, 3).series[0].mase);  // the history is as long as the season
}

TEST_CASE("a forecast that is not a number shows where it counts, and only there") {
  const Values broken{4, std::numeric_limits<double>::quiet_NaN()};
  const std::vector<PointForecast> some{{0, before, came, broken}, {1, other, came, said}};
  const auto errors = point_errors(some);
  CHECK(std::isnan(errors.together.mae));
  CHECK(std::isnan(errors.steps[1].smape));
  CHECK(std::isnan(errors.series[0].mase.value()));
  CHECK(errors.steps[0].mae == 1);
  CHECK(errors.series[1].mae == 1.5);
}

TEST_CASE("values that are missing count in nothing") {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  const Values gap{5, missing}, history{1, 2, missing, 4, 6}, none{missing, missing};
  const std::vector<PointForecast> some{{0, history, gap, said}, {1, other, came, said}, {2, other, none, said}};
  const auto errors = point_errors(some);
  CHECK(errors.together.values == 3);
  CHECK(errors.together.mae == (1.0 + 1 + 2) / 3);
  CHECK(errors.together.mase.value() == Approx((1 / 1.5 + 0.1 + 0.2) / 3));  // naive errors of 1 and 2, and of 10
  CHECK(errors.together.rmsse.value() == Approx((std::sqrt(1 / 2.5) + std::sqrt(5.0 / 200)) / 2));
  CHECK(errors.steps[1].values == 1);
  CHECK(errors.steps[1].mae == 2);
  CHECK(errors.series[0].values == 1);
  CHECK(errors.series[2].values == 0);
  CHECK(std::isnan(errors.series[2].mae));
  CHECK_FALSE(errors.series[2].mase);
  CHECK_FALSE(errors.series[2].mape);
  std::vector<PointErrors> others = errors.series;
  others[0].mae *= 4;
  CHECK(average_relative_mae(errors.series, others) == Approx(0.5));  // of the two series that have errors
  CHECK_THROWS_WITH(average_relative_mae(std::span(errors.series).last(1), std::span(others).last(1)),
                    "average_relative_mae: expected a series of which a value came, found none");
}

TEST_CASE("forecasts that do not belong together are refused") {
  const auto errors = [](const std::vector<PointForecast>& f, std::size_t season = 1) {
    return point_errors(f, season);
  };
  CHECK_THROWS_AS(errors({}), DataError);
  CHECK_THROWS_WITH(errors({}), "point_errors: expected at least one forecast of at least one step, found none");
  CHECK_THROWS_AS(errors({{}}), DataError);
  CHECK_THROWS_AS(errors(forecasts, 0), ArgumentError);
  CHECK_THROWS_WITH(errors(forecasts, 0), "point_errors: expected a season of at least 1 step, found 0");
  CHECK_THROWS_AS(errors({forecasts[0], {0, before, before, before}}), ShapeError);
  CHECK_THROWS_WITH(errors({forecasts[0], {0, before, before, before}}),
                    "point_errors: forecast 1 (counted from 0) has 3 true values, those before it 2");
  CHECK_THROWS_WITH(errors({{0, before, came, before}}),
                    "point_errors: forecast 0 (counted from 0) has 3 forecast values, expected 2");
  CHECK_THROWS_AS(errors({forecasts[2]}), ArgumentError);
}

TEST_CASE("OWA is the mean of sMAPE and MASE, each by that of Naive2") {
  // Seasonal naive on M4's hourly series, and Naive2 there, as the competition published them.
  const PointErrors seasonal{.smape = 13.912, .mase = 1.193}, naive2{.smape = 18.383, .mase = 2.395};
  CHECK(overall_weighted_average(seasonal, naive2) == Approx((13.912 / 18.383 + 1.193 / 2.395) / 2));
  CHECK_THAT(overall_weighted_average(seasonal, naive2), WithinAbs(0.628, 0.001));
  CHECK(overall_weighted_average(naive2, naive2) == 1);
  CHECK_THROWS_AS(overall_weighted_average(seasonal, PointErrors{}), DataError);
  CHECK_THROWS_WITH(overall_weighted_average(PointErrors{}, naive2),
                    "overall_weighted_average: expected a MASE of the forecasts and of Naive2, found none");
  CHECK_THROWS_WITH(overall_weighted_average(seasonal, {.smape = 0, .mase = 2}),
                    "overall_weighted_average: expected errors of Naive2 above 0, found a sMAPE of 0 and a MASE of 2");
}

TEST_CASE("the average relative error is the geometric mean of the ratios of series") {
  const std::vector<PointErrors> mine{{.mae = 2}, {.mae = 3}, {.mae = 0}}, others{{.mae = 1}, {.mae = 24}, {.mae = 0}};
  CHECK(average_relative_mae(mine, others) == Approx(std::cbrt(2.0 / 8)));  // 2, 1/8 and, of 0 and 0, 1
  const std::vector<PointErrors> perfect{{.mae = 0}, {.mae = 3}, {.mae = 1}},
      all_wrong{{.mae = 1}, {.mae = 2}, {.mae = 3}};
  CHECK(average_relative_mae(perfect, all_wrong) == 0);  // no error at all in one series
  CHECK_THROWS_AS(average_relative_mae(mine, std::vector<PointErrors>(2)), ShapeError);
  CHECK_THROWS_WITH(average_relative_mae(mine, std::vector<PointErrors>(2)),
                    "average_relative_mae: 3 series, but 2 of the other");
  CHECK_THROWS_AS(average_relative_mae({}, {}), DataError);
  CHECK_THROWS_AS(average_relative_mae(all_wrong, perfect), DataError);
  CHECK_THROWS_WITH(average_relative_mae(all_wrong, perfect),
                    "average_relative_mae: the other forecast of series 0 (counted from 0) has no error, so that there "
                    "is nothing to divide 1 by");
}
