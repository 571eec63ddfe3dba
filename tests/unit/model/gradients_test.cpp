#include "rnnts/model/gradients.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/losses/huber.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr DenseOptions penalised{.kernel_regularizer = L2(0.1)};
constexpr LSTMOptions every_step{.return_sequences = true};

using Net = Sequential<double, Input<2>, LSTM<3, Tanh, Sigmoid, every_step>, Dropout<0.5>, Bidirectional<GRU<2>>,
                       Dense<1, Linear, penalised>>;
using Windows = std::vector<std::pair<std::vector<std::array<double, 2>>, double>>;

/// Of different length.
Windows windows() {
  return {{{{0.3, -0.2}, {0.5, 0.1}, {-0.4, 0.7}}, 0.5}, {{{0.9, 0.4}}, -0.3}, {{{-0.6, 0.2}, {0.1, 0.8}}, 0.1}};
}

std::vector<NamedTensor<double>> states() {
  return {{"0.lstm.h", {1, 3}, {0.1, -0.5, 0.3}},                     // one for all windows
          {"0.lstm.c", {3, 3}, {1, 0, -1, 0.2, 0.4, -0.3, 0, 0, 0}},  // one for each
          {"2.bidirectional.backward.h", {3, 2}, std::vector<double>(6)}};
}

void check_difference(double& number, double derivative, auto loss) {
  const double kept = number, h = 1e-6;
  number = kept + h;
  const double above = loss();
  number = kept - h;
  const double below = loss();
  number = kept;
  CHECK_THAT(derivative, WithinAbs((above - below) / (2 * h), 1e-8));
}

}  // namespace

TEST_CASE("gradients by weights, windows and initial states agree with differences of the loss") {
  Net model{seed(3)};
  auto samples = windows();
  auto initial = states();
  const auto loss = [&] { return gradients(model, samples, MeanSquaredError{}, {.initial_states = initial}).loss; };
  const auto found = gradients(model, samples, MeanSquaredError{}, {.initial_states = initial});

  const auto weights = model.weights();
  REQUIRE(found.weights.size() == weights.size());
  for (std::size_t k = 0; k < weights.size(); ++k) {
    INFO(weights[k].name);
    CHECK(found.weights[k].name == weights[k].name);
    CHECK(found.weights[k].shape == weights[k].shape);
    REQUIRE(found.weights[k].values.size() == weights[k].values.size());
    for (std::size_t i = 0; i < weights[k].values.size(); ++i) {
      check_difference(weights[k].values[i], found.weights[k].values[i], loss);
    }
  }

  CHECK(found.input.shape == std::vector<std::size_t>{3, 3, 2});
  for (std::size_t b = 0; b < 3; ++b) {
    for (std::size_t t = 0; t < 3; ++t) {
      for (std::size_t i = 0; i < 2; ++i) {
        const double derivative = found.input.xtensor()(b, t, i);
        if (t < samples[b].first.size()) {
          check_difference(samples[b].first[t][i], derivative, loss);
        } else {
          CHECK(derivative == 0);
        }
      }
    }
  }

  REQUIRE(found.initial_states.size() == initial.size());
  for (std::size_t k = 0; k < initial.size(); ++k) {
    INFO(initial[k].name);
    CHECK(found.initial_states[k].name == initial[k].name);
    CHECK(found.initial_states[k].shape == initial[k].shape);
    REQUIRE(found.initial_states[k].values.size() == initial[k].values.size());
    for (std::size_t i = 0; i < initial[k].values.size(); ++i) {
      check_difference(initial[k].values[i], found.initial_states[k].values[i], loss);
    }
  }
}

TEST_CASE("without initial states there is no gradient by them, and zeros are given ones") {
  const Net model{seed(3)};
  const auto without = gradients(model, windows(), MeanSquaredError{});
  CHECK(without.initial_states.empty());
  const auto with = gradients(model, windows(), MeanSquaredError{}, {.initial_states = {{"0.lstm.h", {0, 0, 0}}}});
  CHECK(with.loss == without.loss);
  REQUIRE(with.initial_states.size() == 1);
  CHECK(with.initial_states[0].values[0] != 0);
}

TEST_CASE("gradients says what it cannot use") {
  const Net model{seed(3)};
  CHECK_THROWS_WITH(gradients(model, Windows{}, MeanSquaredError{}),
                    "gradients: expected at least one window, found none");
  CHECK_THROWS_AS(
      gradients(model, windows(), MeanSquaredError{}, {.initial_states = {{"0.lstm.h", {1, 2, 3, 4, 5, 6}}}}),
      ShapeError);  // two for three windows
}
