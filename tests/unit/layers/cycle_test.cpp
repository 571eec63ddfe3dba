#include "rnnts/layers/cycle.hpp"

#include <cstddef>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/model/sequential.hpp"
#include "support/dynamic_form.hpp"
#include "support/layer_runs.hpp"

using namespace rnnts;

namespace {

using Numbers = std::vector<double>;

/// Two series with a cycle of three steps; two values per step, and two steps ahead.
constexpr Period three{.steps = 3, .series = 2};
using Sum = Cycle<three, Flatten, Dense<2>>::Layer<double, sequence_shape(2, 3)>;

/// The outputs are the sum of the window, and ten times that.
Sum::Parameters weights() {
  Sum::Parameters p;
  double number = 0;
  for (double& c : p.cycle) c = number += 1;  // 1, 2, 3 and 4, 5, 6
  auto& kernel = get<1>(p.layers.layers).kernel;
  for (std::size_t i = 0; i < 4; ++i) {
    kernel(i, 0) = 1;
    kernel(i, 1) = 10;
  }
  return p;
}

}  // namespace

TEST_CASE("the layers in a cycle see the window without it, and their forecast gets it back") {
  STATIC_REQUIRE(Sum::output == vector_shape(2));
  // Series 0 from phase 2 on: 3, 1, 2, 3 are subtracted, and 1 and 2 added. Series 1 from phase 0 on: 4, 5, 6, 4, and
  // 5, 6.
  const Numbers x{13, 11, 2, 4, 5, 3, 22, 33, 1, 6, 4, 5};
  CHECK(run<Sum>(weights(), x, 2) == Numbers{10 + 10 + 20 + 30 + 1, 700 + 2, 5, 6});
}

TEST_CASE("gradients of a cycle agree with differences") {
  check_gradients(gradcheck<Cycle<three, Flatten, Dense<4>>, Input<3, 4>>({.batch = 3, .rows = 6}));
  check_gradients(gradcheck<Cycle<three, GRU<3>, Dense<5, Tanh>>, Input<2>>({.steps = 5, .batch = 3, .rows = 6}));
  check_gradients(gradcheck<Cycle<three, GRU<3>>, Input<6>>({.steps = 1, .batch = 5, .rows = 6}));
  check_gradients(gradcheck<Cycle<Period{.steps = 1}, GRU<3>>, Input<3>>({.steps = 6, .batch = 1, .rows = 1}));
  check_gradients(gradcheck<Cycle<three, GRU<3>, Dropout<0.5>>, Input<2>>(
      {.steps = 5, .batch = 3, .lengths = {2, 5, 1}, .rows = 6}));
  constexpr Period quantiles{.steps = 3, .series = 2, .quantiles = 3};
  check_gradients(gradcheck<Cycle<quantiles, GRU<3>, Dense<12>>, Input<2>>({.steps = 5, .batch = 3, .rows = 6}));
  check_gradients(
      gradcheck(Cycle(three, GRU(3), Dense(4)), Input(3), {.steps = 5, .batch = 3, .lengths = {2, 5, 1}, .rows = 6}));
}

TEST_CASE("a cycle as the first layer has no gradient of its inputs, and its table one of both its places") {
  const Numbers x{13, 11, 2, 4, 5, 3}, dy{1, 2};  // from phase 2 of series 0, and phase 0 of series 1, to 4 and 5
  Numbers y(2);
  Sum::Parameters dp;
  Sum::Tape tape;
  Sum::Workspace workspace;
  Sum::forward(weights(), {x.data(), 2, 1, nullptr}, tape, {y.data(), 1, 1, nullptr});
  Sum::backward(weights(), {x.data(), 2, 1, nullptr}, tape, {y.data(), 1, 1, nullptr}, {dy.data(), 1, 1, nullptr},
                workspace, dp, {});
  CHECK(Numbers(dp.cycle.begin(), dp.cycle.end()) == Numbers{-21, 0, -21, -21 + 2, -21, 1});
}

TEST_CASE("each quantile of a step gets the cycle of the step") {
  constexpr Period pairs{.steps = 3, .quantiles = 2};
  using L = Cycle<pairs, Flatten, Dense<4>>::Layer<double, sequence_shape(1, 2)>;
  L::Parameters p;
  p.cycle(0, 0) = 1;
  p.cycle(0, 1) = 2;
  p.cycle(0, 2) = 3;
  CHECK(run<L>(p, {7, 1}, 1) == Numbers{3, 3, 1, 1});
}

TEST_CASE("a cycle begins with zeros, and its layers as they do alone") {
  const Sequential<double, Input<2>, Cycle<three, GRU<3>, Dense<2>>> net{seed(3)};
  for (const double c : net.layer<0>().cycle) CHECK(c == 0);
  CHECK(get<0>(net.layer<0>().layers.layers).kernel(0, 0) != 0);
  CHECK(net.parameter_count() == 6 + 3 * 3 * (1 + 3 + 2) + 3 * 2 + 2);
}

TEST_CASE("a cycle of sizes that the program chooses is that of known ones") {
  const Sequential<double, Input<2>, Cycle<three, GRU<3>, Dense<2>>> known{seed(3)};
  const auto chosen = sequential<double>(Input(2), Cycle(three, GRU(3), Dense(2)), seed(3));
  CHECK(chosen.summary() == known.summary());
  const std::vector<Numbers> window{{1, 5}, {2, 3}, {0, 4}};
  CHECK((chosen.predict(window) == known.predict(window)));
}

TEST_CASE("what a cycle cannot be made of, or read, is refused") {
  const Sequential<double, Input<2>, Cycle<three, GRU<3>>> net{seed(3)};
  CHECK_THROWS_WITH(net.predict(std::vector<Numbers>{{1, 0}, {1, 6}}),
                    "cycle: expected a whole number from 0 to 5 in the last input, found 6");
  const auto made = [](const Period& period, std::size_t inputs) {
    return sequential<double>(Input(inputs), Cycle(period, GRU(3)));
  };
  CHECK_THROWS_WITH(made({.steps = 0}, 2), "cycle: expected from 1 to 268435456 steps, found 0");
  CHECK_THROWS_WITH(made({.series = 0}, 2), "cycle: expected from 1 to 268435456 series, found 0");
  CHECK_THROWS_WITH(made({}, 1), "cycle: expected from 1 to 268435456 values beside the phase, found 0");
  constexpr Period triples{.steps = dynamic, .series = dynamic, .quantiles = 3};
  CHECK_THROWS_WITH(sequential<double>(Input(2), Cycle<triples, GRU<>>(Period{.steps = 4}, GRU(4))),
                    "cycle: expected a multiple of 3 quantiles of outputs, found 4");
}
