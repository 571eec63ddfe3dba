#include "rnnts/model/evaluate.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/series/scale.hpp"
#include "rnnts/series/window.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// Predicts a fixed combination of the last two values.
Sequential<double, Input<1, 2>, Flatten, Dense<1>> combination(double before, double last) {
  Sequential<double, Input<1, 2>, Flatten, Dense<1>> model;
  model.set_weight("1.dense.kernel", std::vector{before, last});
  return model;
}

const std::vector<double> series{1, 2, 4, 3, 5, 6};

}  // namespace

TEST_CASE("a model that repeats the last value is no better than that") {
  const auto result = evaluate(combination(0, 1), series | views::window(2));
  CHECK(result.windows == 4);
  CHECK(result.model.mae == 6.0 / 4);  // 2, 1, 2, 1
  CHECK(result.model.rmse == Approx(std::sqrt(10.0 / 4)));
  CHECK(result.persistence.mae == result.model.mae);
  CHECK_FALSE(result.beats_persistence());
  CHECK_FALSE(result.model.mase.has_value());
  CHECK(result.persistence_tests.absolute.p_value == 1);
  CHECK_THAT(result.verdict(),
             ContainsSubstring("The model is not told apart from repeating the last value by 4 windows: "
                               "its mean absolute error is 1.5 against 1.5 (p = 1), its root mean "
                               "squared error 1.581 against 1.581 (p = 1)."));
}

TEST_CASE("a season gives the seasonal naive forecast, a training series the scale of the MASE") {
  const std::vector<double> training{0, 1, 3, 4};  // errors of season 2: 3, 3
  const auto result =
      evaluate(combination(0.5, 0.5), series | views::window(2), {.season = 2, .training_series = training});
  REQUIRE(result.seasonal_naive);
  CHECK(result.seasonal_naive->mae == (3 + 1 + 1 + 3) / 4.0);
  CHECK(result.model.mae == (2.5 + 0 + 1.5 + 2) / 4);
  REQUIRE(result.model.mase);
  CHECK(*result.model.mase == Approx(1.5 / 3));
  CHECK(result.beats_seasonal_naive());
  CHECK_THAT(result.text(), ContainsSubstring("model           1.5"));
  CHECK_THAT(result.text(), ContainsSubstring("seasonal naive    2"));
  CHECK_THAT(result.text(),
             ContainsSubstring("The model is not told apart from repeating the value of a season ago by 4 "
                               "windows: its mean absolute error is 1.5 against 2 (p = "));
}

TEST_CASE("errors are in the units that the inverse transformation gives") {
  const auto result = evaluate(combination(0, 1), series | views::window(2),
                               {.inverse_transform = [](double x) { return 10 * x + 3; }});
  CHECK(result.model.mae == Approx(15));
  CHECK(result.persistence.rmse == Approx(10 * std::sqrt(10.0 / 4)));
}

TEST_CASE("the units can be those of a scaler, and options own what they were given") {
  StandardScaler<float> scaler;
  scaler.set(3, 10);
  const auto make_training = [] { return std::vector<double>{0, 1, 3, 4}; };
  const EvaluateOptions<double> options{.season = 2, .training_series = make_training(), .inverse_transform = scaler};
  scaler.set(0, 1);
  const auto result = evaluate(combination(0.5, 0.5), series | views::window(2), options);
  CHECK(result.model.mae == Approx(15));
  REQUIRE(result.model.mase);
  CHECK(*result.model.mase == Approx(1.5 / 3));
}

TEST_CASE("a model that is not finite is refused, with the name of the weight") {
  const auto model = combination(0, std::numeric_limits<double>::quiet_NaN());
  CHECK_THROWS_AS(evaluate(model, series | views::window(2)), Error);
  CHECK_THROWS_WITH(evaluate(model, series | views::window(2)),
                    "evaluate: weight \"1.dense.kernel\" has a number that is not finite: nan");
}

TEST_CASE("the tests count autocovariances up to the horizon, of the mean loss of each window") {
  const Sequential<double, Input<1, 2>, Flatten, Dense<3>> model;  // predicts with weights that are drawn
  const std::vector<double> longer{1, 2, 4, 3, 5, 6, 2, 8, 1, 3, 3, 7, 2};
  const auto windows = longer | views::window(2, 3);
  const auto result = evaluate(model, windows);
  const auto predictions = model.predict(windows);
  std::vector<double> absolute, absolute_of_last, squared, squared_of_last;
  for (std::size_t k = 0; k < windows.size(); ++k) {
    double sums[4] = {};
    for (std::size_t h = 0; h < 3; ++h) {
      const double truth = longer[k + 2 + h], error = truth - predictions(k, h), of_last = truth - longer[k + 1];
      sums[0] += std::abs(error), sums[1] += std::abs(of_last), sums[2] += error * error, sums[3] += of_last * of_last;
    }
    absolute.push_back(sums[0] / 3), absolute_of_last.push_back(sums[1] / 3);
    squared.push_back(sums[2] / 3), squared_of_last.push_back(sums[3] / 3);
  }
  CHECK(result.persistence_tests.absolute.statistic ==
        Approx(diebold_mariano(absolute, absolute_of_last, 3).statistic));
  CHECK(result.persistence_tests.squared.p_value == Approx(diebold_mariano(squared, squared_of_last, 3).p_value));
}

TEST_CASE("of several features the label column is the one that is repeated") {
  const std::vector<std::array<double, 2>> rows{{0, 1}, {0, 2}, {0, 4}, {0, 3}};
  const Sequential<double, Input<2, 2>, Flatten, Dense<1>> model{seed(1)};
  CHECK(evaluate(model, rows | views::window(2, LabelColumn{1}), {.label_column = 1}).persistence.mae == 1.5);
  const Sequential<double, Input<2, 2>, Flatten, Dense<2>> both{seed(1)};
  CHECK(evaluate(both, rows | views::window(2)).persistence.mae == 0.75);
}

TEST_CASE("a horizon is compared with the last value, and with the season, for each of its steps") {
  const Sequential<double, Input<1, 2>, Flatten, Dense<3>> model{seed(1)};
  const auto result = evaluate(model, series | views::window(2, 3), {.season = 2});  // (1,2)->4,3,5  (2,4)->3,5,6
  CHECK(result.persistence.mae == Approx((2 + 1 + 3 + 1 + 1 + 2) / 6.0));
  CHECK(result.seasonal_naive->mae == Approx((3 + 1 + 4 + 1 + 1 + 4) / 6.0));
}

TEST_CASE("what does not fit is refused") {
  const auto model = combination(0, 1);
  CHECK_THROWS_WITH(evaluate(model, series | views::window(20)), "evaluate: expected at least one window, found none");
  CHECK_THROWS_WITH(
      evaluate(model, series | views::window(2), {.season = 3}),
      "evaluate: a season of 3 steps is longer than window 0 of 2 steps, so that it does not hold the value "
      "of a season ago");
  CHECK_THROWS_WITH(evaluate(model, series | views::window(2), {.label_column = 1}),
                    "evaluate: label_column is 1, but a window has 1 columns, counted from 0");
}
