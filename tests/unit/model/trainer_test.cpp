#include "rnnts/model/trainer.hpp"

#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/optimizers/sgd.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<double, Input<1>, SimpleRNN<2>, Dense<1>>;

const std::vector<double> x{0.1, 0.5, -0.3, 0.2, 0.7, 0.4};  // T = 3, B = 2
const std::vector<double> y{0.3, -0.1};

const Sequence<const double, 1> inputs{x.data(), 3, 2}, labels{y.data(), 1, 2};

}  // namespace

TEST_CASE("gradients are those of the mean loss, for the weights and for the input") {
  Net model{seed(3)};
  Trainer trainer(model, MeanSquaredError{}, SGD{});
  std::vector<double> dx(6, 99);
  const double loss = trainer.backward(inputs, labels, {dx.data(), 3, 2});
  CHECK(trainer.forward(inputs, labels) == loss);
  const double h = 1e-6;
  auto& weight = model.layer<0>().recurrent_kernel(1, 0);
  weight += h;
  const double above = trainer.forward(inputs, labels);
  weight -= 2 * h;
  const double below = trainer.forward(inputs, labels);
  CHECK_THAT(std::get<0>(trainer.gradients().layers).recurrent_kernel(1, 0),
             WithinAbs((above - below) / (2 * h), 1e-9));
  auto shifted = x;
  weight += h;
  shifted[1] += h;
  const double shifted_above = trainer.forward({shifted.data(), 3, 2}, labels);
  shifted[1] -= 2 * h;
  const double shifted_below = trainer.forward({shifted.data(), 3, 2}, labels);
  CHECK_THAT(dx[1], WithinAbs((shifted_above - shifted_below) / (2 * h), 1e-9));
}

TEST_CASE("gradients do not add up over steps") {
  Net model{seed(3)};
  Trainer trainer(model, MeanSquaredError{}, SGD{});
  trainer.backward(inputs, labels);
  const double once = std::get<1>(trainer.gradients().layers).kernel(0, 0);
  trainer.backward(inputs, labels);
  CHECK(std::get<1>(trainer.gradients().layers).kernel(0, 0) == once);
}

TEST_CASE("a step returns the loss before it, and makes the loss smaller") {
  Net model{seed(3)};
  Trainer trainer(model, MeanSquaredError{}, SGD{.learning_rate = 0.1});
  const double before = trainer.forward(inputs, labels);
  CHECK(trainer.step(inputs, labels) == before);
  CHECK(trainer.forward(inputs, labels) < before);
  CHECK(trainer.output().batch == 2);
}
