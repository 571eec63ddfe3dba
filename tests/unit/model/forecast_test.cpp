#include "rnnts/model/forecast.hpp"

#include <array>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("each forecast is fed back as input") {
  Sequential<double, Input<1, 2>, Flatten, Dense<1>> fibonacci;
  fibonacci.set_weight("1.dense.kernel", std::vector{1.0, 1.0});
  CHECK(forecast(fibonacci, std::vector{1, 1}, 6) == std::vector<double>{2, 3, 5, 8, 13, 21});
  CHECK(forecast(fibonacci, std::vector{1, 1}, 0).empty());
}

TEST_CASE("a horizon is fed back as a whole, and the rest of the last one is left out") {
  Sequential<double, Input<1, 2>, Flatten, Dense<2>> model;  // next two: a + b, a + 2 b
  model.set_weight("1.dense.kernel", xt::xtensor<double, 2>{{1, 1}, {1, 2}});
  CHECK(forecast(model, std::vector{1, 1}, 5) == std::vector<double>{2, 3, 5, 8, 13});
}

TEST_CASE("more steps than there is memory for are refused") {
  const Sequential<double, Input<1, 2>, Flatten, Dense<1>> one;
  const Sequential<double, Input<1, 2>, Flatten, Dense<2>> horizon;
  CHECK_THROWS_AS(forecast(one, std::vector{1, 1}, SIZE_MAX), std::length_error);
  CHECK_THROWS_AS(forecast(horizon, std::vector{1, 1}, SIZE_MAX), std::length_error);
  CHECK_THROWS_AS(forecast(horizon, std::vector{1, 1}, SIZE_MAX - 2), std::length_error);
}

TEST_CASE("several features are fed back as rows") {
  Sequential<double, Input<2, 1>, Flatten, Dense<2>> swap;
  swap.set_weight("1.dense.kernel", xt::xtensor<double, 2>{{0, 1}, {1, 0}});
  const auto rows = forecast(swap, std::vector<std::array<double, 2>>{{1, 2}}, 3);
  CHECK(rows == std::vector<std::array<double, 2>>{{2, 1}, {1, 2}, {2, 1}});
}

TEST_CASE("inputs that are known in advance stand beside the forecast") {
  Sequential<double, Input<2, 1>, Flatten, Dense<1>> model;  // the sum of the last value and of a known one
  model.set_weight("1.dense.kernel", std::vector{1.0, 1.0});
  const std::vector<double> known{10, 20, 30};
  const auto values = forecast(model, std::vector<std::array<double, 2>>{{1, 5}}, 3,
                               [&](auto prediction, std::size_t k) { return std::array{prediction[0], known[k]}; });
  CHECK(values == std::vector<double>{6, 16, 36});
}

TEST_CASE("a recurrent model forecasts as its predictions say") {
  const Sequential<float, Input<1>, SimpleRNN<3>, Dense<1>> model{seed(5)};
  std::vector<float> window{0.1f, 0.2f, 0.3f};
  const auto values = forecast(model, window, 4);
  for (const float value : values) {
    CHECK(model.predict(window)(0) == value);
    window.erase(window.begin());
    window.push_back(value);
  }
}

TEST_CASE("a bad window is refused") {
  const Sequential<float, Input<1, 3>, Flatten, Dense<1>> model;
  CHECK_THROWS_AS(forecast(model, std::vector<float>{1, 2}, 4), ShapeError);
  CHECK_THROWS_WITH(forecast(model, std::vector<float>{}, 4),
                    "forecast: expected a window of at least one step, found an empty one");
}
