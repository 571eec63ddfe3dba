#include "rnnts/model/quantized.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/embedding.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/layer_normalization.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/layers/slstm.hpp"
#include "rnnts/model/bare_sequential.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/stream.hpp"
#include "rnnts/model/swappable_stream.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr std::size_t inputs = 6, units = 13;

/// What a step differs by at most.
struct Bounds {
  double by_row = 0;      ///< as the row was rounded
  double by_weights = 0;  ///< as the weights were

  Bounds& operator+=(const Bounds& other) {
    by_row += other.by_row;
    by_weights += other.by_weights;
    return *this;
  }
};

/// Of the sums that a row x makes with these weights: max |x| / 32767 / 2 for each weight, and scale / 2 for each x.
template <class Matrix> Bounds bounds_of(std::span<const float> x, const Matrix& w) {
  double largest = 0, sum = 0;
  for (const float number : x) {
    largest = std::max<double>(largest, std::abs(number));
    sum += std::abs(number);
  }
  Bounds worst;
  for (std::size_t n = 0; n < w.extents()[1]; ++n) {
    double weights = 0;
    for (std::size_t i = 0; i < x.size(); ++i) weights += std::abs(static_cast<double>(w(i, n)));
    worst.by_row = std::max(worst.by_row, largest / 32767 / 2 * weights);
    worst.by_weights = std::max<double>(worst.by_weights, w.scales()[n] * sum / 2);
  }
  return worst;
}

/// The net of the weights that the integers stand for.
template <class M, class Small> M dequantized(const M& model, const Small& small) {
  M exact = model;
  const auto copy = [](const auto& from, auto& to) {
    for (std::size_t i = 0; i < to.extents()[0]; ++i) {
      for (std::size_t n = 0; n < to.extents()[1]; ++n) to(i, n) = from(i, n);
    }
  };
  auto& layer = exact.template layer<0>();
  copy(small.template layer<0>().kernel, layer.kernel);
  if constexpr (requires { layer.recurrent_kernel; }) {
    copy(small.template layer<0>().recurrent_kernel, layer.recurrent_kernel);
  }
  return exact;
}

/// Step after step, each from the state of the quantized stream, against the same net in float. Where a sum is off by
/// e, a gate is by e / 4, and what the cells make of them by less than `steepness` times e.
template <class Q, class Layer> void check_steps(double steepness) {
  using M = Sequential<float, Input<inputs>, Layer>;
  M model{seed(3)};
  Random random(seed(4));
  for (float& number : model.template layer<0>().bias) number = static_cast<float>(random.uniform(-1, 1));
  const auto small = quantized<Q>(model);
  const M same_weights = dequantized(model, small);
  Stream stream(small);
  Stream of_float(model), of_same_weights(same_weights);
  double largest = 0;
  for (int t = 0; t < 20; ++t) {
    std::vector<float> x(inputs);
    for (float& number : x) number = static_cast<float>(random.normal());
    Bounds bounds = bounds_of(x, small.template layer<0>().kernel);
    if constexpr (requires { small.template layer<0>().recurrent_kernel; }) {
      const auto states = stream.states();
      of_float.set_states(states);
      of_same_weights.set_states(states);
      bounds += bounds_of(states[0].values, small.template layer<0>().recurrent_kernel);
    }
    const std::span<const float, inputs> in(x);
    const auto y = stream.step(in), exact = of_same_weights.step(in), before = of_float.step(in);
    for (std::size_t n = 0; n < units; ++n) {
      REQUIRE_THAT(y[n], WithinAbs(exact[n], steepness * bounds.by_row + 4e-6));
      REQUIRE_THAT(y[n], WithinAbs(before[n], steepness * (bounds.by_row + bounds.by_weights) + 4e-6));
      largest = std::max<double>(largest, std::abs(y[n] - before[n]));
    }
  }
  CHECK(largest > 0);
}

template <class Layer> void check_steps(double steepness) {
  check_steps<std::int8_t, Layer>(steepness);
  check_steps<std::int16_t, Layer>(steepness);
}

}  // namespace

TEST_CASE("a quantized layer gives what float gives with the weights that the integers stand for") {
  check_steps<Dense<units>>(1);
  check_steps<SimpleRNN<units>>(1);
  check_steps<LSTM<units>>(3);
  check_steps<GRU<units>>(3);
  check_steps<GRU<units, Tanh, Sigmoid, GRUOptions{.reset_after = false}>>(3);
}

TEST_CASE("nets of several layers and of layers without a kernel are quantized, and small matrices stay as they are") {
  constexpr LSTMOptions every_step{.return_sequences = true};
  const Sequential<float, Input<2>, LSTM<6, Tanh, Sigmoid, every_step>, LayerNormalization<>, Dropout<0.5>, SLSTM<5>,
                   Dense<3, Softmax>>
      model{seed(5)};
  const auto small = quantized<std::int16_t>(model);
  CHECK(std::ranges::equal(small.layer<0>().kernel, model.layer<0>().kernel));
  CHECK(small.layer<1>().gamma(0) == 1);
  CHECK(small.output_shape().features == 3);
  Stream stream(small);
  Stream of_float(model);
  for (int t = 0; t < 50; ++t) {
    const std::vector<float> x{std::sin(static_cast<float>(t)), std::cos(static_cast<float>(2 * t))};
    const std::span<const float, 2> in(x);
    const auto y = stream.step(in), expected = of_float.step(in);
    for (std::size_t n = 0; n < 3; ++n) CHECK_THAT(y[n], WithinAbs(expected[n], 2e-4));
  }
}

TEST_CASE("the table of an Embedding stays in float in a quantized net") {
  const Sequential<float, Input<2>, Embedding<7, 3>, GRU<16>, Dense<1>> model{seed(5)};
  const auto small = quantized<std::int16_t>(model);
  CHECK(std::ranges::equal(small.layer<0>().embeddings, model.layer<0>().embeddings));
  Stream stream(small);
  Stream of_float(model);
  for (int t = 0; t < 20; ++t) {
    const std::vector<float> x{std::sin(static_cast<float>(t)), static_cast<float>(t % 7)};
    const std::span<const float, 2> in(x);
    CHECK_THAT(stream.step(in)[0], WithinAbs(of_float.step(in)[0], 2e-4));
  }
}

TEST_CASE("a net is quantized when it is compiled") {
  using Net = BareSequential<float, Input<1>, SimpleRNN<4>, Dense<1>>;
  static constexpr auto make = [] {
    Net net;
    net.layer<0>().recurrent_kernel(1, 2) = -0.5f;
    net.layer<0>().recurrent_kernel(3, 2) = 0.25f;
    net.layer<0>().kernel(0, 2) = 1;
    return net.parameters();
  };
  static constinit const Quantized<std::int8_t, Net> small{make()};
  CHECK(small.layer<0>().recurrent_kernel.number(1, 2) == -127);
  CHECK(small.layer<0>().recurrent_kernel.number(3, 2) == 64);
  CHECK(small.layer<0>().kernel(0, 2) == 1);
  Stream stream(small);
  stream.step(0.5f);
  CHECK(stream.states()[0].values[2] == Approx(std::tanh(0.5f)));
}

TEST_CASE("weights that are not finite are refused with their name") {
  Sequential<float, Input<5>, SimpleRNN<4>, Dense<1>> model{seed(5)};
  model.layer<0>().recurrent_kernel(1, 2) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_MATCHES(quantized<std::int8_t>(model), DataError,
                       Message("Quantized: 0.simple_rnn.recurrent_kernel: expected finite numbers, found nan"));
  model.layer<0>().recurrent_kernel(1, 2) = 0;
  model.layer<1>().bias(0) = -std::numeric_limits<float>::infinity();
  CHECK_THROWS_MATCHES(quantized<std::int16_t>(model), DataError,
                       Message("Quantized: 1.dense.bias: expected finite numbers, found -inf"));
}

TEST_CASE("a quantized net is swapped under a stream as another") {
  using M = Sequential<float, Input<1>, GRU<6>, Dense<1>>;
  const auto first = quantized<std::int8_t>(M{seed(1)}), second = quantized<std::int8_t>(M{seed(2)});
  SwappableStream swappable(first);
  swappable.publish(second, {.keep_state = false});
  Stream stream(second);
  CHECK(swappable.stream().step(0.5f)[0] == stream.step(0.5f)[0]);
}
