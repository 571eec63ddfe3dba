#include "rnnts/series/metrics.hpp"

#include <array>
#include <cmath>
#include <forward_list>
#include <limits>
#include <ranges>
#include <vector>

#include "rnnts/series/labels.hpp"
#include "rnnts/series/window.hpp"
#include "rnnts/tensor/xtensor.hpp"
#include "support/catch.hpp"

namespace {
const std::vector<double> y_true{1, 2, 4, 8};
const std::vector<double> y_pred{2, 2, 2, 12};  // errors 1, 0, -2, 4
const std::vector<double> none;
}  // namespace

TEST_CASE("metrics agree with values computed by hand") {
  CHECK(rnnts::mean_absolute_error(y_true, y_pred) == 1.75);
  CHECK(rnnts::root_mean_squared_error(y_true, y_pred) == Approx(std::sqrt(21.0 / 4)));
  CHECK(rnnts::mean_absolute_percentage_error(y_true, y_pred) == Approx((100.0 + 0 + 50 + 50) / 4));
  CHECK(rnnts::symmetric_mean_absolute_percentage_error(y_true, y_pred) ==
        Approx((200.0 / 3 + 0 + 400.0 / 6 + 800.0 / 20) / 4));
}

TEST_CASE("metrics are 0 for perfect predictions") {
  CHECK(rnnts::mean_absolute_error(y_true, y_true) == 0);
  CHECK(rnnts::root_mean_squared_error(y_true, y_true) == 0);
  CHECK(rnnts::mean_absolute_percentage_error(y_true, y_true) == 0);
  CHECK(rnnts::symmetric_mean_absolute_percentage_error(y_true, y_true) == 0);
  CHECK(rnnts::mean_absolute_scaled_error(y_true, y_true, y_true) == 0);
}

TEST_CASE("the mean absolute scaled error compares with the naive forecast of the training series") {
  const std::vector<double> training{1, 5, 3, 9};  // steps of 4, 2, 6; seasonal steps of 2, 4
  CHECK(rnnts::mean_absolute_scaled_error(y_true, y_pred, training) == Approx(1.75 / 4));
  CHECK(rnnts::mean_absolute_scaled_error(y_true, y_pred, training, 2) == Approx(1.75 / 3));
}

TEST_CASE("metrics take forward ranges of any numbers") {
  const std::forward_list<float> truths{1, 2, 3};
  const std::array predictions{1, 2, 6};
  CHECK(rnnts::mean_absolute_error(truths, predictions) == 1);
  CHECK(rnnts::mean_absolute_error(std::views::iota(1, 4), truths) == 0);
}

TEST_CASE("metrics sum in double") {
  const std::vector<float> truths(1'000'000, 0.1f);
  const std::vector<float> predictions(1'000'000, 0.0f);
  CHECK(rnnts::mean_absolute_error(truths, predictions) == Approx(double{0.1f}).epsilon(1e-9));
}

TEST_CASE("a prediction that is not a number shows") {
  const std::vector<double> predictions{1, 2, 4, std::numeric_limits<double>::quiet_NaN()};
  CHECK(std::isnan(rnnts::mean_absolute_error(y_true, predictions)));
  CHECK(std::isnan(rnnts::symmetric_mean_absolute_percentage_error(y_true, predictions)));
}

TEST_CASE("a symmetric percentage of 0 and 0 counts as 0") {
  CHECK(rnnts::symmetric_mean_absolute_percentage_error(std::vector{0, 0}, std::vector{0, 3}) == 100);
}

TEST_CASE("metrics refuse what they cannot compare") {
  const std::vector<double> three{1, 2, 3};
  CHECK_THROWS_AS(rnnts::mean_absolute_error(y_true, three), rnnts::ShapeError);
  CHECK_THROWS_WITH(rnnts::mean_absolute_error(y_true, three), "mean_absolute_error: 4 true values, but 3 predictions");
  CHECK_THROWS_AS(rnnts::root_mean_squared_error(none, none), rnnts::DataError);
  CHECK_THROWS_WITH(rnnts::root_mean_squared_error(none, none),
                    "root_mean_squared_error: expected at least 1 value, found 0");
  CHECK_THROWS_AS(rnnts::mean_absolute_percentage_error(std::vector{1, 0}, std::vector{1, 1}), rnnts::DataError);
  CHECK_THROWS_WITH(rnnts::mean_absolute_percentage_error(std::vector{1, 0}, std::vector{1, 1}),
                    "mean_absolute_percentage_error: true value 1 (counted from 0) is 0, and no error is a "
                    "percentage of 0");
}

TEST_CASE("the mean absolute scaled error needs a naive error to compare with") {
  CHECK_THROWS_AS(rnnts::mean_absolute_scaled_error(y_true, y_pred, y_true, 0), rnnts::ArgumentError);
  CHECK_THROWS_WITH(rnnts::mean_absolute_scaled_error(y_true, y_pred, y_true, 4),
                    "mean_absolute_scaled_error: a lag of 4 needs more than 4 values, found 4");
  CHECK_THROWS_AS(rnnts::mean_absolute_scaled_error(y_true, y_pred, std::vector{1, 2, 1, 2}, 2), rnnts::DataError);
  CHECK_THROWS_WITH(rnnts::mean_absolute_scaled_error(y_true, y_pred, std::vector{1, 2, 1, 2}, 2),
                    "mean_absolute_scaled_error: the training series repeats itself exactly with season 2, so that "
                    "there is no naive error to compare with");
}

TEST_CASE("metrics take predictions, tensors and ranges of any rank") {
  const xt::xtensor<float, 2> column{{2}, {2}, {2}, {12}};
  CHECK(rnnts::mean_absolute_error(y_true, column) == 1.75);
  CHECK(rnnts::root_mean_squared_error(column, y_pred) == 0);
  CHECK(rnnts::mean_absolute_scaled_error(y_true, column, xt::xtensor<double, 2>{{1}, {5}, {3}, {9}}) ==
        Approx(1.75 / 4));

  const xt::xtensor<float, 2> horizons{{2, 2}, {2, 12}};
  const std::vector<std::array<int, 2>> labels{{1, 2}, {4, 8}};
  CHECK(rnnts::mean_absolute_error(labels, horizons) == 1.75);
  CHECK(rnnts::mean_absolute_error(y_true | rnnts::views::window(1, 3) | rnnts::views::labels,
                                   xt::xtensor<double, 2>{{2, 4, 9}}) == Approx(1.0 / 3));
}

TEST_CASE("metrics refuse other shapes, though the numbers be as many") {
  const xt::xtensor<float, 2> horizons{{2, 2}, {2, 12}};
  CHECK_THROWS_AS(rnnts::mean_absolute_error(y_true, horizons), rnnts::ShapeError);
  CHECK_THROWS_WITH(rnnts::mean_absolute_error(y_true, horizons),
                    "mean_absolute_error: true values of the shape (4), but predictions of the shape (2, 2)");
  CHECK_THROWS_WITH(rnnts::mean_absolute_error(std::vector<std::array<int, 3>>(2), xt::xtensor<float, 2>({3, 2})),
                    "mean_absolute_error: true values of the shape (2, 3), but predictions of the shape (3, 2)");
}
