#include "forecast_plan.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include "rnnts/core/error.hpp"
#include "search_or_failure.hpp"
#include "support/catch.hpp"

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

double one(const rnnts::Trial&) { return 1; }

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

TEST_CASE("search_or_failure has no result where all trials fail") {
  const rnnts::SearchSpace space{{"units", rnnts::Choice{1, 2}}};
  const auto fail = [](const rnnts::Trial&) -> double { throw rnnts::TrainingError("the loss is not finite", 0); };
  const auto [none, failure] = search_or_failure(space, fail, {.trials = 2});
  CHECK(none.trials.empty());
  CHECK_THAT(failure, ContainsSubstring("search: all 2 trials failed, trial 0"));
  CHECK_THAT(failure, ContainsSubstring("with: the loss is not finite"));
  const auto [found, no_failure] = search_or_failure(space, one, {.trials = 2});
  CHECK(found.best().error == 1);
  CHECK(no_failure.empty());
  CHECK_THROWS_AS(search_or_failure(space, one, {}), rnnts::ArgumentError);
  CHECK_THROWS_AS(search_or_failure(space, one, {.trials = 2, .file = "/none/trials.csv"}), rnnts::FileError);
}
