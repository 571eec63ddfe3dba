#include "forecast_plan.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "support/catch.hpp"
#include "trial_cases.hpp"

using namespace tools;

namespace {

/// A series of n values from 1 to 7, without times.
rnnts::SeriesTable week(std::size_t n) {
  rnnts::SeriesTable table{.series = {{"y", {}}}};
  for (std::size_t t = 0; t < n; ++t) table.series[0].second.push_back(1 + static_cast<double>(t % 7));
  return table;
}

ForecastArguments asked() {
  ForecastArguments asked;
  asked.data.season = 7;
  asked.horizon = 5;
  return asked;
}

std::string text_of(const ForecastPlan& plan, const std::string& name) {
  for (const auto& [of, text] : plan.lines) {
    if (of == name) return text;
  }
  return "";
}

}  // namespace

TEST_CASE("plan: what is held out decides about logarithms by its sign alone") {
  rnnts::SeriesTable table = week(200);
  const std::size_t held_out = plan_forecast(table, asked()).held_out;
  REQUIRE(held_out >= 5);
  CHECK(held_out == held_out_of(table, asked()));
  double& last = table.series[0].second.back();
  for (const double value : {1e-6, 1e6}) {
    last = value;
    CHECK(plan_forecast(table, asked()).model.scale == Scale::log);
  }
  last = 0;
  CHECK(plan_forecast(table, asked()).model.scale == Scale::not_negative);
  last = -1;
  CHECK(plan_forecast(table, asked()).model.scale == Scale::as_is);
  last = 1;
  table.series[0].second.front() = 1e6;
  CHECK(plan_forecast(table, asked()).model.scale == Scale::not_negative);
}

TEST_CASE("plan: a backtest holds out what was said before short series are left out") {
  rnnts::SeriesTable table = week(100);
  table.series.push_back({"short", {1, 2, 3}});
  const std::size_t said = held_out_of(table, asked());
  rnnts::erase_if(table, [](const auto& series) { return series.first == "short"; });
  CHECK(said == plan_forecast(table, asked()).held_out);
  CHECK(held_out_of(week(3), asked()) == 0);
}

TEST_CASE("plan: windows do not overlap where one begins after the end of another") {
  CHECK(Windows{}.apart(5) == 0);
  CHECK(Windows{.count = 1, .step_size = 1}.apart(5) == 1);
  CHECK(Windows{.count = 10, .step_size = 1}.apart(5) == 2);
  CHECK(Windows{.count = 11, .step_size = 1}.apart(5) == 3);
  CHECK(Windows{.count = 10, .step_size = 3}.apart(5) == 5);
  CHECK(Windows{.count = 10, .step_size = 20}.apart(5) == 10);
}

TEST_CASE("plan: of a short series one season is looked back on, of many such series two") {
  rnnts::SeriesTable table = week(200);
  ForecastArguments arguments = asked();
  arguments.data.season = 50;
  CHECK(plan_forecast(table, arguments).model.look_back == 50);
  while (table.size() < 20) table.series.push_back(table.series[0]);
  CHECK(plan_forecast(table, arguments).model.look_back == 100);
}

TEST_CASE("plan: windows of the training are those of the look-back") {
  const auto table = week(200);
  ForecastPlan plan = plan_forecast(table, asked());
  ModelOptions& m = plan.model;
  const auto windows = [&] { return detail::trained_windows(table, plan.held_out, m); };
  const std::size_t before = windows();
  CHECK(before == 200 - plan.held_out - m.look_back - 5 + 1);
  CHECK(text_of(plan, "training") == detail::training_text(m, before));
  m.look_back -= 7;
  CHECK(windows() == before + 7);
  m.stride = 10;
  CHECK(windows() == (before + 7 + 9) / 10);
  CHECK(detail::training_text(m, 3) == "60 epochs of 3 windows, every 10th, in batches of 32");
}

TEST_CASE("plan: trials are compared by windows that do not overlap or by series") {
  const std::vector<double> of_one{0, 1, 2, 3, 4, 5, 6};
  CHECK(trial_cases(of_one, {.count = 7, .step_size = 1}, 3) == std::vector<double>{0, 3, 6});
  CHECK(trial_cases(of_one, {.count = 7, .step_size = 2}, 3) == std::vector<double>{0, 2, 4, 6});
  CHECK(trial_cases(of_one, {.count = 7, .step_size = 3}, 3) == of_one);
  // Two series of three windows, and three of two.
  const std::vector<double> of_some{0, 1, 2, 10, 11, 12};
  CHECK(trial_cases(of_some, {.count = 3, .step_size = 1}, 1) == std::vector<double>{5, 6, 7});
  CHECK(trial_cases(of_some, {.count = 2, .step_size = 1}, 1) == std::vector<double>{0.5, 6, 11.5});
  CHECK(trial_cases(of_some, {.count = 3, .step_size = 1}, 3) == std::vector<double>{1, 11});
  // Of series and windows of which no value came there is no error.
  const double none = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> with_gaps{0, none, 2, 10, none, none};
  CHECK(trial_cases(with_gaps, {.count = 3, .step_size = 1}, 1) == std::vector<double>{5, 2});
  CHECK(trial_cases(with_gaps, {.count = 3, .step_size = 1}, 3) == std::vector<double>{1, 10});
  // Of many, several together: 150 in pairs.
  std::vector<double> of_many(150);
  for (std::size_t s = 0; s < of_many.size(); ++s) of_many[s] = static_cast<double>(s);
  const auto cases = trial_cases(of_many, {.count = 1}, 5);
  REQUIRE(cases.size() == 75);
  CHECK(cases[0] == 0.5);
  CHECK(cases[74] == 148.5);
  for (const auto& [series, windows, horizon] :
       {std::tuple{1u, Windows{.count = 7, .step_size = 2}, 3u}, {3u, {.count = 2}, 1u}, {150u, {.count = 1}, 5u}}) {
    const std::vector<double> errors(series * windows.count);
    CHECK(count_of_cases(series, windows, horizon) == trial_cases(errors, windows, horizon).size());
  }
}

TEST_CASE("plan: missing values count in no window that has nothing else, nor in the scale") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  rnnts::SeriesTable table = week(12);
  CHECK(detail::count_windows(table, 0, 3, 2) == 8);
  CHECK(detail::count_windows(table, 5, 3, 2) == 3);
  CHECK(detail::count_windows(table, 8, 3, 2) == 0);
  auto& values = table.series[0].second;
  values[4] = values[5] = values[6] = none;
  // Missing are what follows the windows at 1 and 2, and the window at 4.
  CHECK(detail::count_windows(table, 0, 3, 2) == 5);
  CHECK_NOTHROW(require_values_before(table, "f", {.count = 3, .step_size = 1}, 1, 3, 0));
  CHECK_THROWS_WITH(require_values_before(table, "f", {.count = 5, .step_size = 1}, 1, 3, 0),
                    "f: series \"y\": expected a known value among the 3 before value 7 (counted from 0), from which what "
                    "follows is forecast, found none; a longer --look-back may have one, and --fill forward, linear or "
                    "seasonal makes some");
  CHECK_THROWS_WITH(require_values_before(table, "f", {.count = 2, .step_size = 1}, 1, 4, 6),
                    "f: expected a known value among those before the held-out part that forecasts are judged by, found "
                    "none; --fill forward, linear or seasonal makes some");

  rnnts::SeriesTable long_one = week(200);
  for (const std::size_t t : {1u, 50u, 199u - 6u}) long_one.series[0].second[t] = none;
  ForecastArguments with_gaps = asked();
  with_gaps.data.fill = "masked";
  const ForecastPlan plan = plan_forecast(long_one, with_gaps);
  CHECK(plan.model.masked);
  CHECK(plan.model.scale == Scale::log);
  for (std::size_t t = 1; t < 190; ++t) long_one.series[0].second[t] = none;
  CHECK_THROWS_AS(plan_forecast(long_one, with_gaps), rnnts::DataError);
}

TEST_CASE("plan: two nets of few series, or one of many that trains for twice the epochs") {
  const auto plan_of = [](std::size_t series) {
    rnnts::SeriesTable table = week(10000);
    table.series.resize(series, week(10000).series[0]);
    return plan_forecast(table, asked()).model;
  };
  const ModelOptions few = plan_of(9), many = plan_of(10);
  CHECK(few.members == 2);
  CHECK(few.epochs == 10);
  CHECK(many.members == 1);
  CHECK(many.epochs == 20);
}
