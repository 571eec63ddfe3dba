#include "rnnts/forecast/window_layout.hpp"

#include <cstddef>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Values = std::vector<double>;

/// What a net is given, step by step.
std::vector<Values> steps_of(const detail::WindowLayout& layout, const Values& window,
                             const detail::SeriesColumns& columns, std::size_t first) {
  std::vector<Values> steps(layout.steps(), Values(layout.features(), -1));
  layout.write<double>(window, {window, columns, first}, [&](std::size_t t) { return steps[t].data(); });
  return steps;
}

}  // namespace

TEST_CASE("a window without covariates is its segments") {
  const detail::WindowLayout layout{.look_back = 6, .horizon = 4, .segment = 3};
  CHECK(layout.features() == 3);
  CHECK(steps_of(layout, {1, 2, 3, 4, 5, 6}, {}, 0) == std::vector<Values>{{1, 2, 3}, {4, 5, 6}});
}

TEST_CASE("known columns reach to the end of the horizon and what is not known is 0 there") {
  const detail::WindowLayout layout{.look_back = 4, .horizon = 3, .segment = 2, .known = 1, .past = 1, .fixed = 1};
  CHECK(layout.steps() == 4);
  CHECK(layout.features() == 8);
  const Values known{-1, 10, 20, 30, 40, 50, 60, 70, 99}, past{-1, 11, 21, 31, 41, 99, 99, 99, 99}, fixed{5};
  CHECK(steps_of(layout, {1, 2, 3, 4}, {known, past, fixed}, 1) == std::vector<Values>{{1, 2, 10, 20, 11, 21, 5, 0},
                                                                                       {3, 4, 30, 40, 31, 41, 5, 0},
                                                                                       {0, 0, 50, 60, 0, 0, 5, 1},
                                                                                       {0, 0, 70, 0, 0, 0, 5, 1}});
}

TEST_CASE("changes of known columns are those of the horizon from the window's last season, again and again") {
  const detail::WindowLayout layout{
      .look_back = 4, .horizon = 5, .segment = 2, .known = 1, .past = 1, .known_season = 2};
  CHECK(layout.steps() == 5);
  CHECK(layout.features() == 9);
  // In other units, as only differences of them count.
  const Values known{-1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 99}, scaled{-1, 10, 20, 30, 40, 51, 62, 73, 84, 95, 99};
  const Values past{-1, 11, 21, 31, 41};
  CHECK(steps_of(layout, {5, 6, 7, 8}, {known, scaled, past}, 1) == std::vector<Values>{{5, 6, 1, 2, 0, 0, 11, 21, 0},
                                                                                        {7, 8, 3, 4, 0, 0, 31, 41, 0},
                                                                                        {0, 0, 5, 6, 21, 22, 0, 0, 1},
                                                                                        {0, 0, 7, 8, 43, 44, 0, 0, 1},
                                                                                        {0, 0, 9, 0, 65, 0, 0, 0, 1}});
}

TEST_CASE("without known columns no steps are read beyond the window") {
  const detail::WindowLayout layout{.look_back = 2, .horizon = 3, .past = 1};
  const Values past{7, 8, 99, 99};
  CHECK(steps_of(layout, {1, 2}, {past}, 0) == std::vector<Values>{{1, 7}, {2, 8}});
}

TEST_CASE("a part of a part keeps its place beside the columns") {
  const Values values{0, 1, 2, 3, 4, 5};
  const detail::SeriesPart part = detail::SeriesPart{.values = values, .first = 10}.subpart(2, 4).subpart(1, 2);
  CHECK(part.first == 13);
  CHECK(Values(part.values.begin(), part.values.end()) == Values{3, 4});
}

TEST_CASE("where values may be missing a step says which and has 0 in their place") {
  const double missing = std::nan("");
  const detail::WindowLayout layout{
      .look_back = 4, .horizon = 2, .segment = 2, .known = 1, .past = 1, .fixed = 1, .may_miss = true};
  CHECK(layout.features() == 10);
  const Values known{10, 20, 30, 40, 50, 60}, past{11, 21, 31, 41}, fixed{5};
  CHECK(steps_of(layout, {1, missing, 3, 4}, {known, past, fixed}, 0) ==
        std::vector<Values>{
            {1, 0, 0, 1, 10, 20, 11, 21, 5, 0}, {3, 4, 0, 0, 30, 40, 31, 41, 5, 0}, {0, 0, 1, 1, 50, 60, 0, 0, 5, 1}});
}

TEST_CASE("the row of a table stands last in each step, that of the series or of a phase of its cycle") {
  const Values known{10, 20, 30, 40, 50, 60}, place{3, 0};
  const detail::WindowLayout with_series{.look_back = 4, .horizon = 2, .segment = 2, .known = 1, .period = 1};
  CHECK(with_series.features() == 6);
  CHECK(steps_of(with_series, {1, 2, 3, 4}, {known, place}, 0) ==
        std::vector<Values>{{1, 2, 10, 20, 0, 3}, {3, 4, 30, 40, 0, 3}, {0, 0, 50, 60, 1, 3}});
  const detail::WindowLayout with_cycle{.look_back = 6, .horizon = 2, .segment = 2, .period = 5};
  CHECK(with_cycle.features() == 3);
  CHECK(steps_of(with_cycle, {1, 2, 3, 4, 5, 6}, {Values{2, 4}}, 7) ==  // phases 11 % 5, 13 % 5, 15 % 5
        std::vector<Values>{{1, 2, 11}, {3, 4, 13}, {5, 6, 10}});
}
