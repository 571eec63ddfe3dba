// The code of docs/recurrent.md.
#include <rnnts/rnnts.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("recurrent.md: recurrent options") {
  // [recurrent_options]
  constexpr GRUOptions backwards{.go_backwards = true, .reset_after = false};
  constexpr LSTMOptions no_forget_bias{.unit_forget_bias = false, .recurrent_initializer = orthogonal(0.5)};

  Sequential<double, Input<1>, ReturnSequences<LSTM<8>>, GRU<8>::With<backwards>, Dense<1>> gru{seed(7)};
  Sequential<double, Input<1>, LSTM<8, Tanh, HardSigmoid, no_forget_bias>, Dense<1>> lstm{seed(7)};
  // [/recurrent_options]
  CHECK(gru.layer<1>().bias.size() == 24);
  for (const double bias : lstm.layer<0>().bias) CHECK(bias == 0);
  CHECK(Sequential<double, Input<1>, LSTM<2>>{}.layer<0>().bias(2) == 1);
}

TEST_CASE("recurrent.md: one step of a SimpleRNN by hand") {
  // [by_hand]
  Sequential<double, Input<1>, SimpleRNN<1>> model;
  model.layer<0>().kernel(0, 0) = 0.5;
  model.layer<0>().recurrent_kernel(0, 0) = -1;

  const double h0 = std::tanh(0.5 * 3);            // the state before the first step is 0
  const double h1 = std::tanh(0.5 * 2 + -1 * h0);  // both the output and the next state
  const auto y = model.predict(std::vector{3.0, 2.0});
  // [/by_hand]
  CHECK(y(0) == Approx(h1).epsilon(1e-14));
}

TEST_CASE("recurrent.md: stream") {
  const std::vector<float> samples{0.1f, 0.2f, 0.3f, 0.4f};
  // [stream]
  const Sequential<float, Input<1>, GRU<16>, Dense<1>> model{seed(7)};

  Stream stream(model);
  float y = 0;
  for (const float sample : samples) y = stream.step(sample)[0];
  // [/stream]
  CHECK(y == Approx(model.predict(samples)(0)).epsilon(1e-5));
  stream.reset();
  CHECK(stream.step(samples[0])[0] == Approx(model.predict(std::span(samples).first(1))(0)).epsilon(1e-5));
}

TEST_CASE("recurrent.md: weights of int8") {
  const Sequential<float, Input<1>, GRU<16>, Dense<1>> model{seed(7)};
  // [quantized]
  const auto small = quantized<std::int8_t>(model);  // or std::int16_t

  Stream stream(small);
  const float y = stream.step(0.5f)[0];
  // [/quantized]
  CHECK_THAT(y, WithinAbs(model.predict(std::vector{0.5f})(0), 0.01));
}

TEST_CASE("recurrent.md: prewarm, keep and restore, channels") {
  using Net = Sequential<float, Input<1>, GRU<16>, Dense<1>>;
  Net model{seed(7)};
  model.layer<0>().bias.fill(0.1f);  // as a trained one has
  // [prewarm]
  Stream stream(model);
  stream.prewarm(1000);  // as if there had been silence for long

  const auto kept = stream;
  stream.step(0.5f);
  stream = kept;  // as before that step

  std::array channels{Stream(model), Stream(model)};  // left and right: one model, two states
  // [/prewarm]
  const float next = stream.step(0.25f)[0];
  channels[0].prewarm(1000);
  CHECK(channels[0].step(0.25f)[0] == next);
  CHECK(channels[1].step(0.25f)[0] != next);
}

TEST_CASE("recurrent.md: swap") {
  using Net = Sequential<float, Input<1>, GRU<16>, Dense<1>>;
  const Net model{seed(7)}, better{seed(8)}, other{seed(9)};
  std::vector<float> block{0.1f, 0.2f, 0.3f, 0.4f};
  // [swap]
  SwappableStream swappable(model);

  const auto process = [&](std::span<float> samples) {  // the real-time thread, for each block
    Stream<Net>& stream = swappable.stream();           // of the newest model
    for (float& sample : samples) sample = stream.step(sample)[0];
  };

  // The control thread, whenever there is a new model:
  swappable.publish(better);                                          // goes on from the state of the old one
  swappable.publish(other, {.keep_state = false, .prewarm = 48000});  // begins after a second of silence
  // [/swap]
  Stream expected(other);
  expected.prewarm(48000);
  std::vector<float> outputs;
  for (const float sample : block) outputs.push_back(expected.step(sample)[0]);
  process(block);
  CHECK(block == outputs);
}

TEST_CASE("recurrent.md: dropout") {
  // [dropout]
  constexpr LSTMOptions dropping{.dropout = 0.1, .recurrent_dropout = 0.2};

  Sequential<float, Input<1>, LSTM<32>::With<dropping>, Dense<1>> model{seed(7)};
  // [/dropout]
  const std::vector<float> window{0.1f, 0.2f, 0.3f};
  CHECK(model.predict(window)(0) == model.predict(window)(0));
  const std::vector pairs{std::pair{window, 0.5f}};
  const auto history = fit(model, pairs, MeanSquaredError{}, SGD{.learning_rate = 0}, {.epochs = 2, .verbose = false});
  CHECK(history.loss[0] != history.loss[1]);
}

TEST_CASE("recurrent.md: bidirectional") {
  // [bidirectional]
  // A label for each step, which may depend on what comes after it.
  Sequential<float, Input<3>, Bidirectional<ReturnSequences<GRU<8>>>, Dense<1, Sigmoid>> model{seed(7)};
  // [/bidirectional]
  CHECK(model.weights()[0].name == "0.bidirectional.forward.kernel");
  CHECK(model.weight("1.dense.kernel").shape == std::vector<std::size_t>{16, 1});
}

TEST_CASE("recurrent.md: lengths") {
  // [lengths]
  const std::vector<std::pair<std::vector<float>, float>> samples{
      {{0.1f, 0.2f, 0.3f, 0.4f}, 0.5f}, {{0.9f}, 0.8f}, {{0.3f, 0.2f}, 0.1f}};

  Sequential<float, Input<1>, LSTM<8>, Dense<1>> model{seed(7)};
  fit(model, samples, MeanSquaredError{}, Adam{}, {.epochs = 10, .batch_size = 3, .verbose = false});
  const auto together = model.predict(samples);
  const auto alone = model.predict(samples[1].first);
  // [/lengths]
  CHECK(together(1, 0) == Approx(alone(0)).epsilon(1e-6));
}

TEST_CASE("recurrent.md: states") {
  // [states]
  using Net = Sequential<double, Input<1>, LSTM<4>, Dense<1>>;
  const Net model{seed(7)};
  const std::vector<double> past{0.1, 0.2, 0.3, 0.4}, next{0.5, 0.6};

  Net::Scratch scratch;
  model.predict(past, scratch);
  const auto states = scratch.last_states();  // "0.lstm.h" and "0.lstm.c", each (1,4) for one window

  scratch.set_initial_states(states);
  const auto y = model.predict(next, scratch);  // goes on from there

  Stream stream(model);
  stream.set_states(states);        // so does this
  stream.state("0.lstm.c")[0] = 0;  // one number of the cell

  scratch.set_initial_states({{"0.lstm.h", {0, 0, 0.5, 0}}});  // c starts from zero
  // [/states]
  const std::vector<double> all{0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
  CHECK(y(0) == Approx(model.predict(all)(0)).epsilon(1e-14));
  CHECK(states[1].name == "0.lstm.c");
  CHECK(states[1].shape == std::vector<std::size_t>{1, 4});
  CHECK(stream.states()[1].values[0] == 0);
  CHECK(stream.states()[1].values[1] == states[1].values[1]);
}

TEST_CASE("recurrent.md: gradients") {
  const std::vector<double> series{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.5, 0.4};
  // [gradients]
  const Sequential<double, Input<1>, GRU<4>, Dense<1>> model{seed(7)};
  const auto windows = series | views::window(5);

  const auto g = gradients(model, windows, MeanSquaredError{}, {.initial_states = {{"0.gru.h", {0, 0, 0, 0}}}});
  const auto& [name, shape, values] = g.weights[0];         // "0.gru.kernel", {1, 12}, 12 numbers, row-major
  const double by_first_step = g.input.xtensor()(0, 0, 0);  // of window 0; (B,T,I)
  const auto by_state = g.initial_states[0].xtensor();      // "0.gru.h", (1,4): one state for all windows
  // [/gradients]
  CHECK(g.loss > 0);
  CHECK(name == "0.gru.kernel");
  CHECK(shape == std::vector<std::size_t>{1, 12});
  CHECK(values.size() == 12);
  CHECK(by_first_step != 0);
  CHECK(by_state(0, 3) != 0);
}
