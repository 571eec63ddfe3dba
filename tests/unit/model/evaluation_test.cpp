#include "rnnts/model/evaluation.hpp"

#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr DieboldMariano better{.statistic = -3, .p_value = 0.0123}, worse{.statistic = 3, .p_value = 0.00001},
    undecided{.statistic = -1, .p_value = 0.34};

const std::string test =
    "(Diebold-Mariano test with the correction of Harvey, Leybourne and Newbold, 1997; forecasts are told apart where "
    "p "
    "< 0.05.)";

std::string verdict(DieboldMariano absolute, DieboldMariano squared) {
  const Evaluation evaluation{.model = {.mae = 1.5, .rmse = 2},
                              .persistence = {.mae = 2, .rmse = 3},
                              .seasonal_naive = {},
                              .windows = 33,
                              .persistence_tests = {.absolute = absolute, .squared = squared}};
  return evaluation.verdict();
}

}  // namespace

TEST_CASE("a verdict says by which errors, how sure, and by which test") {
  CHECK(verdict(better, better) ==
        "The model is better than repeating the last value: its mean absolute error is 1.5 against 2 (p = 0.012), its "
        "root mean squared error 2 against 3 (p = 0.012). " +
            test);
  CHECK(
      verdict(undecided, undecided) ==
      "The model is not told apart from repeating the last value by 33 windows: its mean absolute error is 1.5 against "
      "2 (p = 0.34), its root mean squared error 2 against 3 (p = 0.34). " +
          test);
  CHECK(verdict(worse, worse) ==
        "The model does NOT beat repeating the last value: its mean absolute error is 1.5 against 2 (p < 0.001), its "
        "root "
        "mean squared error 2 against 3 (p < 0.001). Forecasting with it is no better than without it. " +
            test);
}

TEST_CASE("a net that wins by squared errors alone is told so") {
  CHECK(verdict(undecided, better) ==
        "Compared with repeating the last value, the model is not told apart by 33 windows in its mean absolute error, "
        "1.5 against 2 (p = 0.34), and better in its root mean squared error, 2 against 3 (p = 0.012). " +
            test);
  CHECK(verdict(worse, better) ==
        "Compared with repeating the last value, the model is worse in its mean absolute error, 1.5 against 2 (p < "
        "0.001), and better in its root mean squared error, 2 against 3 (p = 0.012). " +
            test);
}

TEST_CASE("the table and both baselines") {
  const Evaluation evaluation{.model = {.mae = 1.5, .rmse = 2, .mase = 0.5},
                              .persistence = {.mae = 2, .rmse = 3, .mase = 1},
                              .seasonal_naive = ForecastErrors{.mae = 1, .rmse = 1.25, .mase = 0.25},
                              .windows = 1,
                              .persistence_tests = {},
                              .seasonal_naive_tests = ErrorTests{.absolute = worse, .squared = worse}};
  CHECK(evaluation.beats_persistence());
  CHECK_FALSE(evaluation.beats_seasonal_naive());
  CHECK(
      evaluation.text() ==
      "                MAE  RMSE  MASE\n"
      "-------------------------------\n"
      "model           1.5     2   0.5\n"
      "persistence       2     3     1\n"
      "seasonal naive    1  1.25  0.25\n"
      "The model is not told apart from repeating the last value by 1 window: its mean absolute error is 1.5 against 2 "
      "(p = 1), its root mean squared error 2 against 3 (p = 1). The model does NOT beat repeating the value of a "
      "season ago: its mean absolute error is 1.5 against 1 (p < 0.001), its root mean squared error 2 against 1.25 (p "
      "< 0.001). Forecasting with it is no better than without it. " +
          test + "\n");
}
