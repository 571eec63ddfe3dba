#include "rnnts/model/predict.hpp"

#include <array>
#include <limits>
#include <list>
#include <span>
#include <sstream>
#include <vector>

#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/series/window.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr auto every_step = SimpleRNNOptions{.return_sequences = true};

using Univariate = Sequential<double, Input<1>, SimpleRNN<4>, Dense<2>>;
using Multivariate = Sequential<double, Input<2>, SimpleRNN<3>, Dense<1>>;
using Labelling = Sequential<double, Input<2>, SimpleRNN<3, Tanh, every_step>, Dense<1>>;

}  // namespace

TEST_CASE("one window of numbers gives a tensor of static shape") {
  const Univariate model{seed(1)};
  const std::vector<double> window{0.1, -0.2, 0.3};
  const auto y = model.predict(window);
  STATIC_REQUIRE(std::is_same_v<std::remove_const_t<decltype(y)>, xt::xtensor_fixed<double, xt::xshape<2>>>);
  CHECK(model.predict(std::list<float>{0.5f, 0.25f})(1) == model.predict(xt::xtensor<double, 1>{0.5, 0.25})(1));
  CHECK(model.predict(std::span(window))(0) == y(0));
  CHECK(model.predict(std::array{0.1, -0.2, 0.3})(0) == y(0));
}

TEST_CASE("a batch gives the same as its windows one by one, in any form") {
  const Univariate model{seed(1)};
  std::vector<double> series;
  for (int i = 0; i < 600; ++i) series.push_back(std::sin(0.1 * i));
  const auto windows = series | views::window(5);
  REQUIRE(windows.size() > 2 * detail::most_windows_at_once);
  const auto y = model.predict(windows);
  REQUIRE(y.shape() == std::array<std::size_t, 2>{windows.size(), 2});
  xt::xtensor<double, 3> tensor(std::array<std::size_t, 3>{windows.size(), 5, 1});
  std::vector<std::vector<double>> nested;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const auto window = windows[static_cast<std::ptrdiff_t>(i)].window;
    const auto alone = model.predict(window);
    CHECK_THAT(y(i, 0), WithinAbs(alone(0), 1e-14));
    CHECK_THAT(y(i, 1), WithinAbs(alone(1), 1e-14));
    for (std::size_t t = 0; t < 5; ++t) tensor(i, t, 0) = series[i + t];
    nested.emplace_back(window.begin(), window.end());
  }
  CHECK((model.predict(tensor) == y));
  CHECK((model.predict(nested) == y));
  CHECK((model.predict(windows | std::views::transform([](auto sample) { return sample.window; })) == y));
}

TEST_CASE("windows of several features are ranges of rows or tensors of two dimensions") {
  const Multivariate model{seed(2)};
  const std::vector<std::array<double, 2>> window{{1, 2}, {3, 4}, {5, 6}};
  const double y = model.predict(window)(0);
  CHECK(model.predict(xt::xtensor<double, 2>{{1, 2}, {3, 4}, {5, 6}})(0) == y);
  CHECK(model.predict(std::vector{window, window})(1, 0) == Approx(y).epsilon(1e-14));
}

TEST_CASE("a model of sequences gives a row per step") {
  const Labelling model{seed(2)};
  const std::vector<std::array<double, 2>> window{{1, 2}, {3, 4}, {5, 6}};
  const auto y = model.predict(window);
  CHECK(y.shape() == std::array<std::size_t, 2>{3, 1});
  const auto batch = model.predict(std::vector{window, window});
  CHECK(batch.shape() == std::array<std::size_t, 3>{2, 3, 1});
  CHECK(batch(1, 2, 0) == Approx(y(2, 0)).epsilon(1e-14));
}

TEST_CASE("bad windows are named") {
  const Univariate model;
  CHECK_THROWS_WITH(model.predict(std::vector<double>{}),
                    "predict: expected a window of at least one step, found an empty one");
  CHECK_THROWS_WITH(model.predict(std::vector<std::vector<double>>{}),
                    "predict: expected at least one window, found none");
  CHECK_THROWS_WITH(model.predict(std::vector<std::vector<double>>{{1, 2}, {}}),
                    "window 1: expected at least one step, found none");
  CHECK_THROWS_WITH(model.predict(std::vector{1.0, std::numeric_limits<double>::infinity()}),
                    "window 0, step 1: expected a finite number, found inf");
  CHECK_THROWS_WITH(model.predict(xt::xtensor<double, 3>(std::array<std::size_t, 3>{2, 3, 4})),
                    "predict: expected a tensor of shape (batch, steps, 1), found (2, 3, 4)");
  const Sequential<double, Input<1, 20>, Flatten, Dense<1>> perceptron;
  CHECK_THROWS_WITH(perceptron.predict(std::vector<double>(19)), "predict: the model expects 20 steps, found 19");
}

TEST_CASE("windows of different length are predicted as if alone") {
  const std::vector<std::vector<std::array<double, 2>>> windows{{{1, 2}, {3, 4}, {5, 6}}, {{-1, 0}}, {{0, 1}, {2, 0}}};
  const Multivariate model{seed(2)};
  const auto together = model.predict(windows);
  const Labelling labelling{seed(2)};
  const auto sequences = labelling.predict(windows);
  CHECK(sequences.shape() == std::array<std::size_t, 3>{3, 3, 1});
  for (std::size_t b = 0; b < windows.size(); ++b) {
    CHECK_THAT(together(b, 0), WithinAbs(model.predict(windows[b])(0), 1e-14));
    const auto alone = labelling.predict(windows[b]);
    for (std::size_t t = 0; t < 3; ++t) {
      CHECK_THAT(sequences(b, t, 0), WithinAbs(t < windows[b].size() ? alone(t, 0) : 0.0, 1e-14));
    }
  }
}

TEST_CASE("any number of threads gives what one gives, to the last bit") {
  std::vector<std::vector<std::array<double, 2>>> windows;
  for (std::size_t b = 0; b < 300; ++b) {
    windows.emplace_back();
    for (std::size_t t = 0; t < 1 + b % 4; ++t) windows.back().push_back({0.01 * static_cast<double>(b), 0.1});
  }
  const Multivariate model{seed(2)};
  const Labelling labelling{seed(2)};
  const auto expected = model.predict(windows);
  const auto expected_sequences = labelling.predict(windows);
  for (const std::size_t threads : {2U, 3U, 16U}) {
    CHECK((model.predict(windows, {.threads = threads}) == expected));
    CHECK((labelling.predict(windows, {.threads = threads}) == expected_sequences));
  }
  CHECK_THROWS_WITH(model.predict(windows, {.threads = 0}), "predict: expected at least 1 thread, found 0");
}

TEST_CASE("several threads name the first window that is bad") {
  const Univariate model{seed(1)};
  std::vector<std::vector<double>> windows(300, {0.1, 0.2});
  windows[140][1] = windows[290][0] = std::numeric_limits<double>::infinity();
  for (int repeat = 0; repeat < 20; ++repeat) {
    CHECK_THROWS_WITH(model.predict(windows, {.threads = 3}),
                      "window 140, step 1: expected a finite number, found inf");
  }
}

TEST_CASE("states that fade away become zero, not subnormal, which would be slow") {
  Sequential<float, Input<1>, SimpleRNN<1, Linear, every_step>> model;
  model.layer<0>().kernel.fill(1);
  model.layer<0>().recurrent_kernel.fill(0.5F);
  std::vector<float> impulse(160);
  impulse[0] = 1;
  const auto response = model.predict(impulse);
  CHECK(response(126, 0) == std::numeric_limits<float>::min());
  if (FlushSubnormals::is_supported) CHECK(response(127, 0) == 0);
}

TEST_CASE("predictions print") {
  Sequential<float, Input<1, 1>, Flatten, Dense<1>> model;
  model.set_weight("1.dense.kernel", std::vector{2.0f});
  std::ostringstream out;
  out << model.predict(std::vector{0.5f}) << model.predict(std::vector<std::vector<float>>{{1.5f}, {2.5f}});
  CHECK_THAT(out.str(), ContainsSubstring("1"));
  CHECK_THAT(out.str(), ContainsSubstring("{{ 3.}") && ContainsSubstring("{ 5.}"));
}
