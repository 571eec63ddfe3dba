#include "rnnts/forecast/data_path.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "rnnts/forecast/steps.hpp"
#include "rnnts/forecast/window_steps.hpp"
#include "rnnts/io/save.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Values = std::vector<double>;

/// Growth, a season of 4 and something irregular, all above 0.
Values made_series(std::size_t n) {
  Values series(n);
  for (std::size_t t = 0; t < n; ++t) {
    const double x = static_cast<double>(t);
    series[t] = 20 + 0.7 * x + 5 * std::sin(x * 1.5707963) + std::cos(x * x);
  }
  return series;
}

/// What a net would be shown of a series: the window, and the 10 values that follow it.
struct Shown {
  Values window, future;
};

/// All of the path, as a forecaster applies it in training: the steps of the series to all of it, then those of the
/// window.
template <class... Steps> Shown shown(DataPath<Steps...>& path, const Values& series) {
  std::vector<ForecastSeries> all{{.unique_id = "a", .values = series}};
  path.fit_transform(all, 10);
  const auto middle = all[0].values.end() - 10;
  Shown result{Values(all[0].values.begin(), middle), Values(middle, all[0].values.end())};
  path.transform_window(result.window, result.future);
  return result;
}

/// The way there and back; and a window in a forecast is the same as one in training.
template <class... Steps> void check_inverse(DataPath<Steps...> path) {
  const Values series = made_series(40), history(series.begin(), series.end() - 10);
  auto [window, future] = shown(path, series);
  CHECK(window.size() + path.lost() == history.size());
  CHECK(window == path.transform(history));
  Values same(series.end() - 10, series.end());
  path.transform(history, same);
  CHECK(same == future);

  path.inverse_transform(history, future);
  for (std::size_t h = 0; h < future.size(); ++h) CHECK(future[h] == Approx(series[30 + h]).epsilon(1e-12));
}

/// A step of a user's own.
struct Halves {
  static constexpr std::string_view name = "halves";

  double transform(double x) const { return x / 2; }
  double inverse_transform(double y) const { return 2 * y; }
};

/// Another one: growth since a year ago as a ratio.
struct Ratio {
  static constexpr std::string_view name = "ratio";

  std::size_t lag() const { return 4; }
  double transform(double x, double earlier) const { return x / earlier; }
  double inverse_transform(double y, double earlier) const { return y * earlier; }
};

}  // namespace

TEST_CASE("each step of a data path has an exact inverse") {
  check_inverse(DataPath{});
  check_inverse(DataPath{Log()});
  check_inverse(DataPath{BoxCox(0.5)});
  check_inverse(DataPath{BoxCox(0)});
  check_inverse(DataPath{BoxCox(-0.3)});
  check_inverse(DataPath{Difference()});
  check_inverse(DataPath{Difference(3)});
  check_inverse(DataPath{SeasonalDifference(4)});
  check_inverse(DataPath{SeasonalDifference(12)});  // longer than the horizon
  check_inverse(DataPath{StandardScale()});
  check_inverse(DataPath{MinMaxScale()});
  check_inverse(DataPath{MinMaxScale(-1, 1)});
  check_inverse(DataPath{RobustScale()});
  check_inverse(DataPath{SubtractLast()});
  check_inverse(DataPath{SubtractLevel(4)});
  check_inverse(DataPath{LevelAndSpread(8)});
  check_inverse(DataPath{SubtractSeason(4)});
  check_inverse(DataPath{Halves()});
  check_inverse(DataPath{Ratio()});
}

TEST_CASE("steps compose in order") {
  check_inverse(DataPath{Log(), SeasonalDifference(4), Difference(), StandardScale()});
  check_inverse(DataPath{StandardScale(), SubtractLast()});
  check_inverse(DataPath{Log(), SubtractLevel(8), SubtractSeason(8)});
  check_inverse(DataPath{Difference(), Halves(), LevelAndSpread(5)});
  check_inverse(DataPath{Ratio(), Log(), SubtractLast()});
}

TEST_CASE("steps of a window subtract what is in it") {
  const Values series{1, 2, 3, 6, 10, 14};
  const auto numbers = [&](auto step) {
    Values window(series.begin(), series.begin() + 4), future(series.begin() + 4, series.end());
    step.transform(window, future);
    window.insert(window.end(), future.begin(), future.end());
    return window;
  };
  CHECK(numbers(SubtractLast()) == Values{-5, -4, -3, 0, 4, 8});
  CHECK(numbers(SubtractLevel(4)) == Values{-2, -1, 0, 3, 7, 11});
  CHECK(numbers(SubtractLevel(1)) == numbers(SubtractLast()));
  CHECK(numbers(LevelAndSpread(2)) == Values{-3.5 / 1.5, -2.5 / 1.5, -1, 1, 5.5 / 1.5, 9.5 / 1.5});
  CHECK(numbers(LevelAndSpread(1)) == numbers(SubtractLast()));  // a single value has no spread
  CHECK(numbers(SubtractSeason(2)) == Values{1, 2, 3, 6, 7, 8});
  CHECK(numbers(SubtractSeason(1)) == Values{1, 2, 3, 6, 4, 8});  // again and again
}

TEST_CASE("values that are missing stay so and have no say in what is done to the others") {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  const auto same = [](const Values& found, const Values& expected) {
    return std::ranges::equal(found, expected, [](double a, double b) { return a == b || std::isnan(a + b); }) &&
           std::ranges::equal(
               found, expected, {}, [](double x) { return std::isnan(x); }, [](double x) { return std::isnan(x); });
  };
  const auto numbers = [&](auto step, Values window) {
    Values future{10, missing, 14};
    step.transform(window, future);
    window.insert(window.end(), future.begin(), future.end());
    return window;
  };
  CHECK(same(numbers(SubtractLast(), {2, 4, missing}), {-2, 0, missing, 6, missing, 10}));
  CHECK(same(numbers(SubtractLevel(3), {9, 2, missing, 4}), {6, -1, missing, 1, 7, missing, 11}));
  CHECK(same(numbers(SubtractLevel(1), {2, 4, missing}), {-2, 0, missing, 6, missing, 10}));
  CHECK(same(numbers(SubtractLevel(2), {1, 3, missing, missing, 5}), {-3, -1, missing, missing, 1, 6, missing, 10}));
  CHECK(same(numbers(LevelAndSpread(3), {9, 2, missing, 4}), {6, -1, missing, 1, 7, missing, 11}));
  CHECK(same(numbers(LevelAndSpread(2), {7, 3, missing}), {1, -1, missing, 2.5, missing, 4.5}));  // 3 and 7
  CHECK(same(numbers(LevelAndSpread(2), {2, missing}), {0, missing, 8, missing, 12}));  // one alone has no spread
  CHECK_FALSE(LevelAndSpread(2).has_scale(Values{2, missing}));
  CHECK(LevelAndSpread(2).has_scale(Values{7, 3, missing}));
  CHECK(same(numbers(SubtractSeason(2), {1, 2, missing, 6}), {1, 2, missing, 6, 9, missing, 13}));
  CHECK(same(numbers(SubtractSeason(2), {missing, 2, missing, 6}), {missing, 2, missing, 6, 6, missing, 10}));
  CHECK(same(numbers(SubtractLevel(2), {missing, missing}), Values(5, missing)));

  // What a forecast of it goes back to is known all the same.
  const DataPath path{Log(), SubtractLevel(2), SubtractSeason(2)};
  const Values history{3, 5, missing, 6, missing, 7};
  Values future{8, 9};
  path.transform(history, future);
  path.inverse_transform(history, future);
  CHECK(future[0] == Approx(8));
  CHECK(future[1] == Approx(9));
  CHECK(same(DataPath{Difference()}.transform(Values{1, 3, missing, 4, 6}), {2, missing, missing, 2}));

  DataPath fitted{StandardScale()};
  std::vector<ForecastSeries> all{{.values = {1, missing, 3, missing, 100}}};
  fitted.fit_transform(all, 1);
  CHECK(fitted.step<0>().mean() == 2);
  CHECK(same(all[0].values, {-1, missing, 1, missing, 98}));
}

TEST_CASE("steps of a series are what their formula says") {
  CHECK(DataPath{Difference(2)}.transform(Values{1, 2, 4, 8}) == Values{3, 6});
  CHECK(BoxCox(2).transform(3) == 4);
  CHECK(BoxCox(0).transform(3) == std::log(3.0));
  CHECK(BoxCox(0.5).inverse_transform(-3) == 0);  // below all that it makes
  DataPath path{RobustScale()};
  path.fit(Values{1, 2, 3, 4, 100});
  CHECK(path.transform(Values{3, 5}) == Values{0, 1});
}

TEST_CASE("steps are fitted to the training part of all series alone") {
  DataPath path{Difference(), StandardScale()};
  std::vector<ForecastSeries> all{{.unique_id = "a", .values = {0, 1, 2, 3, 1000}},
                                  {.unique_id = "b", .values = {0, 3, 6, 9, -1000}}};
  path.fit_transform(all, 1);
  CHECK(path.step<1>().mean() == 2);  // of 1, 1, 1, 3, 3, 3
  CHECK(path.step<1>().scale() == 1);
  CHECK(all[0].values == Values{-1, -1, -1, 995});
}

TEST_CASE("a data path says which value of which series it does not take") {
  DataPath path{Difference(), Log()};
  CHECK_THROWS_WITH(path.fit(std::map<std::string, Values>{{"north", {1, 2, 4}}, {"south", {1, 2, 3, 3}}}),
                    "log: series \"south\": value 3 (counted from 0) is 0, of which it makes -inf; expected a number "
                    "above 0");
  CHECK_THROWS_WITH(path.fit(Values{1}), "difference: series \"0\": a lag of 1 needs more than 1 values, found 1");
  CHECK_THROWS_WITH(path.fit(std::vector<Values>{{1, 2}, {1, std::numeric_limits<double>::quiet_NaN()}}),
                    "DataPath::fit: series \"1\": value 1 (counted from 0) is nan, expected a finite number");
  CHECK_THROWS_WITH(path.fit(std::vector<Values>{}), "DataPath::fit: expected at least one series, found none");
  CHECK_THROWS_AS(DataPath{BoxCox(2)}.transform(Values{-3}), DataError);
}

TEST_CASE("options of steps are checked") {
  CHECK_THROWS_AS(Difference(0), ArgumentError);
  CHECK_THROWS_AS(SubtractLevel(0), ArgumentError);
  CHECK_THROWS_AS(SubtractSeason(0), ArgumentError);
  CHECK_THROWS_AS(BoxCox(std::numeric_limits<double>::infinity()), ArgumentError);
  CHECK_THROWS_WITH(DataPath{SubtractLevel(5)}.check_look_back(4),
                    "subtract_level: expected a look_back of at least the 5 values that it looks at, found 4");
  DataPath{SubtractLevel(4)}.check_look_back(4);
}

TEST_CASE("a data path tells how much its lags lose") {
  const DataPath path{SeasonalDifference(4), Difference(), Log()};
  CHECK(path.lost() == 5);
  CHECK(path.shortest_lag() == 1);
  CHECK(DataPath{Log()}.shortest_lag() == 0);
}

TEST_CASE("a data path is saved with what its steps were given and have learnt") {
  DataPath path{BoxCox(0.5), Difference(3), StandardScale(), LevelAndSpread(2)};
  path.fit(made_series(30));
  DataPath loaded{BoxCox(1), Difference(), StandardScale(), LevelAndSpread(1)};
  load(loaded, to_bytes(path));
  const Values series = made_series(40);
  CHECK(loaded.transform(series) == path.transform(series));
}
