#include "rnnts/model/stream.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
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

TEST_CASE("a stream is not made of a model that ends with the statement") {
  using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;
  STATIC_REQUIRE(std::is_constructible_v<Stream<Net>, Net&>);
  STATIC_REQUIRE(std::is_constructible_v<Stream<Net>, const Net&>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Stream<Net>, Net>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Stream<Net>, const Net>);
}
