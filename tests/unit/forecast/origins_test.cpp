#include "rnnts/forecast/origins.hpp"

#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "rnnts/core/extent.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Values = std::vector<double>;

Values from(double first, std::size_t count) {
  Values values(count);
  std::iota(values.begin(), values.end(), first);
  return values;
}

/// The first and the last number at each origin.
std::vector<Values> ends(const detail::Origins& origins) {
  std::vector<Values> all;
  for (std::size_t k = 0; k < origins.size(); ++k) all.push_back({origins[k].values.front(), origins[k].values.back()});
  return all;
}

}  // namespace

TEST_CASE("the windows of several series are counted from their ends, each within its own") {
  const Values a = from(0, 8), b = from(100, 3), c = from(200, 5);
  CHECK(ends(detail::Origins({{a}, {b}, {c}}, {3, 2, 1})) ==
        std::vector<Values>{{0, 4}, {1, 5}, {2, 6}, {3, 7}, {200, 204}});
  CHECK(ends(detail::Origins({{a}, {b}, {c}}, {3, 2, 2})) == std::vector<Values>{{1, 5}, {3, 7}, {200, 204}});
  CHECK(ends(detail::Origins({{b}}, {3, 2, 1})).empty());
  CHECK(detail::Origins({}, {3, 2, 1}).size() == 0);
}

TEST_CASE("batches of windows are cut into segments, and changed one by one") {
  const Values series = from(0, 8);
  const detail::Origins origins({{series}}, {4, 2, 1});  // windows from 0, 1 and 2
  const detail::WindowLayout layout{.look_back = 4, .horizon = 2, .segment = 2};
  const auto subtract_first = [](std::span<double> window, std::span<double> future) {
    const double first = window.front();
    for (double& x : window) x -= first;
    for (double& x : future) x -= 10 * first;
  };
  detail::OriginBatches<float, 2, dynamic> batches(origins, 2, layout, subtract_first, {});
  CHECK(batches.batches() == 2);
  batches.begin(nullptr);

  const auto* batch = batches.next();
  REQUIRE(batch != nullptr);
  CHECK(batch->count == 2);
  CHECK(batch->x.steps == 2);
  const std::span<const float> x(batch->x.data, 8), y(batch->y.data, 4);
  CHECK(std::vector<float>(x.begin(), x.end()) == std::vector<float>{0, 1, 0, 1, 2, 3, 2, 3});
  CHECK(std::vector<float>(y.begin(), y.end()) == std::vector<float>{4, 5, -5, -4});

  batch = batches.next();
  REQUIRE(batch != nullptr);
  CHECK(batch->count == 1);
  CHECK(batch->first == 2);
  CHECK(batch->y[0][0][0] == -14);
  CHECK(batches.next() == nullptr);
  CHECK(series == from(0, 8));  // which no window changes
}

TEST_CASE("a batch has the columns beside each window and of those known in advance the horizon") {
  const Values series = from(0, 5);
  const detail::SeriesColumns columns{from(10, 6), from(20, 6)};  // of which the first number belongs to no value
  const detail::Origins origins({{series, columns, 1}}, {2, 1, 1});
  const detail::WindowLayout layout{.look_back = 2, .horizon = 1, .segment = 2, .known = 1, .past = 1};
  const auto unchanged = [](std::span<double>, std::span<double>) {};
  detail::OriginBatches<float, dynamic, dynamic> batches(origins, 3, layout, unchanged, {});
  batches.begin(nullptr);
  const auto* batch = batches.next();
  REQUIRE(batch != nullptr);
  CHECK(batch->count == 3);
  CHECK(batch->x.steps == 2);
  const std::span<const float> second(batch->x[0][1], 7), second_future(batch->x[1][1], 7);
  CHECK(std::vector<float>(second.begin(), second.end()) == std::vector<float>{1, 2, 12, 13, 22, 23, 0});
  CHECK(std::vector<float>(second_future.begin(), second_future.end()) == std::vector<float>{0, 0, 14, 0, 0, 0, 1});
}

TEST_CASE("a batch whose values may be missing says which and how many of its labels are known") {
  const double missing = std::nan("");
  const Values series{1, missing, 3, missing, missing, 6, 7};
  const detail::Origins origins({{series}}, {2, 1, 1});
  const detail::WindowLayout layout{.look_back = 2, .horizon = 1, .segment = 2, .may_miss = true};
  const auto unchanged = [](std::span<double>, std::span<double>) {};
  detail::OriginBatches<float, dynamic, dynamic> batches(origins, 5, layout, unchanged, {});
  batches.begin(nullptr);
  const auto* batch = batches.next();
  REQUIRE(batch != nullptr);
  const std::span<const float> x(batch->x.data, 20), y(batch->y.data, 5);
  CHECK(std::vector<float>(x.begin(), x.end()) ==
        std::vector<float>{1, 0, 0, 1, /**/ 0, 3, 1, 0, /**/ 3, 0, 0, 1, /**/ 0, 0, 1, 1, /**/ 0, 6, 1, 0});
  CHECK(y[0] == 3);
  CHECK(std::isnan(y[1]));
  CHECK(std::isnan(y[2]));
  CHECK(std::isnan(y[3]));  // 6 is known, but nothing of its window
  CHECK(y[4] == 7);
  CHECK(batch->known == 0.4);
}
