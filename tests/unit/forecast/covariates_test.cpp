#include "rnnts/forecast/covariates.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/named_series.hpp"
#include "support/catch.hpp"

using namespace rnnts;
using detail::Covariates;

static_assert(ForecastData<ForecastSeries&> && ForecastData<const std::vector<ForecastSeries>&>);
static_assert(!ForecastData<std::vector<std::tuple<ForecastSeries>>&>);

namespace {

/// Four values, and two steps to come.
ForecastSeries made_series() {
  return {.unique_id = "a",
          .values = {1, 2, 3, 4},
          .known = {{"price", {2, 4, 2, 4, 6, 8}}, {"unused", {}}},
          .past = {{"wind", {0, 1, 0, 1}}},
          .fixed = {{"area", 7}}};
}

std::string refusal(const ForecastSeries& series) {
  const Covariates covariates({"price"}, {"wind"}, {"area"});
  try {
    covariates.columns("predict", series, 0, 2);
  } catch (const DataError& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("columns are standardised by the training part of all series and given out in the order of their roles") {
  std::vector<ForecastSeries> all{made_series(), made_series()};
  all[1].fixed["area"] = 9;
  for (auto& series : all) {
    series.known["price"][3] = 1000;  // held out
    series.past["wind"] = {3, 3, 3, 5};
  }
  Covariates covariates({"price"}, {"wind"}, {"area"});
  covariates.fit("fit", all, 2);
  const auto columns = covariates.columns("predict", made_series(), 1, 2);
  CHECK(columns == detail::SeriesColumns{{1, -1, 1, 3, 5}, {-2, -3, -2}, {-1}});  // the wind was constant
  CHECK(covariates.config() == "known \"price\", past \"wind\", static \"area\"");
  CHECK(Covariates({"b", "a"}, {}, {"c"}).config() == "known \"b\", \"a\", static \"c\"");
  CHECK(Covariates({}, {}, {}).config().empty());
}

TEST_CASE("with a season known columns come once more, on a scale of their changes in the training part") {
  ForecastSeries series = made_series();
  series.values = {1, 2, 3, 4, 5};
  series.known["price"] = {2, 4, 4, 8, 1000, 6, 8};  // mean 4.5, changes 2, 4; 1000 is held out
  series.past["wind"] = {0, 0, 0, 0, 1};
  Covariates covariates({"price"}, {"wind"}, {"area"}, 2);
  covariates.fit("fit", {series}, 1);
  const auto columns = covariates.columns("predict", series, 3, 2);
  CHECK(columns.size() == 4);
  CHECK(columns.size() == covariates.size());
  REQUIRE(columns[1].size() == 4);
  CHECK(columns[1][2] - columns[1][0] == Approx(-2));  // 6 - 8, of a deviation of 1
  CHECK(columns[1][3] - columns[1][2] == Approx(2));
  CHECK(columns[0][3] - columns[0][2] == Approx(2 / std::sqrt(4.75)));
  CHECK(columns[2] == std::vector<double>{0, 1});
  CHECK(columns[3] == std::vector<double>{0});
  CHECK(covariates.config() ==
        "known \"price\", past \"wind\", static \"area\", changes of the known from 2 steps before");
}

TEST_CASE("a column that does not fit its series is refused by name") {
  CHECK(refusal(made_series()) == "none");
  auto series = made_series();
  series.known.erase("price");
  CHECK(refusal(series) == "predict: series \"a\": expected the known column \"price\", found \"unused\"");
  series = made_series();
  series.fixed.clear();
  CHECK(refusal(series) == "predict: series \"a\": expected the static column \"area\", found none");
  series = made_series();
  series.known["price"].pop_back();
  CHECK(refusal(series) ==
        "predict: series \"a\": known column \"price\": expected at least 6 numbers, 4 beside the values and 2 of the "
        "steps to come, found 5");
  series = made_series();
  series.past["wind"].push_back(1);
  CHECK(refusal(series) ==
        "predict: series \"a\": past column \"wind\": expected 4 numbers, as many as values, since its future is not "
        "known; found 5");
  series = made_series();
  series.past["wind"][2] = std::numeric_limits<double>::quiet_NaN();
  CHECK(refusal(series) ==
        "predict: series \"a\": past column \"wind\": number 2 (counted from 0) is nan, expected a finite one");
  series = made_series();
  series.fixed["area"] = std::numeric_limits<double>::infinity();
  CHECK(refusal(series) ==
        "predict: series \"a\": static column \"area\": number 0 (counted from 0) is inf, expected a finite one");
}

TEST_CASE("names of columns are neither empty nor given twice") {
  CHECK_THROWS_WITH(Covariates({"a"}, {"a"}, {}),
                    "Forecaster: expected each column once, found \"a\" again as a past one");
  CHECK_THROWS_WITH(Covariates({}, {}, {""}), "Forecaster: expected a static column with a name, found \"\"");
}

TEST_CASE("forecasts are not fed back beside a column that is past only") {
  CHECK_THROWS_WITH(
      Covariates({"price"}, {"wind"}, {}).refuse_feedback(3, 2),
      "Forecaster::predict: expected a horizon of at most 2, as the column \"wind\" is past only and its future not "
      "known, found 3");
  Covariates({"price"}, {"wind"}, {}).refuse_feedback(2, 2);
  Covariates({"price"}, {}, {"area"}).refuse_feedback(3, 2);
}
