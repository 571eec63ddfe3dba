#include "rnnts/layers/lstm.hpp"

#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr auto every_step = LSTMOptions{.return_sequences = true};

void check(const GradcheckResult& result) {
  INFO(result.message());
  CHECK(result);
}

}  // namespace

TEST_CASE("gradients of an LSTM agree with differences, for every shape and option") {
  check(gradcheck<LSTM<3>, Input<2>>());
  check(gradcheck<LSTM<3, Tanh, Sigmoid, every_step>, Input<2>>({.steps = 6}));
  check(gradcheck<LSTM<1>, Input<1>>({.steps = 1, .batch = 1}));
  check(gradcheck<LSTM<4, SiLU, HardSigmoid>, Input<1>>({.steps = 5, .batch = 7}));
  check(gradcheck<LSTM<4, ReLU, Softplus, LSTMOptions{.go_backwards = true, .use_bias = false}>, Input<3>>());
  check(gradcheck<LSTM<17>, Input<16>>({.steps = 3, .batch = 5, .tolerance = 1e-5}));
}

TEST_CASE("gradients of lstm agree with differences by rows too, with activations that need their input") {
  const auto result =
      gradcheck<LSTM<4, SiLU, Softplus>, Input<1>>({.steps = 5, .batch = 2});  // too few samples for lanes
  INFO(result.message());
  CHECK(result);
}
