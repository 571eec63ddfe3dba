#include "rnnts/layers/gru.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

void check(const GradcheckResult& result) {
  INFO(result.message());
  CHECK(result);
}

}  // namespace

TEST_CASE("gradients of a GRU agree with differences, for every shape and option") {
  check(gradcheck<GRU<3>, Input<2>>());
  check(gradcheck<GRU<3, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>, Input<2>>({.steps = 6}));
  check(gradcheck<GRU<1>, Input<1>>({.steps = 1, .batch = 1}));
  check(gradcheck<GRU<4, SiLU, HardSigmoid>, Input<1>>({.steps = 5, .batch = 7}));
  check(gradcheck<GRU<4, Tanh, Softplus, GRUOptions{.go_backwards = true, .use_bias = false}>, Input<3>>());
  check(gradcheck<GRU<3, Tanh, Sigmoid, GRUOptions{.reset_after = false}>, Input<2>>());
  check(gradcheck<GRU<3, Tanh, Softplus, GRUOptions{.reset_after = false}>, Input<2>>());
  check(gradcheck<GRU<3, GELU, Sigmoid, GRUOptions{.return_sequences = true, .use_bias = false, .reset_after = false}>,
                  Input<2>>());
  check(gradcheck<GRU<17>, Input<16>>({.steps = 3, .batch = 5, .tolerance = 1e-5}));
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
  poison(poisoned.da.resize(T, B), poisoned.drecurrent.resize(T, B), poisoned.dcandidate.resize(T, B),
         poisoned.dh.resize(1, B), poisoned.dreset.resize(1, B));
  backward(fresh, dp);
  backward(poisoned, dq);
  detail::visit_fields([](const detail::FieldInfo&, const auto& a, auto& b) { CHECK(std::ranges::equal(a, b)); }, dp,
                       dq);
}

TEST_CASE("gradients of gru agree with differences by rows too, with activations that need their input") {
  const auto result =
      gradcheck<GRU<4, SiLU, Softplus>, Input<1>>({.steps = 5, .batch = 2});  // too few samples for lanes
  INFO(result.message());
  CHECK(result);
}
