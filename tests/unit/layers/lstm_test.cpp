#include "rnnts/layers/lstm.hpp"

#include <array>
#include <cmath>
#include <cstddef>

#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"
#include "support/dynamic_form.hpp"

using namespace rnnts;

namespace {

constexpr auto every_step = LSTMOptions{.return_sequences = true};

void check(const GradcheckResult& result) {
  INFO(result.message());
  CHECK(result);
}

}  // namespace

TEST_CASE("gradients of an LSTM agree with differences, for every shape and option") {
  check(gradcheck_both<LSTM<3>, Input<2>>());
  check(gradcheck_both<LSTM<3, Tanh, Sigmoid, every_step>, Input<2>>({.steps = 6}));
  check(gradcheck_both<LSTM<1>, Input<1>>({.steps = 1, .batch = 1}));
  check(gradcheck_both<LSTM<4, SiLU, HardSigmoid>, Input<1>>({.steps = 5, .batch = 7}));
  check(gradcheck_both<LSTM<4, ReLU, Softplus, LSTMOptions{.go_backwards = true, .use_bias = false}>, Input<3>>());
  check(gradcheck_both<LSTM<14>, Input<2>>({.batch = 2}));  // by rows, in registers of up to three widths
  check(gradcheck_both<LSTM<17>, Input<16>>({.steps = 3, .batch = 5, .tolerance = 1e-5}));
}

TEST_CASE("gradients of lstm agree with differences by rows too, with activations that need their input") {
  const auto result =
      gradcheck_both<LSTM<4, SiLU, Softplus>, Input<1>>({.steps = 5, .batch = 2});  // too few samples for lanes
  INFO(result.message());
  CHECK(result);
}

TEST_CASE("a cell of an LSTM erases, writes and reads, for numbers side by side") {
  using Cell = detail::LSTMCell<Tanh, Sigmoid>;
  std::array<double, 8> z{0.1, -2, 0.7, 3, -0.4, 0.5, 1, -1};  // two of each gate: i, f, g, o
  const std::array<double, 2> c_before{0.3, -0.6};
  std::array<double, 8> gates{};
  std::array<double, 2> c{}, act_c{}, h{};
  detail::CellStep<Cell, 2, double> step{
      .z = {z.data(), 1}, .gates = {gates.data(), 1}, .kept = {act_c.data(), 1}, .before = {}};
  step.before[1] = {c_before.data(), 1};
  step.after[0] = {h.data(), 1};
  step.after[1] = {c.data(), 1};
  Cell::forward(step);
  const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  for (std::size_t n = 0; n < 2; ++n) {
    const double expected = sigmoid(z[2 + n]) * c_before[n] + sigmoid(z[n]) * std::tanh(z[4 + n]);
    CHECK_THAT(c[n], WithinRel(expected, 1e-14));
    CHECK_THAT(act_c[n], WithinRel(std::tanh(expected), 1e-14));
    CHECK_THAT(h[n], WithinRel(sigmoid(z[6 + n]) * std::tanh(expected), 1e-14));
  }

  // dL/dh = 1 and dL/dc = 0 for the first of the two; nothing for the second.
  std::array<double, 2> dh{1, 0}, dc{0, 0};
  std::array<double, 8> dz{};
  detail::CellStep<Cell, 2, const double> past{
      .z = {z.data(), 1}, .gates = {gates.data(), 1}, .kept = {act_c.data(), 1}, .before = step.before};
  past.after[1] = {c.data(), 1};
  const detail::CellGradient<Cell, 2, double> gradient{
      .dz = {dz.data(), 1}, .drecurrent = {dz.data(), 1}, .dstates = {{{dh.data(), 1}, {dc.data(), 1}}}};
  Cell::backward(past, gradient);
  const double dcell = gates[6] * (1 - act_c[0] * act_c[0]);
  CHECK_THAT(dz[0], WithinRel(dcell * gates[4] * gates[0] * (1 - gates[0]), 1e-14));
  CHECK_THAT(dz[2], WithinRel(dcell * c_before[0] * gates[2] * (1 - gates[2]), 1e-14));
  CHECK_THAT(dz[4], WithinRel(dcell * gates[0] * (1 - gates[4] * gates[4]), 1e-14));
  CHECK_THAT(dz[6], WithinRel(act_c[0] * gates[6] * (1 - gates[6]), 1e-14));
  CHECK_THAT(dc[0], WithinRel(dcell * gates[2], 1e-14));
  for (const std::size_t n : {1U, 3U, 5U, 7U}) CHECK(dz[n] == 0);
  CHECK(dc[1] == 0);
}
