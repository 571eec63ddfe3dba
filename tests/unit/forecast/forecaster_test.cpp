#include "rnnts/forecast/forecaster.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/forecast/backtest.hpp"
#include "rnnts/forecast/cycle_net.hpp"
#include "rnnts/forecast/horizon_net.hpp"
#include "rnnts/forecast/series_net.hpp"
#include "rnnts/forecast/steps.hpp"
#include "rnnts/forecast/window_steps.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/layers/cycle.hpp"
#include "rnnts/layers/last_step.hpp"
#include "rnnts/losses/gaussian_negative_log_likelihood.hpp"
#include "rnnts/losses/pinball.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/series/csv.hpp"
#include "rnnts/series/metrics.hpp"
#include "support/catch.hpp"
#include "support/thread_ranks.hpp"

using namespace rnnts;

namespace {

using Values = std::vector<double>;

Values numbers(std::span<const double> values) { return {values.begin(), values.end()}; }

/// A season of 4 on a slope.
Values made_series(std::size_t n, double level = 50) {
  constexpr double season[] = {0, 3, -2, 1};
  Values series(n);
  for (std::size_t t = 0; t < n; ++t) series[t] = level + static_cast<double>(t) / 4 + season[t % 4];
  return series;
}

Values first(const Values& series, std::size_t n) {
  return {series.begin(), series.begin() + static_cast<std::ptrdiff_t>(n)};
}

using SmallNet = Sequential<double, Input<4>, GRU<1>, Dense<4>>;

/// One that is not trained to speak of.
template <class Path> Forecaster<Path, SmallNet> untrained(Path path, ForecasterOptions options = {}) {
  options.look_back = 8;
  options.learning_rate = 1e-300;
  options.epochs = 1;
  options.verbose = false;
  return {std::move(path), SmallNet(), std::move(options)};
}

/// The mean absolute error of the steps that follow the series but for their last ones, after a training on others.
double error_beside(const std::vector<ForecastSeries>& training, std::vector<ForecastSeries> test,
                    ForecasterOptions options, auto make) {
  options.epochs = 80;
  options.batch_size = 16;
  options.learning_rate = 0.02;
  options.units = 2;
  options.verbose = false;
  auto forecaster = make(options);
  forecaster.fit(training);
  Values came;
  for (auto& series : test) {
    const std::size_t known = series.values.size() - options.horizon;
    came.insert(came.end(), series.values.end() - static_cast<std::ptrdiff_t>(options.horizon), series.values.end());
    series.values.resize(known);
    for (auto& [name, numbers] : series.past) numbers.resize(known);
  }
  return mean_absolute_error(came, forecaster.predict(test).values);
}
double error_beside(const std::vector<ForecastSeries>& training, const std::vector<ForecastSeries>& test,
                    const ForecasterOptions& options) {
  return error_beside(training, test, options,
                      [](const ForecasterOptions& o) { return Forecaster(DataPath{SubtractLast()}, o); });
}

/// Random numbers in [-1, 1].
Values random_numbers(std::size_t n, std::uint64_t number) {
  Random random(seed(number));
  Values numbers(n);
  for (double& x : numbers) x = random.uniform(-1, 1);
  return numbers;
}

/// Chance, but for a column that tells it.
ForecastSeries made_by_cause(std::size_t n, std::uint64_t number) {
  const Values numbers = random_numbers(n, number);
  ForecastSeries series{.known = {{"cause", numbers}}};
  for (const double x : numbers) series.values.push_back(20 + 5 * x);
  return series;
}

}  // namespace

TEST_CASE("a Forecaster with a net of its own learns a season on a slope, in the units of the series") {
  const Values series = made_series(80), training = first(series, 72);
  Forecaster forecaster(DataPath{StandardScale(), SubtractLast()}, {.look_back = 8,
                                                                    .horizon = 4,
                                                                    .segment = 4,
                                                                    .units = 4,
                                                                    .epochs = 60,
                                                                    .batch_size = 8,
                                                                    .learning_rate = 0.02,
                                                                    .verbose = false});
  const auto histories = forecaster.fit(training);
  REQUIRE(histories.size() == 1);
  CHECK(histories[0].loss.size() == 60);
  const Forecast forecast = forecaster.predict(training);
  CHECK(forecast.horizon == 4);
  CHECK(forecast.unique_ids == std::vector<std::string>{"0"});
  CHECK(forecast.levels.empty());
  CHECK(mean_absolute_error(Values(series.begin() + 72, series.begin() + 76), forecast.mean()) < 0.3);

  // Further than the net gives, each forecast fed back.
  const Forecast further = forecaster.predict(training, 7);
  CHECK(further.mean().size() == 7);
  CHECK(numbers(further.mean().first(4)) == numbers(forecast.mean()));
  Values fed_back = training;
  fed_back.insert(fed_back.end(), forecast.values.begin(), forecast.values.end());
  const Forecast next = forecaster.predict(fed_back);
  CHECK(numbers(further.mean().subspan(4)) == numbers(next.mean().first(3)));
}

TEST_CASE("many series of different length are one model, and each forecast is in its own units") {
  const std::map<std::string, Values> series{{"high", made_series(40, 1000)}, {"low", made_series(24, 10)}};
  const std::map<std::string, Values> others{{"other", made_series(12, -500)}};
  Forecaster forecaster(DataPath{SubtractLast()}, Sequential<float, Input<1>, GRU<4>, Dense<4>>(),
                        {.look_back = 8, .epochs = 80, .batch_size = 8, .learning_rate = 0.03, .verbose = false});
  forecaster.fit(series);
  const Forecast forecast = forecaster.predict(series);
  CHECK(forecast.unique_ids == std::vector<std::string>{"high", "low"});
  CHECK(mean_absolute_error(Values{1010, 1013.25, 1008.5, 1011.75}, forecast.mean(0)) < 1);
  CHECK(mean_absolute_error(Values{16, 19.25, 14.5, 17.75}, forecast.mean(1)) < 1);
  CHECK(mean_absolute_error(Values{-497, -493.75, -498.5, -495.25}, forecaster.predict(others).mean()) < 1);
}

TEST_CASE("members are trained from seeds of their own, side by side, and their mean is the forecast") {
  const Values series = made_series(40);
  const auto predicted = [&](std::size_t members, std::uint64_t first_seed, std::size_t threads) {
    std::atomic<std::size_t> epochs = 0;
    Forecaster forecaster(DataPath{SubtractLast()}, SmallNet(),
                          {.look_back = 8,
                           .epochs = 2,
                           .members = members,
                           .seed = seed(first_seed),
                           .threads = threads,
                           .verbose = false,
                           .on_epoch = [&] { ++epochs; }});
    CHECK(forecaster.fit(series).size() == members);
    CHECK(epochs == 2 * members);
    return forecaster.predict(series).values;
  };
  const Values one = predicted(1, 5, 1), next = predicted(1, 6, 1), both = predicted(2, 5, 1);
  CHECK(one != next);
  for (std::size_t h = 0; h < 4; ++h) CHECK(both[h] == Approx((one[h] + next[h]) / 2));
  CHECK(predicted(2, 5, 2) == both);
}

TEST_CASE("several ranks train a Forecaster as one does but for rounding") {
  const std::map<std::string, Values> series{{"a", made_series(40)}, {"b", made_series(30, 500)}};
  const auto forecasts = [&](Ranks* ranks) {
    Forecaster forecaster(DataPath{SubtractLast()}, SmallNet(),
                          {.look_back = 8,
                           .epochs = 3,
                           .batch_size = 5,
                           .validation = 4,
                           .members = 2,
                           .threads = 2,
                           .verbose = false,
                           .ranks = ranks});
    forecaster.fit(series);
    return forecaster.predict(series).values;
  };
  const Values expected = forecasts(nullptr);
  std::vector<Values> found(2);
  on_ranks(2, [&](ThreadRanks& ranks) { found[ranks.rank()] = forecasts(&ranks); });
  CHECK(found[0] == found[1]);
  REQUIRE(found[0].size() == expected.size());
  for (std::size_t k = 0; k < expected.size(); ++k) CHECK_THAT(found[0][k], WithinAbs(expected[k], 1e-9));
}

TEST_CASE("quantiles of a Forecaster do not cross, and the mean is the one in the middle") {
  const Quantiles<3> loss{{0.9, 0.5, 0.1}};  // in any order
  const Values series = made_series(60);
  Forecaster forecaster(DataPath{SubtractLast()}, loss,
                        {.look_back = 8, .horizon = 4, .units = 2, .epochs = 1, .verbose = false});
  CHECK(numbers(forecaster.levels()) == Values{0.1, 0.5, 0.9});
  forecaster.fit(series);
  const Forecast forecast = forecaster.predict(std::vector<Values>{series, made_series(20)});
  CHECK(forecast.quantiles.size() == 2 * 3 * 4);
  for (std::size_t s = 0; s < 2; ++s) {
    CHECK(numbers(forecast.mean(s)) == forecast.quantile(0.5, s));
    for (std::size_t h = 0; h < 4; ++h) {
      CHECK(forecast.quantile(0.1, s)[h] < forecast.quantile(0.5, s)[h]);
      CHECK(forecast.quantile(0.5, s)[h] < forecast.quantile(0.9, s)[h]);
    }
  }
  CHECK_THROWS_WITH(forecaster.predict(series, 5),
                    "Forecaster::predict: expected a horizon of at most 4, as quantiles cannot be fed back, found 5");
  CHECK_THROWS_WITH(
      Forecaster(DataPath{Difference()}, loss, {.look_back = 8, .horizon = 4}),
      "Forecaster: expected a path without a lag below the horizon of 4, as the loss is one of quantiles, "
      "and those of differences do not add up; found a lag of 1");
}

TEST_CASE("quantiles of a Forecaster are moved by a calibration until the next fit") {
  const auto make = [] {
    return Forecaster(DataPath{Log(), SubtractLast()}, Quantiles<3>{{0.1, 0.5, 0.9}},
                      {.look_back = 8, .horizon = 4, .units = 2, .epochs = 1, .verbose = false});
  };
  const Values series = made_series(60), first(series.begin(), series.end() - 20);
  auto forecaster = make();
  forecaster.fit(first);
  const Forecast own = forecaster.predict(first);
  const auto of_last_values = calibration(forecaster, series, {.windows = 8, .step_size = 2});
  CHECK(of_last_values.size() == 8);
  CHECK(of_last_values.not_moved().empty());
  forecaster.calibrate(of_last_values);
  const Forecast moved = forecaster.predict(first);
  CHECK(moved.values == own.values);  // the median
  const Values offsets = of_last_values.offsets();
  for (std::size_t h = 0; h < 4; ++h) {
    CAPTURE(h, offsets);
    CHECK(offsets[3 * h] == -offsets[3 * h + 2]);
    const double median = own.values[h], lower = own.quantile(0.1)[h], upper = own.quantile(0.9)[h];
    const double factor = std::exp(offsets[3 * h + 2]);
    CHECK(moved.quantile(0.1)[h] == Approx(std::min(median, lower / factor)));
    CHECK(moved.quantile(0.9)[h] == Approx(std::max(median, upper * factor)));
  }
  CHECK(moved.quantiles != own.quantiles);

  // What it says of the quantiles is the same after it has moved them.
  CHECK(calibration(forecaster, series, {.windows = 8, .step_size = 2}).offsets() == offsets);
  auto loaded = make();
  load(loaded, to_bytes(forecaster));
  CHECK(loaded.predict(first).quantiles == moved.quantiles);
  forecaster.fit(first);
  CHECK(forecaster.predict(first).quantiles == own.quantiles);

  CHECK_THROWS_WITH(forecaster.calibrate(QuantileCalibration(5, forecaster.levels())),
                    "QuantileCalibration: expected one of 4 steps and 3 quantiles of the same levels, found one of 5 "
                    "and 3");
  CHECK_THROWS_WITH(calibration(forecaster, first, {.windows = 8, .step_size = 6}),
                    "calibration: series \"0\": expected at least 54 values, found 40");
  CHECK_THROWS_WITH(calibration(forecaster, first, {.step_size = 0}),
                    "calibration: expected windows and a step_size of at least 1, found 0");
  CHECK_THROWS_AS(calibration(untrained(DataPath{SubtractLast()}, {}), first, {}), ArgumentError);
}

TEST_CASE("a normal distribution covers what it says of a series with known noise, and is saved and calibrated") {
  // A season of 4, whose first two steps have noise of deviation 1, and the others of 3; exponentials of it all.
  const auto made = [](std::size_t n, std::uint64_t number) {
    Random random(seed(number));
    Values series(n);
    for (std::size_t t = 0; t < n; ++t) {
      constexpr double season[] = {0, 3, -2, 1};
      series[t] = std::exp((season[t % 4] + (t % 4 < 2 ? 1 : 3) * random.normal()) / 10);
    }
    return series;
  };
  const auto make = [] {
    return Forecaster(DataPath{Log(), StandardScale()}, GaussianNegativeLogLikelihood(),
                      {.look_back = 8,
                       .horizon = 4,
                       .units = 4,
                       .quantiles = {0.975, 0.025, 0.1, 0.9},
                       .epochs = 12,
                       .learning_rate = 0.02,
                       .stride = 4,
                       .verbose = false});
  };
  auto forecaster = make();
  CHECK(numbers(forecaster.levels()) == Values{0.025, 0.1, 0.5, 0.9, 0.975});
  forecaster.fit(made(8000, 1));

  constexpr std::size_t count = 300;
  std::vector<Values> series, histories;
  for (std::size_t s = 0; s < count; ++s) {
    series.push_back(made(12, 2 + s));
    histories.push_back(first(series.back(), 8));
  }
  const Forecast forecast = forecaster.predict(histories);
  for (const auto& [low, high, level] : {std::tuple{0.1, 0.9, 0.8}, std::tuple{0.025, 0.975, 0.95}}) {
    double within = 0;
    for (std::size_t s = 0; s < count; ++s) {
      const Values lower = forecast.quantile(low, s), upper = forecast.quantile(high, s);
      for (std::size_t h = 0; h < 4; ++h) within += lower[h] <= series[s][8 + h] && series[s][8 + h] <= upper[h];
    }
    CAPTURE(level, within / (4 * count));
    CHECK(std::abs(within / (4 * count) - level) < 3 * std::sqrt(level * (1 - level) / (4 * count)));
  }
  // The path makes a median of the mean, and of the deviations what they are: 0.1 and 0.3 of the logarithm.
  CHECK(numbers(forecast.mean(0)) == forecast.quantile(0.5, 0));
  for (const std::size_t h : {0u, 2u}) {
    const double deviation = std::log(forecast.quantile(0.9, 0)[h] / forecast.mean(0)[h]) / 1.2815515655446004;
    CHECK(deviation == Approx(h == 0 ? 0.1 : 0.3).epsilon(0.2));
  }

  auto loaded = make();
  load(loaded, to_bytes(forecaster));
  CHECK(loaded.predict(histories).quantiles == forecast.quantiles);
  forecaster.calibrate(calibration(forecaster, series, {.windows = 1}));
  const Forecast moved = forecaster.predict(histories);
  CHECK(moved.values == forecast.values);
  CHECK(moved.quantiles != forecast.quantiles);
  CHECK_THROWS_WITH(forecaster.predict(histories, 5),
                    "Forecaster::predict: expected a horizon of at most 4, as quantiles cannot be fed back, found 5");
  CHECK_THROWS_WITH(Forecaster(DataPath{Log(), StandardScale()}, GaussianNegativeLogLikelihood(),
                               {.look_back = 8, .horizon = 4, .quantiles = {1.5}}),
                    "pinball: expected a quantile between 0 and 1, found 1.5");
}

TEST_CASE("the values of the validation part are seen by no step and no training window") {
  Values series = made_series(40), changed = series;
  for (std::size_t t = 36; t < 40; ++t) changed[t] *= 2;
  const auto fitted = [](const Values& values) {
    auto forecaster = untrained(DataPath{StandardScale(), SubtractLast()}, {.validation = 4});
    const auto histories = forecaster.fit(values);
    CHECK(histories[0].val_loss.size() == 1);
    return std::pair{forecaster.path().template step<0>().mean(), histories[0]};
  };
  const auto [mean, history] = fitted(series);
  const auto [other_mean, other_history] = fitted(changed);
  CHECK(mean == other_mean);
  CHECK(history.loss == other_history.loss);
  CHECK(history.val_loss[0] < other_history.val_loss[0]);
}

TEST_CASE("the weights are those of the best epoch of the validation part") {
  const Values series = made_series(60);
  Forecaster forecaster(DataPath{SubtractLast()}, SmallNet(),
                        {.look_back = 8,
                         .epochs = 200,
                         .learning_rate = 0.5,
                         .cosine_decay = false,
                         .validation = 8,
                         .patience = 3,
                         .verbose = false});
  const History history = forecaster.fit(series)[0];
  const auto best = std::ranges::min_element(history.val_loss);
  CHECK(history.val_loss.end() - best == 4);  // patience, and the best one itself
}

TEST_CASE("a Forecaster is saved to one file with all that it has learnt") {
  const Values series = made_series(40);
  const ForecasterOptions options{
      .look_back = 8, .horizon = 4, .units = 2, .epochs = 1, .members = 2, .verbose = false};
  Forecaster forecaster(DataPath{StandardScale(), SubtractLevel(4)}, options);
  Forecaster loaded(DataPath{StandardScale(), SubtractLevel(1)}, options);
  forecaster.fit(series);
  load(loaded, to_bytes(forecaster));
  CHECK(loaded.predict(series).values == forecaster.predict(series).values);

  auto one_member = options;
  one_member.members = 1;
  Forecaster other(DataPath{StandardScale(), SubtractLevel(4)}, one_member);
  CHECK_THROWS_AS(load(other, to_bytes(forecaster)), FileError);
  CHECK_THROWS_WITH(other.predict(series), "Forecaster: predict needs a fit first");
}

TEST_CASE("a Forecaster says which series it cannot use, and is then as it was") {
  auto forecaster = untrained(DataPath{Difference(), SubtractLast()}, {.validation = 4});
  const Values series = made_series(40);
  forecaster.fit(series);
  const Values before = forecaster.predict(series).values;
  CHECK(forecaster.least_values() == 9);
  const auto named = [](Values values) { return std::map<std::string, Values>{{"a", std::move(values)}}; };
  CHECK_THROWS_WITH(forecaster.fit(named(made_series(16))),
                    "Forecaster::fit: series \"a\": expected at least 17 values, found 16");
  CHECK_THROWS_WITH(forecaster.predict(named(made_series(8))),
                    "Forecaster::predict: series \"a\": expected at least 9 values, found 8");
  Values gap = series;
  gap[7] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(forecaster.fit(named(gap)),
                    "Forecaster::fit: series \"a\": value 7 (counted from 0) is nan, expected a finite number");
  CHECK_THROWS_AS(forecaster.fit(std::vector<Values>{}), DataError);
  CHECK(forecaster.predict(series).values == before);
  forecaster.fit(made_series(17));  // just enough
}

TEST_CASE("with mask_missing a Forecaster learns from what is there and forecasts beside gaps") {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  const Values whole = made_series(90);
  Values series = whole;
  Random random(seed(5));
  for (double& x : series) x = random.uniform() < 0.2 ? missing : x;
  for (std::size_t t = 30; t < 42; ++t) series[t] = missing;  // windows without a known value
  const Values training = first(series, 80);
  const ForecasterOptions options{.look_back = 8,
                                  .horizon = 4,
                                  .segment = 4,
                                  .units = 4,
                                  .mask_missing = true,
                                  .epochs = 60,
                                  .batch_size = 8,
                                  .learning_rate = 0.02,
                                  .validation = 8,
                                  .verbose = false};
  Forecaster forecaster(DataPath{StandardScale(), SubtractLast()}, options);
  const History history = forecaster.fit(training)[0];
  CHECK(*std::ranges::min_element(history.val_loss) < history.val_loss.front() / 3);
  CHECK(mean_absolute_error(first({whole.begin() + 80, whole.end()}, 4), forecaster.predict(training).mean()) < 1);

  // What is refused, and changes nothing.
  const Values before = forecaster.predict(training).values;
  Values gap(20, 1.0), none = training;
  std::fill(gap.end() - 8, gap.end(), missing);
  CHECK_THROWS_WITH(forecaster.predict(std::map<std::string, Values>{{"a", gap}}),
                    "Forecaster::predict: series \"a\": expected at least 1 known value among the last 8, found none");
  std::fill(none.begin(), none.end(), missing);
  none[0] = 1;
  none[1] = 2;  // of a window, and no value that follows one is known
  CHECK_THROWS_WITH(forecaster.fit(none), "labels: expected at least 1 that is not missing, found none");
  CHECK(forecaster.predict(training).values == before);
  none[2] = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(forecaster.fit(none),
                    "Forecaster::fit: series \"0\": value 2 (counted from 0) is inf, expected a finite number");
  ForecasterOptions without = options;
  without.mask_missing = false;
  Forecaster other(DataPath{StandardScale(), SubtractLast()}, without);
  CHECK_THROWS_AS(load(other, to_bytes(forecaster)), FileError);
  CHECK_THROWS_AS(other.fit(training), DataError);
  CHECK_THROWS_WITH(
      detail::check_missing(true, true, 12),
      "Forecaster: expected a path without a lag for mask_missing, as the value that a difference is to be added to "
      "may be missing; found a lag of 12");
  CHECK_THROWS_WITH(
      detail::check_missing(true, false, 0),
      "Forecaster: expected a MaskableLoss for mask_missing, found one that cannot leave missing labels out");
}

TEST_CASE("a forecast that is not finite in the units of the series is refused") {
  Forecaster overflowing(DataPath{Log()}, SmallNet(),
                         {.look_back = 8, .epochs = 1, .learning_rate = 1e6, .verbose = false});
  overflowing.fit(Values(20, 1e300));
  CHECK_THROWS_WITH(overflowing.predict(std::map<std::string, Values>{{"a", Values(20, 1e300)}}),
                    Catch::Matchers::StartsWith("Forecaster::predict: series \"a\": step 0 (counted from 0) is not"));
}

TEST_CASE("a window may be shorter than the horizon, forecasts fed back all the same") {
  const Values series = made_series(40);
  Forecaster forecaster(DataPath{SubtractLast()},
                        {.look_back = 2, .horizon = 3, .units = 2, .epochs = 1, .verbose = false});
  forecaster.fit(series);
  Values fed_back = series;
  for (const double value : forecaster.predict(series).values) fed_back.push_back(value);
  const Forecast further = forecaster.predict(series, 6);
  CHECK(numbers(further.mean().last(3)) == forecaster.predict(fed_back).values);
}

TEST_CASE("options of a Forecaster that do not fit are refused") {
  const auto refusal = [](ForecasterOptions options) -> std::string {
    try {
      Forecaster(DataPath{SubtractLast()}, SmallNet(), options);
    } catch (const ArgumentError& error) {
      return error.what();
    }
    return "none";
  };
  CHECK(refusal({.look_back = 8, .horizon = 4, .segment = 4}) == "none");
  CHECK(refusal({}) == "Forecaster: expected look_back to be at least 1, found 0");
  CHECK(refusal({.look_back = 6}) == "Forecaster: expected look_back to be a multiple of the segment, 4, found 6");
  CHECK(refusal({.look_back = 8, .horizon = 5}) == "Forecaster: expected horizon to be that of the net, 4, found 5");
  CHECK(refusal({.look_back = 8, .segment = 2}) == "Forecaster: expected segment to be that of the net, 4, found 2");
  CHECK(refusal({.look_back = 8, .epochs = 0}) == "Forecaster: expected epochs to be at least 1, found 0");
  CHECK(refusal({.look_back = 8, .batch_size = 0}) == "Forecaster: expected batch_size to be at least 1, found 0");
  CHECK(refusal({.look_back = 8, .stride = 0}) == "Forecaster: expected stride to be at least 1, found 0");
  CHECK(refusal({.look_back = 8, .validation = 3}) ==
        "Forecaster: expected validation to be 0 or at least the horizon, 4, found 3");
  CHECK(refusal({.look_back = 8, .members = 0}) == "Forecaster: expected members to be at least 1, found 0");
  CHECK(refusal({.look_back = 8, .threads = 0}) != "none");
  CHECK_THROWS_WITH(Forecaster(DataPath{}, {.look_back = 8}), "Forecaster: expected horizon to be at least 1, found 0");
  CHECK_THROWS_AS(Forecaster(DataPath{SubtractLevel(9)}, {.look_back = 8, .horizon = 1}), ArgumentError);
}

TEST_CASE("a column known in advance is looked at in the horizon") {
  std::vector<ForecastSeries> training{made_by_cause(150, 0)}, test;
  for (std::uint64_t k = 1; k < 20; ++k) test.push_back(made_by_cause(7, k));
  ForecasterOptions options{.look_back = 4, .horizon = 3, .segment = 2};
  const double without = error_beside(training, test, options);
  options.known = {"cause"};
  const double with = error_beside(training, test, options);
  CHECK(without > 2);
  CHECK(with < 0.2 * without);
}

TEST_CASE("the steps of a HorizonNet share what they learn of a column") {
  // From 13 windows, in which each step has 13 values and all of them have 104. What is forecast without the column is
  // off by 2.5.
  std::vector<ForecastSeries> training{made_by_cause(24, 0)}, test;
  for (std::uint64_t k = 1; k < 20; ++k) test.push_back(made_by_cause(12, k));
  const ForecasterOptions options{.look_back = 4, .horizon = 8, .segment = 2, .known = {"cause"}};
  const auto with_net = [](const ForecasterOptions& o) { return Forecaster(DataPath{StandardScale()}, o); };
  const auto with_horizon_net = [](const ForecasterOptions& o) {
    return Forecaster(DataPath{StandardScale()}, horizon_net(o), o);
  };
  const double apart = error_beside(training, test, options, with_net);
  const double shared = error_beside(training, test, options, with_horizon_net);
  CAPTURE(apart, shared);
  CHECK(apart > 1);
  CHECK(shared < 0.6 * apart);
}

TEST_CASE("what a known column changes from the last season says what the values change") {
  std::vector<ForecastSeries> training{made_by_cause(40, 0)}, test;
  for (std::uint64_t k = 1; k < 20; ++k) test.push_back(made_by_cause(12, k));
  ForecasterOptions options{.look_back = 8, .horizon = 4, .segment = 2, .known = {"cause"}};
  const auto made = [](const ForecasterOptions& o) {
    return Forecaster(DataPath{StandardScale(), SubtractSeason(4)}, horizon_net(o), o);
  };
  const double as_it_is = error_beside(training, test, options, made);
  options.known_season = 4;
  const double changes = error_beside(training, test, options, made);
  CAPTURE(as_it_is, changes);
  CHECK(changes < 0.5 * as_it_is);

  options.epochs = 1;
  options.verbose = false;
  auto forecaster = made(options);
  forecaster.fit(training);
  auto loaded = made(options);
  load(loaded, to_bytes(forecaster));
  ForecastSeries history = made_by_cause(12, 1);
  history.values.resize(8);
  CHECK(loaded.predict(history).values == forecaster.predict(history).values);
  options.known_season = 2;
  auto other = made(options);
  CHECK_THROWS_WITH(load(other, to_bytes(forecaster)), ContainsSubstring("changes of the known from 2 steps before"));
  options.known_season = 9;
  CHECK_THROWS_WITH(made(options), "Forecaster: expected known_season to be at most look_back, 8, found 9");
}

TEST_CASE("a HorizonNet is for known columns and whole segments") {
  const auto refusal = [](const ForecasterOptions& options) -> std::string {
    try {
      return horizon_net<3>(options, 2).summary();
    } catch (const ArgumentError& error) {
      return error.what();
    }
  };
  CHECK(refusal({.look_back = 8, .horizon = 3}) ==
        "Forecaster: expected known, for a HorizonNet, to name at least 1 column, found 0");
  CHECK(refusal({.look_back = 8, .horizon = 4, .known = {"a"}}) ==
        "Forecaster: expected horizon to be 3 segments of 1, found 4");
  CHECK(refusal({.look_back = 8, .horizon = 9, .segment = 3, .known = {"a"}}) ==
        "Forecaster: expected look_back to be a multiple of the segment, 3, found 8");
  const ForecasterOptions three{.look_back = 6, .horizon = 9, .segment = 3, .known = {"a"}};
  CHECK_THAT(refusal(three), ContainsSubstring("(None, 18)"));
  CHECK(horizon_net(three, 2).summary() == refusal(three));
  CHECK_THROWS_WITH(horizon_net({.look_back = 6, .horizon = 8, .segment = 3, .known = {"a"}}),
                    "Forecaster: expected horizon to be a multiple of the segment, 3, found 8");
}

TEST_CASE("a column that is past only is looked at beside the window") {
  // Two steps ahead of the values, which are chance.
  const auto made = [](std::size_t n, std::uint64_t number) {
    const Values numbers = random_numbers(n + 2, number);
    return ForecastSeries{.values = first(numbers, n), .past = {{"ahead", Values(numbers.begin() + 2, numbers.end())}}};
  };
  std::vector<ForecastSeries> training{made(150, 0)}, test;
  for (std::uint64_t k = 1; k < 20; ++k) test.push_back(made(6, k));
  ForecasterOptions options{.look_back = 4, .horizon = 2, .segment = 2};
  const double without = error_beside(training, test, options);
  options.past = {"ahead"};
  const double with = error_beside(training, test, options);
  CHECK(without > 0.4);
  CHECK(with < 0.2 * without);
}

TEST_CASE("a static column tells series apart whose windows are alike") {
  const auto made = [](double slope) {
    ForecastSeries series{.fixed = {{"slope", slope}}};
    for (int t = 0; t < 60; ++t) series.values.push_back(slope * t);
    return series;
  };
  const std::vector<ForecastSeries> both{made(1), made(-1)};
  ForecasterOptions options{.look_back = 1, .horizon = 2};
  const double without = error_beside(both, both, options);
  options.fixed = {"slope"};
  const double with = error_beside(both, both, options);
  CHECK(without > 1);
  CHECK(with < 0.2 * without);
}

TEST_CASE("a Forecaster with covariates is saved with them and looks at nothing that comes later") {
  const Values numbers = random_numbers(46, 1);
  const ForecastSeries series{.unique_id = "a",
                              .values = made_series(40),
                              .known = {{"price", numbers}},
                              .past = {{"wind", first(numbers, 40)}},
                              .fixed = {{"area", 3}}};
  ForecasterOptions options{.look_back = 8,
                            .horizon = 3,
                            .segment = 4,
                            .units = 2,
                            .known = {"price"},
                            .past = {"wind"},
                            .fixed = {"area"},
                            .epochs = 1,
                            .validation = 4,
                            .verbose = false};
  const auto made = [](const ForecasterOptions& of) { return Forecaster(DataPath{Difference(), SubtractLast()}, of); };
  auto forecaster = made(options);
  const History history = forecaster.fit(series)[0];
  const Values forecast = forecaster.predict(series).values;

  auto loaded = made(options);
  load(loaded, to_bytes(forecaster));
  CHECK(loaded.predict(series).values == forecast);

  auto changed = series;
  changed.known["price"][43] += 1;  // beyond the horizon
  CHECK(forecaster.predict(changed).values == forecast);
  changed.known["price"][42] += 1;
  CHECK(forecaster.predict(changed).values != forecast);

  // What is held out chooses the epoch, and no more.
  changed = series;
  for (std::size_t t = 36; t < 40; ++t) changed.known["price"][t] = changed.past["wind"][t] = 100;
  const History other = made(options).fit(changed)[0];
  CHECK(other.loss == history.loss);
  CHECK(other.val_loss != history.val_loss);

  CHECK_THROWS_WITH(forecaster.predict(series, 6),
                    "Forecaster::predict: expected a horizon of at most 3, as the column \"wind\" is past only and its "
                    "future not known, found 6");
  CHECK_THROWS_WITH(forecaster.predict(series.values),
                    "Forecaster::predict: series \"0\": expected the known column \"price\", found none");
  changed = series;
  changed.known["price"].resize(42);
  CHECK_THROWS_WITH(
      forecaster.predict(changed),
      "Forecaster::predict: series \"a\": known column \"price\": expected at least 43 numbers, 40 beside the "
      "values and 3 of the steps to come, found 42");
  changed.past.clear();
  CHECK_THROWS_WITH(forecaster.fit(changed),
                    "Forecaster::fit: series \"a\": expected the past column \"wind\", found none");
  CHECK(forecaster.predict(series).values == forecast);

  options.known = {"cost"};
  auto of_other_names = made(options);
  CHECK_THROWS_WITH(load(of_other_names, to_bytes(forecaster)),
                    ContainsSubstring("expected \"covariates: known \"cost\", past \"wind\", static "
                                      "\"area\"\", found \"covariates: known \"price\", past"));
}

TEST_CASE("known columns go on beside forecasts that are fed back") {
  const Values numbers = random_numbers(46, 1);
  const ForecastSeries series{.values = made_series(40), .known = {{"price", numbers}}};
  Forecaster forecaster(DataPath{SubtractLast()},
                        {.look_back = 4, .horizon = 3, .units = 2, .known = {"price"}, .epochs = 1, .verbose = false});
  forecaster.fit(series);
  auto fed_back = series;
  for (const double value : forecaster.predict(series).values) fed_back.values.push_back(value);
  const Values further = forecaster.predict(series, 6).values;
  CHECK(Values(further.begin() + 3, further.end()) == forecaster.predict(fed_back).values);
  CHECK(forecaster.predict(series, 5).values == first(further, 5));
}

TEST_CASE("a net of one's own has inputs for the columns") {
  const auto refusal = [](const auto& net, ForecasterOptions options) -> std::string {
    try {
      const Forecaster forecaster(DataPath{SubtractLast()}, net, options);
      return "segments of " + std::to_string(forecaster.options().segment);
    } catch (const ArgumentError& error) {
      return error.what();
    }
  };
  CHECK(refusal(SmallNet(), {.look_back = 8, .past = {"a"}}) == "segments of 2");
  CHECK(refusal(SmallNet(), {.look_back = 8, .known = {"a"}}) ==
        "Forecaster: expected a net with 2 inputs for each value of a segment and 1 beside them, found 4");
  CHECK(refusal(SmallNet(), {.look_back = 8, .fixed = {"a", "b", "c", "d"}}) ==
        "Forecaster: expected a net with 1 inputs for each value of a segment and 4 beside them, found 4");
}

namespace {

/// Windows that say nothing of what follows: each series goes on after a jump of its own.
std::vector<ForecastSeries> made_by_series(std::size_t n) {
  std::vector<ForecastSeries> all;
  for (const auto& [name, jump] : std::map<std::string, double>{{"up", 4}, {"down", -3}, {"level", 0}}) {
    ForecastSeries one{.unique_id = name};
    double level = 10;
    Random random(seed(all.size()));
    for (std::size_t t = 0; t < n; ++t) one.values.push_back((level += jump + random.uniform(-4, 4)));
    all.push_back(one);
  }
  return all;
}

ForecasterOptions options_of_series() {
  return {.look_back = 2,
          .horizon = 2,
          .units = 2,
          .series = 3,
          .epochs = 60,
          .batch_size = 16,
          .learning_rate = 0.03,
          .verbose = false};
}

}  // namespace

TEST_CASE("a forecaster with an Embedding knows what each series does, whatever stands beside it in the data") {
  const auto all = made_by_series(80);
  Forecaster forecaster(DataPath{SubtractLast()}, series_net(options_of_series(), 2), options_of_series());
  forecaster.fit(all);
  const auto change = [](const ForecastSeries& one, std::span<const double> forecast) {
    return forecast[1] - one.values.back();  // of two steps, of which chance makes none on average
  };
  const Forecast together = forecaster.predict(all);
  for (std::size_t s = 0; s < 3; ++s) {
    const double alone = change(all[s], forecaster.predict(all[s]).mean());
    CHECK(alone == change(all[s], together.mean(s)));
    CHECK_THAT(alone, WithinAbs(all[s].unique_id == "up" ? 8 : all[s].unique_id == "down" ? -6 : 0, 3));
  }
  CHECK(forecaster.predict(all[0], 5).mean().size() == 5);

  const ForecastSeries other{.unique_id = "sideways", .values = all[0].values};
  CHECK_THROWS_MATCHES(
      forecaster.predict(other), DataError,
      Message("Forecaster::predict: series \"sideways\": expected a series of the training, as the net "
              "has learnt something of each, found another"));
}

TEST_CASE("a file of a forecaster has which series is which") {
  const auto all = made_by_series(40);
  ForecasterOptions options = options_of_series();
  options.epochs = 1;
  const auto make = [&] { return Forecaster(DataPath{SubtractLast()}, series_net(options, 2), options); };
  auto forecaster = make(), loaded = make();
  forecaster.fit(all);
  load(loaded, to_bytes(forecaster));
  CHECK(loaded.predict(all).values == forecaster.predict(all).values);
  CHECK_THROWS_AS(loaded.predict(all[0].values), DataError);  // which has the name "0"
}

TEST_CASE("series that cannot be told apart are refused, and so are nets that do not") {
  const auto refused = [](std::vector<ForecastSeries> all, const std::string& why) {
    ForecasterOptions options = options_of_series();
    options.epochs = 1;
    Forecaster forecaster(DataPath{SubtractLast()}, series_net(options, 2), options);
    CHECK_THROWS_MATCHES(forecaster.fit(all), DataError, Message("Forecaster::fit: " + why));
  };
  auto all = made_by_series(40);
  all.push_back(all[0]);
  refused(all, "expected at most 3 series, as many as the option series tells apart, found 4");
  all.erase(all.begin() + 1);
  refused(all, "series \"down\": expected names that tell the series apart, found this one twice");

  const ForecasterOptions options = options_of_series();
  const auto without = "Forecaster: expected a net with an Embedding, as a SeriesNet, for the option series";
  CHECK_THROWS_MATCHES(Forecaster(DataPath{}, options), ArgumentError, Message(without));
  CHECK_THROWS_MATCHES(Forecaster(DataPath{}, Sequential<float, Input<2, 2>, GRU<2>, Dense<2>>(), options),
                       ArgumentError, Message(without));
  ForecasterOptions none = options;
  none.series = 0;
  CHECK_THROWS_AS(series_net(none), ArgumentError);
  none.series = 2;
  none.horizon = 0;
  CHECK_THROWS_AS(series_net(none), ArgumentError);
}

namespace {

/// A random walk on a cycle of 5 steps, which its windows of 4 values do not show; and the phases, 2 first.
ForecastSeries made_by_phase(std::size_t n, std::span<const double> cycle, const std::string& name = "0") {
  ForecastSeries series{.unique_id = name};
  Random random(seed(n));
  double level = 20;
  for (std::size_t t = 0; t < n; ++t) {
    const std::size_t phase = (t + 2) % 5;
    level += random.uniform(-0.1, 0.1);
    series.values.push_back(level + cycle[phase]);
    series.known["phase"].push_back(static_cast<double>(phase));
  }
  return series;
}

constexpr double one_cycle[] = {4, -3, 1, -5, 3}, other_cycle[] = {-2, 3, 0, 1, -2};

ForecasterOptions options_of_cycle() {
  return {.look_back = 4,
          .horizon = 6,
          .segment = 2,
          .units = 2,
          .cycle = "phase",
          .period = 5,
          .epochs = 60,
          .batch_size = 16,
          .learning_rate = 0.03,
          .verbose = false};
}

/// The part of a series that begins with value `first`.
ForecastSeries part_from(ForecastSeries series, std::ptrdiff_t first) {
  series.values.erase(series.values.begin(), series.values.begin() + first);
  auto& phases = series.known["phase"];
  phases.erase(phases.begin(), phases.begin() + first);
  return series;
}

/// The differences of a learned cycle from its mean.
Values without_mean(std::span<const float> cycle) {
  Values numbers(cycle.begin(), cycle.end());
  double mean = 0;
  for (const double x : numbers) mean += x / static_cast<double>(numbers.size());
  for (double& x : numbers) x -= mean;
  return numbers;
}

}  // namespace

TEST_CASE("a forecaster learns the cycle of a series, and knows its phase in any part of it") {
  // A net that can only carry the last value on: what it forecasts beyond that is the cycle.
  using Net = Sequential<float, Input<3>, Cycle<Period{.steps = 5}, LastStep, Dense<6>>>;
  ForecasterOptions options = options_of_cycle();
  options.segment = 0;
  const ForecastSeries series = made_by_phase(300, one_cycle);
  Forecaster forecaster(DataPath{SubtractLevel(4)}, Net(), options);
  forecaster.fit(series);
  const auto cycle = without_mean(forecaster.net().layer<0>().cycle.flat());
  for (std::size_t phase = 0; phase < 5; ++phase) CHECK_THAT(cycle[phase], WithinAbs(one_cycle[phase], 0.3));

  const double level = series.values.back() - one_cycle[(299 + 2) % 5];
  const Forecast forecast = forecaster.predict(series, 8);  // the last two fed back
  for (std::size_t h = 0; h < 8; ++h) {
    CHECK_THAT(forecast.mean()[h], WithinAbs(level + one_cycle[(300 + h + 2) % 5], 1));
  }
  for (const std::ptrdiff_t first : {1, 7, 294}) {
    CHECK(forecaster.predict(part_from(series, first), 8).values == forecast.values);
  }
  ForecastSeries elsewhere = series;
  for (double& phase : elsewhere.known["phase"]) phase = std::fmod(phase + 1, 5);
  CHECK(forecaster.predict(elsewhere, 8).values != forecast.values);
}

TEST_CASE("each series has a cycle of its own, in a file too, with quantiles, and in a backtest") {
  ForecasterOptions options = options_of_cycle();
  options.series = 2;
  const std::vector<ForecastSeries> both{made_by_phase(300, one_cycle, "one"),
                                         made_by_phase(300, other_cycle, "other")};
  const auto make = [&] {
    return Forecaster(DataPath{SubtractLevel(4)}, cycle_net<3>(options), Quantiles<3>{0.1, 0.5, 0.9}, options);
  };
  auto forecaster = make();
  const auto fit = [&](const std::vector<ForecastSeries>& histories) {
    forecaster.fit(histories);
    return
        [&](const ForecastSeries& history, std::size_t horizon) { return forecaster.predict(history, horizon).values; };
  };
  const auto result = backtest(fit, both, {.horizon = 6, .windows = 4, .step_size = 7, .refit = false, .season = 5});
  CHECK(result.model.together.mae < 0.6);

  const Forecast forecast = forecaster.predict(both);
  for (std::size_t k = 0; k + 2 < forecast.quantiles.size(); k += 3) {
    CHECK(forecast.quantiles[k + 2] - forecast.quantiles[k] < 2);  // each of them has the cycle
  }
  auto loaded = make();
  load(loaded, to_bytes(forecaster));
  CHECK(loaded.predict(both).quantiles == forecast.quantiles);
  CHECK(numbers(loaded.predict(both[1]).mean()) == numbers(forecast.mean(1)));
}

TEST_CASE("options of a cycle that do not fit each other or the net are refused") {
  const auto refused = [](const ForecasterOptions& options, const ForecasterOptions& of_net, const std::string& why) {
    CHECK_THROWS_MATCHES(Forecaster(DataPath{}, cycle_net(of_net), options), ArgumentError,
                         Message("Forecaster: expected " + why));
  };
  const ForecasterOptions good = options_of_cycle();
  CHECK_NOTHROW(Forecaster(DataPath{}, cycle_net(good), good));
  ForecasterOptions bad = good;
  bad.cycle = "";
  refused(bad, good, "the option cycle for a net with a Cycle");
  CHECK_THROWS_MATCHES(Forecaster(DataPath{}, good), ArgumentError,
                       Message("Forecaster: expected a net with a Cycle for the option cycle"));
  bad = good;
  bad.period = 6;
  refused(bad, good, "period to be that of the net, 5, found 6");
  bad = good;
  bad.series = 2;
  refused(bad, good, "series to be at most those of the net, 1, found 2");
  bad = good;
  bad.fixed = {"area"};
  refused(bad, bad, "a cycle without other columns, found 1");
  bad = good;
  bad.mask_missing = true;
  refused(bad, bad, "no mask_missing beside a cycle");
  bad = good;
  bad.period = 0;
  CHECK_THROWS_AS(cycle_net(bad), ArgumentError);
  ForecastSeries without = made_by_phase(100, one_cycle);
  without.known.clear();
  Forecaster forecaster(DataPath{}, cycle_net(good), good);
  CHECK_THROWS_MATCHES(forecaster.fit(without), DataError,
                       Message("Forecaster::fit: series \"0\": known column \"phase\": expected the phases of a cycle, "
                               "found no such column"));
}
