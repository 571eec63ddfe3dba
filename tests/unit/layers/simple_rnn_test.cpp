#include "rnnts/layers/simple_rnn.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"
#include "support/dynamic_form.hpp"

using namespace rnnts;

namespace {

constexpr auto every_step = SimpleRNNOptions{.return_sequences = true};

template <class T> using Pair = SimpleRNN<2, Tanh, every_step>::Layer<T, sequence_shape(any_steps, 1)>;

void check(const GradcheckResult& result) {
  INFO(result.message());
  CHECK(result);
}

}  // namespace

TEMPLATE_TEST_CASE("the output of a step is the state of the next", "", float, double) {
  using T = TestType;
  using L = Pair<T>;
  typename L::Parameters p;
  p.kernel(0, 0) = T(0.5);
  p.kernel(0, 1) = T(-1);
  p.recurrent_kernel(0, 0) = T(0.25);
  p.recurrent_kernel(0, 1) = T(2);
  p.recurrent_kernel(1, 0) = T(-0.5);
  p.bias(1) = T(0.125);
  const std::vector<T> x{3, -2};
  std::vector<T> y(4);
  typename L::Tape tape;
  L::forward(p, {x.data(), 2, 1}, tape, {y.data(), 2, 1});
  const double h0 = std::tanh(1.5), h1 = std::tanh(-3 + 0.125);
  CHECK(y[0] == Approx(h0));
  CHECK(y[1] == Approx(h1));
  CHECK(y[2] == Approx(std::tanh(-1 + 0.25 * h0 - 0.5 * h1)));
  CHECK(y[3] == Approx(std::tanh(2 + 2 * h0 + 0.125)));

  typename L::State state;
  std::array<T, 2> step{};
  for (std::size_t t = 0; t < 2; ++t) {
    L::step(p, std::span<const T, 1>(&x[t], 1), state, step);
    CHECK(step[0] == Approx(y[2 * t]));
    CHECK(step[1] == Approx(y[2 * t + 1]));
  }
}

TEST_CASE("without return_sequences the output is the last state") {
  using All = SimpleRNN<3, Tanh, every_step>::Layer<double, sequence_shape(any_steps, 2)>;
  using Last = SimpleRNN<3>::Layer<double, sequence_shape(any_steps, 2)>;
  STATIC_REQUIRE(All::output == sequence_shape(any_steps, 3));
  STATIC_REQUIRE(Last::output == vector_shape(3));
  All::Parameters p;
  Last::Parameters q;
  Random random(seed(2));
  std::vector<double> x(4 * 5 * 2), all(4 * 5 * 3), last(5 * 3);  // T = 4, B = 5
  for (double& value : x) value = random.normal();
  detail::visit_fields(
      [&](const detail::FieldInfo&, auto& weights) {
        for (double& value : weights) value = random.normal();
      },
      p);
  q.kernel = p.kernel;
  q.recurrent_kernel = p.recurrent_kernel;
  q.bias = p.bias;
  All::Tape tape;
  Last::Tape last_tape;
  All::forward(p, {x.data(), 4, 5}, tape, {all.data(), 4, 5});
  Last::forward(q, {x.data(), 4, 5}, last_tape, {last.data(), 1, 5});
  CHECK(last == std::vector<double>(all.end() - 15, all.end()));
}

TEST_CASE("a sample's output does not depend on the others in its batch") {
  using L = SimpleRNN<5>::Layer<double, sequence_shape(any_steps, 1)>;
  L::Parameters p;
  Random random(seed(4));
  detail::visit_fields(
      [&](const detail::FieldInfo&, auto& weights) {
        for (double& value : weights) value = random.normal();
      },
      p);
  std::vector<double> x(6 * 7), y(7 * 5);  // T = 6, B = 7
  for (double& value : x) value = random.normal();
  L::Tape tape;
  L::forward(p, {x.data(), 6, 7}, tape, {y.data(), 1, 7});
  for (std::size_t b = 0; b < 7; ++b) {
    std::vector<double> alone(6), output(5);
    for (std::size_t t = 0; t < 6; ++t) alone[t] = x[t * 7 + b];
    L::forward(p, {alone.data(), 6, 1}, tape, {output.data(), 1, 1});
    for (std::size_t n = 0; n < 5; ++n) CHECK_THAT(output[n], WithinAbs(y[b * 5 + n], 1e-14));
  }
}

TEMPLATE_TEST_CASE("gradients of a SimpleRNN agree with differences, for every activation", "", Linear, Tanh, Sigmoid,
                   ReLU, LeakyReLU, Softplus, ELU, SELU, SiLU, GELU, Softsign, HardSigmoid, Softmax) {
  check(gradcheck_both<SimpleRNN<3, TestType>, Input<2>>());
  check(gradcheck_both<SimpleRNN<3, TestType, every_step>, Input<2>>());
}

TEST_CASE("gradients of a SimpleRNN agree with differences, for every shape and option") {
  check(gradcheck_both<SimpleRNN<5>, Input<1>>({.steps = 1, .batch = 1}));
  check(gradcheck_both<SimpleRNN<1>, Input<1>>({.steps = 20, .batch = 1}));
  check(gradcheck_both<SimpleRNN<5>, Input<1>>({.steps = 20, .batch = 10}));
  check(gradcheck_both<SimpleRNN<4, Tanh, SimpleRNNOptions{.use_bias = false}>, Input<3>>({.steps = 3, .batch = 7}));
  check(gradcheck_both<SimpleRNN<33, Tanh, every_step>, Input<34>>({.steps = 3, .batch = 5, .tolerance = 1e-5}));
  check(gradcheck_both<SimpleRNN<2, Exponential>, Input<1>>({.steps = 2}));  // grows out of all bounds in a few steps
  check(gradcheck_both<SimpleRNN<40>, Input<2>>({.steps = 3, .batch = 3, .tolerance = 1e-5}));
}

TEST_CASE("gradients of simple_rnn agree with differences by rows too, with activations that need their input") {
  const auto result =
      gradcheck_both<SimpleRNN<4, SiLU>, Input<1>>({.steps = 5, .batch = 2});  // too few samples for lanes
  INFO(result.message());
  CHECK(result);
}
