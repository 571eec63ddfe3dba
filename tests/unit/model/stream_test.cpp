#include "rnnts/model/stream.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/kernels/plan.hpp"
#include "rnnts/layers/branches.hpp"
#include "rnnts/layers/conv1d.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/last_step.hpp"
#include "rnnts/layers/layer_normalization.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/layers/slstm.hpp"
#include "rnnts/model/sequential.hpp"
#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("after any number of steps a stream gives what predict gives for all of them") {
  const Sequential<double, Input<2>, SimpleRNN<4, Tanh, SimpleRNNOptions{.return_sequences = true}>, SimpleRNN<3, SiLU>,
                   Dense<2, Softmax>>
      model{seed(9)};
  Stream stream(model);
  for (int round = 0; round < 2; ++round) {
    std::vector<std::array<double, 2>> window;
    for (int t = 0; t < 6; ++t) {
      window.push_back({std::sin(t), std::cos(2 * t)});
      const auto y = stream.step(window.back());
      const auto expected = model.predict(window);
      CHECK_THAT(y[0], WithinAbs(expected(0), 1e-14));
      CHECK_THAT(y[1], WithinAbs(expected(1), 1e-14));
    }
    stream.reset();
  }
}

TEST_CASE("a stream whose weights are read in turn from the front and from behind gives what predict gives") {
  const Sequential<double, Input<1>, LSTM<34, Tanh, Sigmoid, LSTMOptions{.return_sequences = true}>,
                   GRU<38, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>, SimpleRNN<65>>
      model{seed(9)};
  static_assert(34 * 4 * 34 * sizeof(double) >= detail::turns_from_bytes);
  static_assert(38 * 3 * 38 * sizeof(double) >= detail::turns_from_bytes);
  static_assert(65 * 65 * sizeof(double) >= detail::turns_from_bytes);
  Stream stream(model);
  std::vector<double> window;
  for (int t = 0; t < 4; ++t) {
    window.push_back(std::sin(t));
    const auto y = stream.step(window.back());
    const auto expected = model.predict(window);
    for (std::size_t n = 0; n < y.size(); ++n) CHECK_THAT(y[n], WithinAbs(expected(n), 1e-13));
  }
}

TEST_CASE("a stream of one input takes numbers, and a copy goes its own way") {
  const Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>> model{seed(9)};
  Stream stream(model);
  stream.step(0.5f);
  Stream copy = stream;
  const float next = stream.step(0.25f)[0];
  copy.step(-1.0f);
  CHECK(next == Approx(model.predict(std::vector{0.5f, 0.25f})(0)));
  CHECK(copy.step(0.25f)[0] != next);
}

namespace {

constexpr Conv1DOptions causal{.padding = Padding::causal};

}  // namespace

TEMPLATE_TEST_CASE("a step may be given the output of the step before, in its memory", "",
                   (Sequential<double, Input<3>, Residual<Dense<3>>>),
                   (Sequential<double, Input<3>, Add<LSTM<3>, Branch<LastStep, Dense<3>>>>),
                   (Sequential<double, Input<2>, Concatenate<Dense<1>, Dense<2>>>),
                   (Sequential<double, Input<100>, Dense<100, Tanh>>),
                   (Sequential<double, Input<7>, Dense<131, Softmax>>), (Sequential<double, Input<1>, Dense<1>>),
                   (Sequential<double, Input<5>, SimpleRNN<5>>), (Sequential<double, Input<5>, LSTM<5>>),
                   (Sequential<double, Input<5>, GRU<5>>), (Sequential<double, Input<5>, Conv1D<5, 2, Linear, causal>>),
                   (Sequential<double, Input<5>, LayerNormalization<>>), (Sequential<double, Input<5>, Dropout<0.5>>),
                   (Sequential<double, Input<3>, Dense<3>, Residual<Dense<3>>>)) {
  constexpr std::size_t I = TestType::input.features, N = TestType::output.features;
  for (const std::size_t first : {std::size_t{0}, N - I}) {  // where the input begins in the output
    const TestType model{seed(9)};
    Stream shared(model), apart(model);
    std::vector<double> x(I, 0.5);
    std::span<const double, I> a(x.data(), I);
    for (int t = 0; t < 4; ++t) {
      const auto expected = apart.step(std::span<const double, I>(x.data(), I));
      const auto found = shared.step(a);
      for (std::size_t n = 0; n < N; ++n) CHECK(found[n] == expected[n]);
      a = std::span<const double, I>(found.data() + first, I);
      x.assign(expected.begin() + static_cast<std::ptrdiff_t>(first),
               expected.begin() + static_cast<std::ptrdiff_t>(first + I));
    }
  }
}

TEST_CASE("a stream of units that a run chooses gives what predict gives, whatever their number") {
  constexpr GRUOptions reset_before{.return_sequences = true, .reset_after = false};
  for (const unsigned units : {5u, 8u, 16u, 32u, 33u}) {
    const auto model = sequential<double>(Input(2), ReturnSequences<SimpleRNN<>>(units), ReturnSequences<LSTM<>>(units),
                                          ReturnSequences<GRU<>>(units), ReturnSequences<SLSTM<>>(units),
                                          GRU<dynamic, Tanh, Sigmoid, reset_before>(units),
                                          GRU<dynamic, Tanh, Sigmoid, GRUOptions{.use_bias = false}>(units), seed(9));
    Stream stream(model);
    std::vector<std::array<double, 2>> window;
    for (int t = 0; t < 4; ++t) {
      window.push_back({std::sin(t), std::cos(2 * t)});
      const auto y = stream.step(window.back());
      const auto expected = model.predict(window);
      REQUIRE(y.size() == units);
      for (std::size_t n = 0; n < units; ++n) CHECK_THAT(y[n], WithinAbs(expected(n), 1e-14));
    }
  }
}

TEST_CASE("prewarm is so many steps of zeros, or of an input") {
  const Sequential<double, Input<2>, GRU<3>, Dense<1>> model{seed(9)};
  const std::array<double, 2> silence{}, x{0.5, -1};
  for (const auto& input : {silence, x}) {
    Stream expected(model), found(model);
    for (int t = 0; t < 5; ++t) expected.step(input);
    if (input == silence) {
      found.prewarm(5);
    } else {
      found.prewarm(5, input);
    }
    CHECK(found.step(x)[0] == expected.step(x)[0]);
  }
}

TEST_CASE("a copy keeps all that a stream remembers, and brings it back") {
  const Sequential<double, Input<1>, Conv1D<3, 4, Tanh, causal>, GRU<3>, Dense<1>> model{seed(9)};
  Stream stream(model);
  stream.prewarm(3, std::array{0.5});
  const auto kept = stream;
  const double next = stream.step(0.25)[0];
  CHECK(stream.step(0.25)[0] != next);
  stream = kept;
  CHECK(stream.step(0.25)[0] == next);
}

TEST_CASE("a stream goes on from the states that a prediction has ended with") {
  using Net = Sequential<double, Input<1>, LSTM<3>, Dense<1>>;
  const Net model{seed(9)};
  Net::Scratch scratch;
  model.predict(std::vector{0.5, -1.0, 0.25}, scratch);
  Stream stream(model);
  stream.set_states(scratch.last_states());
  CHECK(stream.step(2.0)[0] == Approx(model.predict(std::vector{0.5, -1.0, 0.25, 2.0})(0)).epsilon(1e-14));
}

TEMPLATE_TEST_CASE("a model that is moved from keeps its weights, and what is assigned to it counts from then on", "",
                   (Sequential<double, Input<1>, GRU<60>, Dense<1>>), (Sequential<double, Input<>, GRU<>, Dense<>>)) {
  const auto made = [](Seed its_seed) {
    if constexpr (TestType::Stack::is_dynamic) {
      return TestType{Input(1), GRU(60), Dense(1), its_seed};
    } else {
      return TestType{its_seed};
    }
  };
  auto model = made(seed(9));
  const auto other = made(seed(2));
  Stream stream(model), expected(model);
  stream.prewarm(2);
  expected.prewarm(2);
  auto moved = std::move(model);
  const double y = stream.step(0.5)[0];
  for (auto& weight : moved.weights()) std::ranges::fill(weight.values, 0);
  CHECK(y != 0);
  CHECK(expected.step(0.5)[0] == y);

  Stream of_other(other);
  of_other.set_states(stream.states());
  model = other;
  CHECK(stream.step(0.5)[0] == Approx(of_other.step(0.5)[0]).epsilon(1e-14));
}

TEST_CASE("a step throws if its model was given other sizes, and reset() begins with them") {
  auto model = sequential<double>(Input(1), GRU(4), Dense(1), seed(9));
  Stream stream(model);
  stream.step(0.5);
  model = sequential<double>(Input(1), GRU(7), Dense(1), seed(9));
  CHECK_THROWS_MATCHES(stream.step(0.5), ArgumentError,
                       Message("Stream: the model has been given other sizes; reset() begins with these"));
  stream.reset();
  CHECK(stream.step(0.5)[0] == Stream(std::as_const(model)).step(0.5)[0]);
  using Dynamic = decltype(stream);
  using Static = Stream<Sequential<double, Input<1>, GRU<4>>>;
  STATIC_REQUIRE_FALSE(noexcept(std::declval<Dynamic&>().step(0.5)));
  STATIC_REQUIRE(noexcept(std::declval<Static&>().step(0.5)));
}

TEST_CASE("a stream is not made of a model that ends with the statement") {
  using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;
  STATIC_REQUIRE(std::is_constructible_v<Stream<Net>, Net&>);
  STATIC_REQUIRE(std::is_constructible_v<Stream<Net>, const Net&>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Stream<Net>, Net>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Stream<Net>, const Net>);
}
