#include "rnnts/layers/gru.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"
#include "support/dynamic_form.hpp"

using namespace rnnts;

namespace {

void check(const GradcheckResult& result) {
  INFO(result.message());
  CHECK(result);
}

}  // namespace

TEST_CASE("gradients of a GRU agree with differences, for every shape and option") {
  check(gradcheck_both<GRU<3>, Input<2>>());
  check(gradcheck_both<GRU<3, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>, Input<2>>({.steps = 6}));
  check(gradcheck_both<GRU<1>, Input<1>>({.steps = 1, .batch = 1}));
  check(gradcheck_both<GRU<4, SiLU, HardSigmoid>, Input<1>>({.steps = 5, .batch = 7}));
  check(gradcheck_both<GRU<4, Tanh, Softplus, GRUOptions{.go_backwards = true, .use_bias = false}>, Input<3>>());
  check(gradcheck_both<GRU<3, Tanh, Sigmoid, GRUOptions{.reset_after = false}>, Input<2>>());
  check(gradcheck_both<GRU<3, Tanh, Softplus, GRUOptions{.reset_after = false}>, Input<2>>());
  check(gradcheck_both<
        GRU<3, GELU, Sigmoid, GRUOptions{.return_sequences = true, .use_bias = false, .reset_after = false}>,
        Input<2>>());
  check(gradcheck_both<GRU<14>, Input<2>>({.batch = 2}));  // by rows, in registers of up to three widths
  check(gradcheck_both<GRU<17>, Input<16>>({.steps = 3, .batch = 5, .tolerance = 1e-5}));
}

TEST_CASE("the first row of the bias is that of the input, the second that of the state") {
  using L = GRU<1>::Layer<double, Input<1>::shape>;
  L::Parameters p;  // no kernels: z = r = 1/2
  p.bias(0, 2) = 0.25;
  p.bias(1, 2) = 2;
  const double x = 7;
  double y = 0;
  L::Tape tape;
  L::forward(p, {&x, 1, 1}, tape, {&y, 1, 1});
  CHECK_THAT(y, WithinAbs(0.5 * std::tanh(0.25 + 0.5 * 2), 1e-15));
}

TEST_CASE("what stands in a workspace of a GRU does not matter") {
  using L = GRU<3, Tanh, Sigmoid, GRUOptions{.reset_after = false}>::Layer<double, Input<2>::shape>;
  constexpr std::size_t T = 4, B = 2;
  Random random(seed(6));
  const auto draw = [&](auto&& values) {
    for (double& value : values) value = random.normal();
  };
  L::Parameters p, dp, dq;
  detail::visit_fields([&](const detail::FieldInfo&, auto& weights) { draw(weights); }, p);
  std::vector<double> x(T * B * 2), y(B * 3), dy(B * 3);
  draw(x);
  draw(dy);
  L::Tape tape;
  L::forward(p, {x.data(), T, B}, tape, {y.data(), 1, B});
  const auto backward = [&](L::Workspace& workspace, L::Parameters& gradients) {
    L::backward(p, {x.data(), T, B}, tape, {y.data(), 1, B}, {dy.data(), 1, B}, workspace, gradients, {});
  };
  L::Workspace fresh, poisoned;
  const auto poison = [](auto&&... rows) {
    (std::ranges::fill(rows.rows(), std::numeric_limits<double>::quiet_NaN()), ...);
  };
  poison(poisoned.dz.resize(T, B), poisoned.drecurrent.resize(T, B), poisoned.second.dproduct.resize(T, B),
         poisoned.dstates[0].resize(1, B), poisoned.second.dfactor.resize(1, B));
  backward(fresh, dp);
  backward(poisoned, dq);
  detail::visit_fields([](const detail::FieldInfo&, const auto& a, auto& b) { CHECK(std::ranges::equal(a, b)); }, dp,
                       dq);
}

TEST_CASE("gradients of gru agree with differences by rows too, with activations that need their input") {
  const auto result =
      gradcheck_both<GRU<4, SiLU, Softplus>, Input<1>>({.steps = 5, .batch = 2});  // too few samples for lanes
  INFO(result.message());
  CHECK(result);
}

TEMPLATE_TEST_CASE("a cell of a GRU mixes the state before with a candidate, for numbers side by side", "",
                   std::true_type, std::false_type) {
  constexpr bool reset_after = TestType::value;
  using Cell = detail::GRUCell<Tanh, Sigmoid, reset_after>;
  const std::array<double, 6> input{0.1, -2, 0.7, 3, -0.4, 0.5};
  std::array<double, 6> recurrent{1, 0.2, -0.3, 0.4, 0.8, -0.9};
  const std::array<double, 2> h_before{0.3, -0.6};
  auto a = input;
  std::array<double, 6> gates{};
  std::array<double, 2> reset{}, h{};
  detail::CellStep<Cell, 2, double> step{.z = {a.data(), 1}, .gates = {gates.data(), 1}, .kept = {reset.data(), 1}};
  step.before[0] = step.dropped = {h_before.data(), 1};
  step.after[0] = {h.data(), 1};
  step.recurrent = {recurrent.data(), 1};
  if constexpr (!reset_after) Cell::open(step);
  Cell::forward(step);
  const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  for (std::size_t n = 0; n < 2; ++n) {
    const double z = sigmoid(input[n] + recurrent[n]), r = sigmoid(input[2 + n] + recurrent[2 + n]);
    const double g = std::tanh(input[4 + n] + (reset_after ? r : 1) * recurrent[4 + n]);
    CHECK_THAT(reset[n], WithinRel(reset_after ? recurrent[4 + n] : r * h_before[n], 1e-14));
    CHECK_THAT(h[n], WithinRel(z * h_before[n] + (1 - z) * g, 1e-14));
  }

  // dL/dh = 1 for the first of the two; nothing for the second.
  const double z = gates[0], r = gates[2], g = gates[4];
  std::array<double, 2> dh{1, 0};
  std::array<double, 6> da{}, drecurrent{};
  detail::CellStep<Cell, 2, const double> past{
      .z = {a.data(), 1}, .gates = {gates.data(), 1}, .kept = {reset.data(), 1}, .before = step.before};
  past.dropped = step.dropped;
  const detail::CellGradient<Cell, 2, double> gradient{
      .dz = {da.data(), 1}, .drecurrent = {drecurrent.data(), 1}, .dstates = {{{dh.data(), 1}}}};
  Cell::backward(past, gradient);
  CHECK_THAT(da[0], WithinRel((h_before[0] - g) * z * (1 - z), 1e-14));
  CHECK_THAT(da[4], WithinRel((1 - z) * (1 - g * g), 1e-14));
  CHECK_THAT(dh[0], WithinRel(z, 1e-14));
  if constexpr (reset_after) {
    CHECK_THAT(da[2], WithinRel(da[4] * recurrent[4] * r * (1 - r), 1e-14));
    CHECK_THAT(drecurrent[4], WithinRel(da[4] * r, 1e-14));
  } else {
    std::array<double, 2> dreset{0.5, 0};
    Cell::backward_to_factor(past, Rows<double, 2>{dreset.data(), 1}, gradient, Rows<double, 2>{dh.data(), 1});
    CHECK_THAT(da[2], WithinRel(0.5 * h_before[0] * r * (1 - r), 1e-14));
    CHECK_THAT(dh[0], WithinRel(z + 0.5 * r, 1e-14));
    CHECK(drecurrent[4] == 0);
  }
  CHECK(drecurrent[0] == da[0]);
  CHECK(drecurrent[2] == da[2]);
  for (const std::size_t n : {1U, 3U, 5U}) CHECK(da[n] == 0);
  CHECK(dh[1] == 0);
}
