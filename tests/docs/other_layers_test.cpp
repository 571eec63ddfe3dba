// The code of docs/other_layers.md.
#include <rnnts/rnnts.hpp>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("other_layers.md: a model of several kinds of layers") {
  // [model]
  constexpr Conv1DOptions every_other{.strides = 2};
  constexpr GRUOptions every_step{.return_sequences = true};

  Sequential<float, Input<2, 24>, Conv1D<8, 3, ReLU, every_other>, LayerNormalization<>,
             GRU<16, Tanh, Sigmoid, every_step>, Dropout<0.2>, GlobalAveragePooling1D, Dense<1>>
      model{seed(7)};
  const std::string table = model.summary();
  // [/model]
  CHECK(table ==
        "Layer                         Output shape  Parameters\n"
        "------------------------------------------------------\n"
        "input                        (None, 24, 2)           0\n"
        "0.conv1d                     (None, 11, 8)          56\n"
        "1.layer_normalization        (None, 11, 8)          16\n"
        "2.gru                       (None, 11, 16)        1248\n"
        "3.dropout                   (None, 11, 16)           0\n"
        "4.global_average_pooling1d      (None, 16)           0\n"
        "5.dense                          (None, 1)          17\n"
        "Total parameters: 1337 (5348 bytes)\n");
}

TEST_CASE("other_layers.md: dropout") {
  // [dropout]
  Sequential<float, Input<1>, LSTM<32>, Dropout<0.2>, Dense<1>> model{seed(7)};
  // [/dropout]
  Sequential<float, Input<1>, LSTM<32>, Dense<1>> without{seed(7)};
  const std::vector<float> window{0.1f, 0.2f, 0.3f};
  CHECK(model.predict(window)(0) == without.predict(window)(0));
}

TEST_CASE("other_layers.md: layer normalization") {
  // [layer_normalization]
  constexpr LayerNormalizationOptions as_in_pytorch{.epsilon = 1e-5};

  Sequential<float, Input<4>, LayerNormalization<as_in_pytorch>, GRU<16>, Dense<1>> model{seed(7)};
  // [/layer_normalization]
  CHECK(model.weights()[0].name == "0.layer_normalization.gamma");
  CHECK(model.weights()[1].name == "0.layer_normalization.beta");
  CHECK(model.layer<0>().gamma(3) == 1);
  CHECK(model.layer<0>().beta(3) == 0);
}

TEST_CASE("other_layers.md: a kernel by hand") {
  // [by_hand]
  Sequential<double, Input<1>, Conv1D<1, 2>> differences;
  differences.layer<0>().kernel(0, 0, 0) = -1;
  differences.layer<0>().kernel(1, 0, 0) = 1;

  const auto y = differences.predict(std::vector{1.0, 4.0, 2.0});  // of shape (2, 1): 3 and -2
  // [/by_hand]
  REQUIRE(y.shape()[0] == 2);
  CHECK(y(0, 0) == 3);
  CHECK(y(1, 0) == -2);
}

namespace {

// [causal]
template <std::size_t dilation_rate>
inline constexpr Conv1DOptions causal{.padding = Padding::causal, .dilation_rate = dilation_rate};

// Each output sees the last 1 + 1 + 2 + 4 = 8 steps.
using Wavelike = Sequential<float, Input<1>, Conv1D<8, 2, Tanh, causal<1>>, Conv1D<8, 2, Tanh, causal<2>>,
                            Conv1D<8, 2, Tanh, causal<4>>, LastStep, Dense<1>>;
// [/causal]

}  // namespace

TEST_CASE("other_layers.md: causal convolutions, and their stream") {
  const std::vector<float> samples{0.3f, 0.1f, -0.4f, 0.2f, 0.9f, -0.5f, 0.6f, 0.7f, -0.8f, 0.25f};
  // [stream]
  const Wavelike model{seed(7)};

  Stream stream(model);
  float y = 0;
  for (const float sample : samples) y = stream.step(sample)[0];
  // [/stream]
  CHECK(y == Approx(model.predict(samples)(0)).epsilon(1e-5));

  auto changed = samples;
  changed[1] = 5;  // nine steps before the last: out of sight
  CHECK(model.predict(changed)(0) == model.predict(samples)(0));
  changed[2] = 5;
  CHECK(model.predict(changed)(0) != model.predict(samples)(0));
}

TEST_CASE("other_layers.md: a window that is too short") {
  // [too_short]
  const Sequential<float, Input<1>, Conv1D<4, 5>, GlobalMaxPooling1D, Dense<1>> model{seed(7)};

  std::string what;
  try {
    model.predict(std::vector{1.0f, 2.0f, 3.0f});
  } catch (const ShapeError& error) {
    what = error.what();  // "conv1d: expected at least 5 steps, found 3"
  }
  // [/too_short]
  CHECK(what == "conv1d: expected at least 5 steps, found 3");
}

TEST_CASE("other_layers.md: pooling") {
  // [pooling]
  Sequential<float, Input<1, 100>, Conv1D<8, 5, ReLU>, MaxPooling1D<4>, Conv1D<16, 5, ReLU>, GlobalAveragePooling1D,
             Dense<1>>
      model{seed(7)};
  // [/pooling]
  CHECK(decltype(model)::At<1>::output == sequence_shape(24, 8));
  CHECK(decltype(model)::At<2>::output == sequence_shape(20, 16));
}

TEST_CASE("other_layers.md: encoder and decoder") {
  // [repeat]
  constexpr GRUOptions every_step{.return_sequences = true};

  // From a window of any length to the next 12 values.
  Sequential<float, Input<1>, GRU<16>, RepeatVector<12>, GRU<16, Tanh, Sigmoid, every_step>, Dense<1>> model{seed(7)};

  // The last of all states that the first layer gives.
  Sequential<float, Input<1>, GRU<16, Tanh, Sigmoid, every_step>, LayerNormalization<>, LastStep, Dense<1>> last{
      seed(7)};

  // Windows of a load and a temperature, and at their end 24 steps of which the temperature alone is known.
  Sequential<float, Input<2>, GRU<16, Tanh, Sigmoid, every_step>, LastSteps<24>, Dense<1>> day_ahead{seed(7)};
  // [/repeat]
  CHECK(model.predict(std::vector{1.0f, 2.0f, 3.0f}).shape()[0] == 12);
  CHECK(last.predict(std::vector{1.0f, 2.0f, 3.0f}).size() == 1);
  CHECK(day_ahead.predict(std::vector<std::array<float, 2>>(30)).shape()[0] == 24);
}

TEST_CASE("other_layers.md: embedding") {
  // [embedding]
  // A load, a temperature, and the day of the week from 0 to 6, of which three numbers are learnt.
  Sequential<float, Input<3>, Embedding<7, 3>, GRU<16>, Dense<1>> model{seed(7)};
  const auto y = model.predict(std::vector<std::array<float, 3>>{{0.5f, 12, 5}, {0.3f, 11, 6}, {0.6f, 10, 0}});
  // [/embedding]
  CHECK(y.size() == 1);
  CHECK(decltype(model)::At<0>::output.features == 5);
}

TEST_CASE("other_layers.md: cycle") {
  // [cycle]
  // Four days of 24 values each, and the hour of the first of them; the next day.
  Sequential<float, Input<25, 4>, Cycle<Period{.steps = 24}, GRU<16>, Dense<24>>> model{seed(7)};
  // [/cycle]
  CHECK(model.predict(std::vector<std::array<float, 25>>(4)).size() == 24);
  CHECK(model.parameter_count() == 24 + 3 * 16 * (24 + 16 + 2) + 16 * 24 + 24);
}

TEST_CASE("other_layers.md: numbers of parameters") {
  constexpr std::size_t I = 3, F = 7, K = 5;
  CHECK(Sequential<float, Input<I>, Conv1D<F, K>>{}.parameter_count() == F * (K * I + 1));
  CHECK(Sequential<float, Input<I>, LayerNormalization<>>{}.parameter_count() == 2 * I);
  CHECK(Sequential<float, Input<I>, Embedding<F, K>>{}.parameter_count() == F * K);
  CHECK(Sequential<float, Input<I>, Dropout<0.5>, MaxPooling1D<>, LastStep>{}.parameter_count() == 0);
}
