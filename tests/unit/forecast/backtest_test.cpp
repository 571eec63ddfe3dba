#include "rnnts/forecast/backtest.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <sstream>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/tensor/xtensor.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Values = std::vector<double>;
using OneHistory = std::span<const double>;

const Values eight{1, 3, 2, 5, 4, 8, 6, 9};

/// Keeps what it was given, and forecasts the last value and 1 more for each step.
struct Recorder {
  std::vector<Values>* given;
  Values operator()(OneHistory history, std::size_t horizon) const {
    given->emplace_back(history.begin(), history.end());
    Values forecast(horizon);
    for (std::size_t h = 0; h < horizon; ++h) forecast[h] = history.back() + static_cast<double>(h + 1);
    return forecast;
  }
};

/// A season of 4, a trend and noise, without the season if it is 0.
Values made_series(std::size_t length, std::uint64_t number, double season) {
  Random random(seed(number));
  Values series(length);
  for (std::size_t t = 0; t < length; ++t)
    series[t] = 20 + season * std::array{0.0, 3.0, 1.0, -2.0}[t % 4] + 0.1 * static_cast<double>(t) + random.normal();
  return series;
}

}  // namespace

TEST_CASE("origins roll forward to the end of the series") {
  std::vector<Values> given;
  const auto result = backtest(Recorder{&given}, eight, {.horizon = 2, .windows = 2, .step_size = 3});
  CHECK(given == std::vector<Values>{{1, 3, 2}, {1, 3, 2, 5, 4, 8}});
  CHECK(result.series == 1);
  CHECK(result.origins == std::vector<std::size_t>{3, 6});
  CHECK(result.actual == Values{5, 4, 6, 9});
  CHECK(result.forecasts == Values{3, 4, 9, 10});  // errors 2, 0, -3, -1
  CHECK(result.forecast_of(0, 1)[0] == 9);
  CHECK(result.actual_of(0, 1)[1] == 9);
  CHECK(result.model.together.mae == 1.5);
  CHECK(result.model.together.mse == 3.5);
  CHECK(result.model.steps[0].mae == 2.5);
  CHECK(result.model.steps[1].mae == 0.5);
  // Naive within the histories: (2 + 1) / 2 and (2 + 1 + 3 + 1 + 4) / 5.
  CHECK(result.model.together.mase.value() == Approx((2 / 1.5 + 4 / 2.2) / 4));
}

TEST_CASE("beside the forecasts stand those that need no model, for the same values") {
  std::vector<Values> given;
  const auto result =
      backtest(Recorder{&given}, eight, {.horizon = 2, .windows = 2, .step_size = 3, .input_size = 1, .season = 2});
  CHECK(given == std::vector<Values>{{2}, {8}});  // but the others know all before the origin
  // 2, 2 and 8, 8; 3, 2 and 4, 8; 2.5, 3 and 8 + 7/5, 8 + 14/5; what came is 5, 4 and 6, 9.
  CHECK(result.persistence.errors.together.mae == Approx((3 + 2 + 2 + 1) / 4.0));
  REQUIRE(result.seasonal_naive);
  CHECK(result.seasonal_naive->errors.together.mae == Approx((2 + 2 + 2 + 1) / 4.0));
  CHECK(result.drift.errors.together.mae == Approx((2.5 + 1 + 3.4 + 1.8) / 4));
  CHECK(result.naive2.errors.together.mae == result.persistence.errors.together.mae);  // too short for a season
  CHECK(result.persistence.skill.value() == Approx(1 - 1.5 / 2));
  CHECK(result.seasonal_naive->skill.value() == Approx(1 - 1.5 / 1.75));
  CHECK_FALSE(backtest(Recorder{&given}, eight, {}).seasonal_naive);
}

TEST_CASE("a sliding window gives the last values alone") {
  std::vector<Values> given;
  backtest(Recorder{&given}, eight, {.windows = 2, .step_size = 2, .input_size = 3});
  CHECK(given == std::vector<Values>{{2, 5, 4}, {4, 8, 6}});
  given.clear();
  backtest(Recorder{&given}, Values{1, 2, 3}, {.input_size = 100});  // as many as there are
  CHECK(given == std::vector<Values>{{1, 2}});
}

TEST_CASE("what fits is asked as often as refit says, with what is known then") {
  const auto lengths_at_fit = [](std::size_t refit) {
    std::vector<std::size_t> lengths;
    const auto fit = [&](ManySeries histories) {
      lengths.push_back(histories[0].size());
      return [fitted = histories[0].back()](OneHistory, std::size_t horizon) { return Values(horizon, fitted); };
    };
    const auto result = backtest(fit, eight, {.windows = 5, .refit = refit});
    // Each forecast is the last value at the latest fit.
    for (std::size_t w = 0; w < 5; ++w) {
      std::size_t latest = 0;
      for (const std::size_t length : lengths) latest = length <= result.origins[w] ? length : latest;
      CHECK(result.forecasts[w] == eight[latest - 1]);
    }
    return lengths;
  };
  CHECK(lengths_at_fit(1) == std::vector<std::size_t>{3, 4, 5, 6, 7});
  CHECK(lengths_at_fit(2) == std::vector<std::size_t>{3, 5, 7});
  CHECK(lengths_at_fit(false) == std::vector<std::size_t>{3});
}

TEST_CASE("series of different lengths are forecast together, series by series in the result") {
  const std::vector<std::vector<float>> data{{1, 2, 4, 8, 9}, {10, 20, 30}};
  std::vector<std::vector<std::size_t>> lengths;
  const auto global = [&](ManySeries histories, std::size_t horizon) {
    lengths.push_back({histories[0].size(), histories[1].size()});
    xt::xtensor<float, 2> forecasts({histories.size(), horizon});
    for (std::size_t s = 0; s < histories.size(); ++s) forecasts(s, 0) = static_cast<float>(histories[s].back());
    return forecasts;
  };
  // The earliest origin leaves 1 value of the second series, which is too few.
  CHECK_THROWS_AS(backtest(global, data, {.windows = 2}), DataError);
  CHECK(lengths.empty());
  const auto result = backtest(global, data, {});
  CHECK(lengths == std::vector<std::vector<std::size_t>>{{4, 2}});
  CHECK(result.origins == std::vector<std::size_t>{4, 2});
  CHECK(result.actual == Values{9, 30});
  CHECK(result.forecasts == Values{8, 20});
  CHECK(result.model.series[1].mae == 10);
  CHECK(result.model.together.mae == 5.5);
}

TEST_CASE("data come as they are: ranges, rows of a tensor, spans") {
  const xt::xtensor<double, 2> rows{{1, 2, 4, 8}, {1, 3, 9, 27}};
  const std::vector<OneHistory> spans{OneHistory(eight).first(4), eight};
  const auto double_it = [](OneHistory history, std::size_t) { return std::array{2 * history.back()}; };
  CHECK(backtest(double_it, rows, {}).forecasts == Values{8, 18});
  CHECK(backtest(double_it, spans, {}).forecasts == Values{4, 12});
  CHECK(backtest(double_it, std::array{1, 2, 4}, {}).model.together.mae == 0);
  CHECK(backtest(persistence_forecast, eight, {.horizon = 2}).forecasts == Values{8, 8});
}

TEST_CASE("a win and a loss are said in words") {
  const auto series = made_series(200, 3, 1);
  const auto knows = [](OneHistory history, std::size_t horizon) {  // the season, and its trend
    auto forecast = seasonal_naive_forecast(history, horizon, 4);
    for (std::size_t h = 0; h < horizon; ++h) {
      double sum = 0;
      for (std::size_t k = 0; k < 10; ++k) sum += history[history.size() - 4 * (k + 1) + h % 4];
      forecast[h] = sum / 10 + 0.1 * 22;
    }
    return forecast;
  };
  const auto good = backtest(knows, series, {.horizon = 4, .windows = 20, .step_size = 4, .season = 4});
  CHECK_THAT(good.verdict(),
             StartsWith("The model is better than repeating the last value: its mean absolute error is "));
  CHECK_THAT(good.verdict(), ContainsSubstring("The model is better than drift"));
  CHECK_THAT(good.verdict(), !ContainsSubstring("does NOT beat"));

  const auto zero = [](OneHistory, std::size_t horizon) { return Values(horizon, 0.0); };
  const auto bad = backtest(zero, series, {.horizon = 4, .windows = 20, .step_size = 4, .season = 4});
  for (const std::string what : {"repeating the last value", "repeating the value of a season ago", "drift"})
    CHECK_THAT(bad.verdict(), ContainsSubstring("The model does NOT beat " + what + ": its mean absolute error is "));
  CHECK_THAT(bad.verdict(), ContainsSubstring("Forecasting with it is no better than without it."));

  const auto same = backtest(persistence_forecast, series, {.horizon = 4, .windows = 20, .step_size = 4});
  CHECK_THAT(same.verdict(), StartsWith("The model is not told apart from repeating the last value by 20 windows"));
}

TEST_CASE("tests are those of Diebold and Mariano, by windows, with what overlaps") {
  const auto series = made_series(60, 4, 1);
  const auto result = backtest(drift_forecast, series, {.horizon = 3, .windows = 12, .step_size = 2, .season = 4});
  Values mine, others;
  for (std::size_t w = 0; w < 12; ++w) {
    const std::size_t origin = 60 - 3 - 2 * (11 - w);
    const double slope = (series[origin - 1] - series[0]) / static_cast<double>(origin - 1);
    double of_drift = 0, of_last = 0;
    for (std::size_t h = 0; h < 3; ++h) {
      const double last = series[origin - 1], came = series[origin + h];
      of_drift += std::abs(came - last - slope * static_cast<double>(h + 1)) / 3;
      of_last += std::abs(came - last) / 3;
    }
    mine.push_back(of_drift);
    others.push_back(of_last);
  }
  const auto expected = diebold_mariano(mine, others, 2);  // 3 steps, 2 apart
  CHECK(result.persistence.tests.absolute.statistic == Approx(expected.statistic));
  CHECK(result.persistence.tests.absolute.p_value == Approx(expected.p_value));
  CHECK(result.drift.tests.absolute.p_value == 1);  // the model is drift
}

TEST_CASE("several series are told apart by scaled errors, those of one window series by series") {
  std::vector<Values> data;
  for (std::size_t s = 0; s < 30; ++s) {
    data.push_back(made_series(40 + s, s, 3));
    for (double& value : data.back()) value *= std::pow(10, static_cast<double>(s % 4));
  }
  const auto seasonal = [](OneHistory history, std::size_t horizon) {
    return seasonal_naive_forecast(history, horizon, 4);
  };
  const auto result = backtest(seasonal, data, {.horizon = 4, .season = 4});
  CHECK(result.scaled_tests);
  Values mine, others;
  for (std::size_t s = 0; s < 30; ++s) {
    mine.push_back(result.model.series[s].mase.value());
    others.push_back(result.persistence.errors.series[s].mase.value());
  }
  CHECK(result.persistence.tests.absolute.statistic == Approx(diebold_mariano(mine, others).statistic));
  CHECK_THAT(result.verdict(),
             StartsWith("The model is better than repeating the last value: its mean absolute scaled error is "));
  CHECK_THAT(result.verdict(),
             ContainsSubstring("not told apart from repeating the value of a season ago by 30 series"));
  CHECK_THAT(result.verdict(), ContainsSubstring("Its mean absolute error is the smaller one in 0 of 30 series, with a "
                                                 "skill of 0. "));
  CHECK_THAT(result.verdict(), ContainsSubstring("The tests take the series to be independent of each other."));
  // Series by series, Naive2 knows the season too.
  CHECK(result.naive2.errors.together.mae < result.persistence.errors.together.mae);
  // Over several windows: one case for each.
  const auto rolled = backtest(seasonal, data, {.horizon = 4, .windows = 5, .step_size = 4, .season = 4});
  CHECK_THAT(rolled.verdict(), ContainsSubstring("by 5 windows"));
  // A series that repeats itself has no scaled error.
  data.push_back(Values(40, 7.0));
  const auto unscaled = backtest(seasonal, data, {.horizon = 4, .season = 4});
  CHECK_FALSE(unscaled.scaled_tests);
  CHECK_FALSE(unscaled.model.together.mase);
  CHECK_THAT(unscaled.verdict(),
             StartsWith("The model is better than repeating the last value: its mean absolute error"));
}

TEST_CASE("a result prints as tables and words") {
  std::ostringstream out;
  out << backtest(drift_forecast, eight, {.horizon = 2, .windows = 2, .step_size = 3, .season = 2});
  CHECK_THAT(out.str(), StartsWith("1 series, 2 windows, each of 2 steps ahead\n\n"
                                   "                  MAE   RMSE   MAPE  sMAPE   MASE  RMSSE     OWA\n"));
  CHECK_THAT(out.str(), ContainsSubstring("\nseasonal naive   1.75  1.803  33.61  42.11  1.375  1.509  0.8601\n"));
  CHECK_THAT(out.str(), ContainsSubstring("\nMAE by steps ahead     1    2\n"));
  CHECK_THAT(out.str(), ContainsSubstring("\nmodel               2.95  1.4\n"));
  CHECK_THAT(out.str(), EndsWith("forecasts are told apart where p < 0.05.)\n"));
  std::ostringstream one_step;
  one_step << backtest(drift_forecast, made_series(120, 1, 1), {.horizon = 48, .season = 4});
  CHECK_THAT(one_step.str(), ContainsSubstring("MAE by steps ahead       1      10      19      29      38     48\n"));
}

TEST_CASE("with mask_missing the values that came count, and what needs no model sees a history that is filled") {
  const double missing = std::nan("");
  const Values series{1, 3, missing, 5, missing, 8, 6, missing};
  const auto last_known = [](OneHistory history, std::size_t horizon) {
    while (std::isnan(history.back())) history = history.first(history.size() - 1);
    return Values(horizon, history.back() + 1);
  };
  const BacktestOptions options{.horizon = 2, .windows = 3, .step_size = 1, .season = 2, .mask_missing = true};
  const auto result = backtest(last_known, series, options);
  // From 5 on 6, twice, of which 8 came; then 6 for 8 and 6; then 9 for 6.
  CHECK(result.forecasts == Values{6, 6, 6, 6, 9, 9});
  CHECK(result.model.together.values == 4);
  CHECK(result.model.together.mae == (2 + 2 + 0 + 3) / 4.0);
  CHECK(result.model.steps[0].values == 2);
  CHECK(result.persistence.errors.together.mae == (3 + 3 + 1 + 2) / 4.0);
  CHECK(result.seasonal_naive->errors.together.mae == (3 + 3 + 5 + 5) / 4.0);  // 5 for 8, 1 (of 1, 3, 1, 5, 1) for 6
  CHECK(result.persistence.tests.absolute.p_value <= 1);
  CHECK_THROWS_AS(backtest(last_known, series, {.horizon = 2}), DataError);
  CHECK_THROWS_WITH(backtest(last_known, Values{1, 2, 3, missing}, {.mask_missing = true}),
                    "backtest: expected at least 1 known value in the windows, found none");
  CHECK_THROWS_WITH(backtest(last_known, Values{missing, missing, 3, 4}, {.windows = 2, .mask_missing = true}),
                    "backtest: series 0 (counted from 0): expected a known value among the 2 before the first window, "
                    "found none");
  // A series of which nothing came is none of the cases.
  const std::vector<Values> both{eight, {1, 2, 3, missing}};
  const auto of_both = backtest(last_known, both, {.mask_missing = true});
  CHECK(of_both.model.series[1].values == 0);
  CHECK(of_both.model.together.mae == 2);
  CHECK(of_both.persistence.skill.value() == Approx(1 - 2.0 / 3));
  // A step of which nothing came has no error to show.
  const auto of_step = backtest(last_known, Values{1, 2, 3, 4, missing}, {.horizon = 2, .mask_missing = true});
  CHECK_THAT(of_step.text(), ContainsSubstring("\nmodel               0  -\npersistence         1  -\n"));
}

TEST_CASE("a backtest that cannot be is refused before anything is asked") {
  const auto never = [](OneHistory, std::size_t) -> Values { throw std::logic_error("asked"); };
  const auto run = [&](const auto& data, BacktestOptions options) { return backtest(never, data, options); };
  CHECK_THROWS_AS(run(eight, {.horizon = 0}), ArgumentError);
  CHECK_THROWS_WITH(run(eight, {.horizon = 0}), "backtest: expected horizon of at least 1, found 0");
  CHECK_THROWS_WITH(run(eight, {.windows = 0}), "backtest: expected windows of at least 1, found 0");
  CHECK_THROWS_WITH(run(eight, {.step_size = 0}), "backtest: expected step_size of at least 1, found 0");
  CHECK_THROWS_WITH(run(std::vector<Values>{}, {}), "backtest: expected at least 1 series, found none");
  CHECK_THROWS_AS(run(eight, {.horizon = 2, .windows = 6}), DataError);
  CHECK_THROWS_WITH(run(eight, {.horizon = 2, .windows = 6}),
                    "backtest: series 0 (counted from 0) has 8 values, too few for 6 windows of 2 steps, 1 from one to "
                    "the next, with 2 values before the first");
  CHECK_THROWS_AS(run(eight, {.horizon = 2, .season = 7}), DataError);
  const auto huge = std::numeric_limits<std::size_t>::max();
  CHECK_THROWS_AS(run(eight, {.horizon = huge, .windows = huge, .step_size = huge}), DataError);
  CHECK_THROWS_AS(run(eight, {.windows = huge}), DataError);
  CHECK_THROWS_AS(run(eight, {.windows = 2, .step_size = huge}), DataError);
  CHECK_THROWS_AS(run(std::vector<Values>{eight, {1, 2, std::nan("")}}, {}), DataError);
  CHECK_THROWS_WITH(run(std::vector<Values>{eight, {1, 2, std::nan("")}}, {}),
                    "backtest: value 2 of series 1 (counted from 0) is nan, expected a finite number");
}

TEST_CASE("forecasts that are none are refused with the series and the step") {
  const std::vector<Values> two{eight, eight};
  const auto short_one = [](OneHistory, std::size_t) { return Values{1, 2}; };
  CHECK_THROWS_AS(backtest(short_one, eight, {.horizon = 3}), ShapeError);
  CHECK_THROWS_WITH(backtest(short_one, eight, {.horizon = 3}),
                    "backtest: expected forecasts of 1 series and 3 steps, found the shape (2)");
  const auto of_one = [](ManySeries, std::size_t horizon) { return std::vector<Values>{Values(horizon)}; };
  CHECK_THROWS_WITH(backtest(of_one, two, {.horizon = 3}),
                    "backtest: expected forecasts of 2 series and 3 steps, found the shape (1, 3)");
  const auto broken = [](ManySeries, std::size_t) {
    return std::vector<Values>{{1, 2}, {3, std::numeric_limits<double>::infinity()}};
  };
  CHECK_THROWS_AS(backtest(broken, two, {.horizon = 2}), DataError);
  CHECK_THROWS_WITH(backtest(broken, two, {.horizon = 2}),
                    "backtest: the forecast of series 1 from value 6 on is inf at step 1 (counted from 0), expected a "
                    "finite number");
}

TEST_CASE("a function of series with covariates sees the columns as they were known at the origin") {
  const ForecastSeries series{.unique_id = "a",
                              .values = eight,
                              .known = {{"price", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}},
                              .past = {{"wind", {10, 11, 12, 13, 14, 15, 16, 17}}},
                              .fixed = {{"area", 5}}};
  std::vector<ForecastSeries> given;
  const auto last_price = [&](const ForecastSeries& history, std::size_t horizon) {
    given.push_back(history);
    return Values(horizon, history.known.at("price").back());
  };
  const BacktestOptions options{.horizon = 2, .windows = 2, .step_size = 3, .input_size = 3};
  const auto result = backtest(last_price, series, options);
  CHECK(result.forecasts == Values{4, 4, 7, 7});
  REQUIRE(given.size() == 2);
  CHECK(given[0].values == Values{1, 3, 2});
  CHECK(given[1].unique_id == "a");
  CHECK(given[1].values == Values{5, 4, 8});
  CHECK(given[1].known.at("price") == Values{3, 4, 5, 6, 7});  // and of the two steps to come
  CHECK(given[1].past.at("wind") == Values{13, 14, 15});
  CHECK(given[1].fixed.at("area") == 5);

  // All series at once, fitted to what stands beside the values; or the values alone.
  std::size_t prices = 0;
  const auto fit = [&](std::span<const ForecastSeries> histories) {
    prices = histories[1].known.at("price").size();
    return [](std::span<const ForecastSeries> all, std::size_t horizon) {
      std::vector<Values> forecasts;
      for (const auto& one : all) forecasts.emplace_back(horizon, one.known.at("price").back());
      return forecasts;
    };
  };
  const std::vector<ForecastSeries> both{series, series};
  CHECK(backtest(fit, both, options).forecasts == Values{4, 4, 7, 7, 4, 4, 7, 7});
  CHECK(prices == 3);
  std::vector<Values> plain;
  CHECK(backtest(Recorder{&plain}, both, options).forecasts == Values{3, 4, 9, 10, 3, 4, 9, 10});

  auto wrong = series;
  wrong.known["price"].resize(7);
  CHECK_THROWS_WITH(backtest(last_price, wrong, options),
                    "backtest: series \"a\": known column \"price\": expected at least 8 numbers, as many as values, "
                    "found 7");
  wrong = series;
  wrong.past["wind"].push_back(18);
  CHECK_THROWS_WITH(backtest(last_price, wrong, options),
                    "backtest: series \"a\": past column \"wind\": expected 8 numbers, as many as values, found 9");
}
