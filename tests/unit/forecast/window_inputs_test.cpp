#include "rnnts/forecast/window_inputs.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("windows are ranges of steps or of numbers") {
  const std::vector<double> one{1, 2, 3, 4}, other{5, 6, 7, 8};
  const detail::WindowLayout pairs{.look_back = 4, .horizon = 1, .segment = 2};
  detail::WindowInputs<float, 2> steps(pairs, 2);
  steps.write(0, one, {one});
  steps.write(1, other, {other});
  std::vector<std::vector<float>> found;
  for (const auto step : steps[1]) found.emplace_back(step.begin(), step.end());
  CHECK(found == std::vector<std::vector<float>>{{5, 6}, {7, 8}});
  CHECK(steps[0].size() == 2);
  CHECK(steps[0][1][0] == 3);

  detail::WindowInputs<float, 1> numbers({.look_back = 4, .horizon = 1}, 2);
  numbers.write(1, other, {other});
  const auto window = numbers[1];
  CHECK(std::vector<float>(window.begin(), window.end()) == std::vector<float>{5, 6, 7, 8});
}
