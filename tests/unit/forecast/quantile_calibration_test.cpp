#include "rnnts/forecast/quantile_calibration.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/forecast/data_path.hpp"
#include "rnnts/forecast/steps.hpp"
#include "rnnts/forecast/window_steps.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Values = std::vector<double>;

const Values levels{0.1, 0.5, 0.9};

/// Nine forecasts of two steps, around 0 with bounds of 1; 1 … 9 come, then ten times as much.
QuantileCalibration nine() {
  QuantileCalibration calibration(2, levels);
  for (int k = 0; k < 9; ++k) {
    const double came = (k * 4) % 9 + 1;
    calibration.add(Values{came, -10 * came}, Values{-1, 0, 1, -1, 0, 1});
  }
  return calibration;
}

/// Says of each step of any series that quantiles are a tenth below and above the last value, which is too narrow.
template <class Path = DataPath<Log>> struct Narrow {
  Path data_path;
  std::size_t least = 1;
  Values offsets = Values(6);

  std::size_t horizon() const { return 2; }
  std::span<const double> levels() const { return ::levels; }
  std::size_t least_values() const { return least; }
  const auto& path() const { return data_path; }
  void calibrate(const QuantileCalibration& calibration) { offsets = calibration.offsets(); }

  Forecast predict(const std::vector<ForecastSeries>& series) const {
    Forecast forecast{.horizon = 2, .levels = ::levels};
    for (const auto& one : series) {
      const double last = one.values.back();
      Values quantiles{last / 1.1, last, last * 1.1, last / 1.1, last, last * 1.1};
      detail::move_quantiles(data_path, one, quantiles, ::levels, offsets);
      forecast.unique_ids.push_back(one.unique_id);
      forecast.quantiles.insert(forecast.quantiles.end(), quantiles.begin(), quantiles.end());
    }
    return forecast;
  }
};

/// A random walk of logarithms, whose steps have a standard deviation of a half.
ForecastSeries walk(std::size_t n, Seed its_seed, double scale) {
  Random random(its_seed);
  ForecastSeries series{.unique_id = "walk"};
  for (double level = std::log(scale); series.values.size() < n; level += random.normal() / 2) {
    series.values.push_back(std::exp(level));
  }
  return series;
}

}  // namespace

TEST_CASE("quantiles are moved by the margins of each step and the median is not") {
  const auto calibration = nine();
  CHECK(calibration.size() == 9);
  CHECK(calibration.coverage() == 1.0 / 18);
  CHECK(calibration.offsets() == Values{-7, 0, 7, -79, 0, 79});  // ceil(10 x 0.8) = 8
  CHECK(calibration.not_moved().empty());
}

TEST_CASE("quantiles that are wider than need be are narrowed") {
  QuantileCalibration calibration(1, levels);
  for (int k = 0; k < 4; ++k) calibration.add(Values{k * 0.1}, Values{-5, 0, 5});
  CHECK(calibration.offsets() == Values{4.7, 0, -4.7});
}

TEST_CASE("a quantile without a counterpart has its mirror image at the median for one") {
  QuantileCalibration mirrored(1, Values{0.5, 0.9}), none(1, Values{0.9}), asymmetric(1, Values{0.2, 0.5, 0.9});
  for (const double came : {-9.0, 2.0, 3.0, 4.0}) {
    mirrored.add(Values{came}, Values{1, 2});
    none.add(Values{came}, Values{2});
    asymmetric.add(Values{came}, Values{0.5, 1, 2});
  }
  CHECK(mirrored.offsets() == Values{0, 9});  // from 0 to 2
  CHECK(none.offsets() == Values{0});
  CHECK(none.not_moved() == Values{0.9});
  CHECK(asymmetric.offsets()[0] == Approx(-2.5));  // 60 % from 0.5 to 1.5: the third of 9.5, 0.5, 1.5, 2.5
  CHECK(asymmetric.offsets()[2] == 9);
}

TEST_CASE("quantiles for which there are too few forecasts are not moved") {
  const Values many{0.01, 0.1, 0.5, 0.9, 0.99};
  QuantileCalibration calibration(1, many), others(1, many);
  for (double came = 1; came <= 3; ++came) calibration.add(Values{came}, Values{0, 0, 0, 0, 0});
  CHECK(calibration.not_moved() == Values{0.01, 0.1, 0.9, 0.99});
  CHECK(calibration.offsets() == Values(5));
  others.add(Values{4}, Values{0, 0, 0, 0, 0});
  calibration.add(others);
  CHECK(calibration.size() == 4);
  CHECK(calibration.not_moved() == Values{0.01, 0.99});
  CHECK(calibration.offsets() == Values{0, -4, 0, 4, 0});
}

TEST_CASE("moved quantiles hold what they say of series in any units") {
  // Calibrated on three walks at once, in logarithms, and judged on a fourth in other units.
  const std::size_t count = 1000;
  Narrow<> forecaster{.data_path = DataPath{Log()}};
  const std::vector<ForecastSeries> walks{walk(count, seed(1), 1), walk(count, seed(2), 1e3),
                                          walk(count, seed(3), 1e-3)};
  const auto of_walks = calibration(forecaster, walks, {.windows = 300, .step_size = 3});
  CHECK(of_walks.size() == 900);
  CHECK(of_walks.coverage() < 0.2);
  forecaster.calibrate(of_walks);
  const auto other = walk(3 * count, seed(4), 1e6);
  std::vector<std::size_t> within(2);
  std::size_t windows = 0;
  for (std::size_t t = 1; t + 2 <= other.values.size(); t += 3, ++windows) {
    const Forecast forecast = forecaster.predict({{.unique_id = "part", .values = {other.values[t - 1]}}});
    for (std::size_t h = 0; h < 2; ++h) {
      const double came = other.values[t + h];
      if (forecast.quantile(0.1)[h] <= came && came <= forecast.quantile(0.9)[h]) ++within[h];
    }
  }
  for (const std::size_t count_within : within) {  // three binomial errors of both parts
    CHECK_THAT(static_cast<double>(count_within) / static_cast<double>(windows),
               WithinAbs(0.8, 3 * std::sqrt(0.16 / 900 + 0.16 / static_cast<double>(windows))));
  }
}

TEST_CASE("quantiles that are narrowed do not pass the median and do not cross") {
  const Values five{0.1, 0.25, 0.5, 0.75, 0.9};
  Values quantiles{10, 18, 20, 22, 30};
  const ForecastSeries series{.unique_id = "a", .values = {1}};
  detail::move_quantiles(DataPath<>(), series, quantiles, five, Values{9, 5, 0, -5, -9});
  CHECK(quantiles == Values{19, 20, 20, 20, 21});
  const double infinite = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(detail::move_quantiles(DataPath<>(), series, quantiles, five, Values{infinite, 0, 0, 0, 0}),
                    "Forecaster::predict: series \"a\": step 0 (counted from 0) is not finite but inf in the units of "
                    "the series");
}

TEST_CASE("calibration forecasts of another shape are refused") {
  auto calibration = nine();
  CHECK_THROWS_WITH(calibration.add(Values{1, 2}, Values{1, 2, 3}),
                    "QuantileCalibration: expected 2 true values and 3 quantiles for each, found 2 and 3");
  CHECK_THROWS_AS(calibration.add(Values{1}, Values{1, 2, 3, 4, 5, 6}), ShapeError);
  CHECK_THROWS_AS(calibration.add(QuantileCalibration(3, levels)), ArgumentError);
  CHECK_THROWS_AS(calibration.add(QuantileCalibration(2, Values{0.2, 0.5, 0.8})), ArgumentError);
  CHECK_THROWS_AS(calibration.add(Values{1, std::nan("")}, Values{1, 2, 3, 4, 5, 6}), DataError);
  CHECK(calibration.size() == 9);
  CHECK_THROWS_AS(QuantileCalibration(0, levels), ArgumentError);
}

TEST_CASE("values that are missing have no say in a calibration") {
  const double missing = std::nan("");
  QuantileCalibration calibration(2, levels, true);
  for (int k = 0; k < 5; ++k) calibration.add(Values{k + 2.0, k == 0 ? missing : 0.5}, Values{-1, 0, 1, -1, 0, 1});
  CHECK(calibration.size() == 5);
  CHECK(calibration.coverage() == 4.0 / 9);
  CHECK(calibration.not_moved().empty());
  CHECK(calibration.offsets() == Values{-5, 0, 5, 0.5, 0, -0.5});
  QuantileCalibration fewer(2, levels, true);
  for (int k = 0; k < 4; ++k) fewer.add(Values{k + 2.0, k == 0 ? missing : 0.5}, Values{-1, 0, 1, -1, 0, 1});
  CHECK(fewer.not_moved() == Values{0.1, 0.9});  // 3 errors of the second step are too few
  CHECK(fewer.offsets() == Values(6));
}

TEST_CASE("forecasts that overlap do not count as enough for a pair") {
  const Values five{0.025, 0.1, 0.5, 0.9, 0.975};
  QuantileCalibration calibration(1, five), others(1, five);
  for (int k = 0; k < 43; ++k) calibration.add(Values{k + 1.0}, Values{0, 0, 0, 0, 0}, k % 10 != 0);
  CHECK(calibration.size() == 43);
  CHECK(calibration.apart() == 5);
  CHECK(calibration.not_moved() == Values{0.025, 0.975});
  CHECK(calibration.offsets() == Values{0, -36, 0, 36, 0});  // ceil(44 x 0.8) of all
  for (int k = 0; k < 14; ++k) others.add(Values{0}, Values{0, 0, 0, 0, 0});
  calibration.add(others);
  CHECK(calibration.apart() == 19);
  CHECK(calibration.not_moved().empty());
}

TEST_CASE("windows of a series count where they have no step of an earlier one") {
  const std::vector<ForecastSeries> walks{walk(100, seed(1), 1), walk(90, seed(2), 1)};
  const auto apart = [&](std::size_t windows, std::size_t step_size) {
    return calibration(Narrow<>{.data_path = DataPath{Log()}}, walks, {.windows = windows, .step_size = step_size})
        .apart();
  };
  CHECK(apart(10, 1) == 2 * 5);
  CHECK(apart(11, 1) == 2 * 6);
  CHECK(apart(10, 2) == 2 * 10);
  CHECK(apart(10, 5) == 2 * 10);
}

TEST_CASE("windows without a known value do not calibrate") {
  struct MayMiss : Narrow<> {
    struct Options {
      bool mask_missing = true;
    };
    Options options() const { return {}; }
  };
  const MayMiss forecaster{{.data_path = DataPath{Log()}}};
  const double missing = std::nan("");
  const std::vector<ForecastSeries> both{{.unique_id = "a", .values = {1, missing, 3, 4, 5}},
                                         {.unique_id = "b", .values = {missing, missing, missing, 4, 5}}};
  const auto of_both = calibration(forecaster, both, {.windows = 3});
  CHECK(of_both.size() == 2);  // of the first one, from 1 and from 3 on
  CHECK(of_both.apart() == 2);
}

TEST_CASE("windows that have no spread neither calibrate nor are moved") {
  // A shop that sold a tenth a day, the same each day, and then 500 once; the other one sells as it always does.
  const DataPath path{LevelAndSpread(4)};
  Narrow<DataPath<LevelAndSpread>> forecaster{.data_path = path, .least = 4};
  ForecastSeries even{.unique_id = "even", .values = Values(40, 0.1)}, usual = walk(40, seed(1), 1);
  even.values.back() = 500;
  const std::vector<ForecastSeries> both{even, usual}, one{usual};
  const auto of_both = calibration(forecaster, both, {.windows = 10});
  CHECK(of_both.size() == 10);
  CHECK(of_both.offsets() == calibration(forecaster, one, {.windows = 10}).offsets());
  Values quantiles{1, 2, 3};
  detail::move_quantiles(path, {.unique_id = "even", .values = Values(4, 0.1)}, quantiles, levels, Values{-1, 0, 1});
  CHECK(quantiles == Values{1, 2, 3});
  detail::move_quantiles(path, {.unique_id = "other", .values = {1, 3, 1, 3}}, quantiles, levels, Values{-1, 0, 1});
  CHECK(quantiles == Values{0, 2, 4});
}
