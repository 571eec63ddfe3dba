#include "rnnts/model/trainer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <tuple>
#include <vector>

#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/optimizers/adam.hpp"
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
  CHECK_THAT(get<0>(trainer.gradients().layers).recurrent_kernel(1, 0), WithinAbs((above - below) / (2 * h), 1e-9));
  auto shifted = x;
  weight += h;
  shifted[1] += h;
  const double shifted_above = trainer.forward({shifted.data(), 3, 2}, labels);
  shifted[1] -= 2 * h;
  const double shifted_below = trainer.forward({shifted.data(), 3, 2}, labels);
  CHECK_THAT(dx[1], WithinAbs((shifted_above - shifted_below) / (2 * h), 1e-9));
}

TEST_CASE("the workspace holds the gradient by the initial state on the tape") {
  Net model{seed(3)};
  Trainer trainer(model, MeanSquaredError{}, SGD{});
  const auto initial = get<0>(trainer.tape().layers).ends[0].initial.resize(1, 2);
  std::ranges::copy(std::array{0.3, -0.2, 0.1, 0.6}, initial.data);
  trainer.backward(inputs, labels);
  const auto gradient = get<0>(trainer.workspace().layers).dstates[0].view();
  REQUIRE(gradient.rows().count == 2);
  const double h = 1e-6;
  for (std::size_t i = 0; i < 4; ++i) {
    const double kept = initial.data[i];
    initial.data[i] = kept + h;
    const double above = trainer.forward(inputs, labels);
    initial.data[i] = kept - h;
    const double below = trainer.forward(inputs, labels);
    initial.data[i] = kept;
    CHECK_THAT(gradient.data[i], WithinAbs((above - below) / (2 * h), 1e-9));
  }
}

TEST_CASE("gradients do not add up over steps") {
  Net model{seed(3)};
  Trainer trainer(model, MeanSquaredError{}, SGD{});
  trainer.backward(inputs, labels);
  const double once = get<1>(trainer.gradients().layers).kernel(0, 0);
  trainer.backward(inputs, labels);
  CHECK(get<1>(trainer.gradients().layers).kernel(0, 0) == once);
}

TEST_CASE("a step returns the loss before it, and makes the loss smaller") {
  Net model{seed(3)};
  Trainer trainer(model, MeanSquaredError{}, SGD{.learning_rate = 0.1});
  const double before = trainer.forward(inputs, labels);
  CHECK(trainer.step(inputs, labels) == before);
  CHECK(trainer.forward(inputs, labels) < before);
  CHECK(trainer.output().batch == 2);
}

TEST_CASE("the regularizers of all layers add to the loss and to the gradients") {
  constexpr SimpleRNNOptions rnn{
      .return_sequences = true, .kernel_regularizer = L2(0.1), .recurrent_regularizer = L1(0.2)};
  constexpr LSTMOptions lstm{.return_sequences = true, .kernel_regularizer = L1(0.1), .bias_regularizer = L2(0.3)};
  constexpr GRUOptions gru{.recurrent_regularizer = L1L2(0.1, 0.2), .bias_regularizer = L1(0.4)};
  constexpr DenseOptions dense{.kernel_regularizer = L2(0.5), .bias_regularizer = L2(0.6)};
  using Plain = Sequential<double, Input<1>, SimpleRNN<2, Tanh, SimpleRNNOptions{.return_sequences = true}>,
                           LSTM<2, Tanh, Sigmoid, LSTMOptions{.return_sequences = true}>, GRU<2>, Dense<1>>;
  using Regularized = Sequential<double, Input<1>, SimpleRNN<2, Tanh, rnn>, LSTM<2, Tanh, Sigmoid, lstm>,
                                 GRU<2, Tanh, Sigmoid, gru>, Dense<1, Linear, dense>>;
  Plain plain{seed(3)};
  Regularized model{seed(3)};
  for (const auto& bias : {"0.simple_rnn.bias", "2.gru.bias", "3.dense.bias"}) {
    for (double& b : plain.weight(bias).values) b = 0.5;
    for (double& b : model.weight(bias).values) b = 0.5;
  }
  const auto sum = [&](const char* name, auto f) {
    double total = 0;
    for (const double w : plain.weight(name).values) total += f(w);
    return total;
  };
  const auto absolute = [](double w) { return std::abs(w); };
  const auto square = [](double w) { return w * w; };
  const double expected = 0.1 * sum("0.simple_rnn.kernel", square) +
                          0.2 * sum("0.simple_rnn.recurrent_kernel", absolute) + 0.1 * sum("1.lstm.kernel", absolute) +
                          0.3 * sum("1.lstm.bias", square) + 0.1 * sum("2.gru.recurrent_kernel", absolute) +
                          0.2 * sum("2.gru.recurrent_kernel", square) + 0.4 * sum("2.gru.bias", absolute) +
                          0.5 * sum("3.dense.kernel", square) + 0.6 * 0.25;
  Trainer without(plain, MeanSquaredError{}, SGD{});
  Trainer trainer(model, MeanSquaredError{}, SGD{});
  const double loss = trainer.backward(inputs, labels);
  CHECK_THAT(loss - without.forward(inputs, labels), WithinRel(expected, 1e-12));

  // Every gradient is that of the loss.
  const typename Regularized::Parameters gradients = trainer.gradients();
  detail::visit_fields(
      [&](const detail::FieldInfo& field, auto& weights, const auto& gradient) {
        INFO(field.path());
        for (std::size_t i = 0; i < weights.size(); ++i) {
          const double h = 1e-6, w = weights.data()[i];
          if (w == 0) continue;  // where |w| has no derivative
          weights.data()[i] = w + h;
          const double above = trainer.forward(inputs, labels);
          weights.data()[i] = w - h;
          const double below = trainer.forward(inputs, labels);
          weights.data()[i] = w;
          CHECK_THAT(gradient.data()[i], WithinAbs((above - below) / (2 * h), 1e-8));
        }
      },
      model.parameters(), gradients);
}

TEST_CASE("the gradient by the input is in the order of time, also where samples differ in length") {
  using Backwards = Sequential<double, Input<1>, SimpleRNN<2, Tanh, SimpleRNNOptions{.go_backwards = true}>, Dense<1>>;
  Backwards model{seed(1)};
  Trainer<Backwards, MeanSquaredError, SGD> trainer(model, {}, {});
  std::vector<double> window{0.1, 0.2, 0.3, 0.4, 0.5, 0}, dx(6);  // (3,2,1): 0.1 0.3 0.5, and 0.2 0.4
  const std::vector<double> label{1, 2};
  const std::vector<std::size_t> lengths{3, 2};
  const Backwards::X input{window.data(), 3, 2, lengths.data()};
  trainer.backward(input, {label.data(), 1, 2}, {dx.data(), 3, 2});
  for (std::size_t i = 0; i < 6; ++i) {
    const double kept = window[i], h = 1e-6;
    window[i] = kept + h;
    const double above = trainer.forward(input, {label.data(), 1, 2});
    window[i] = kept - h;
    const double below = trainer.forward(input, {label.data(), 1, 2});
    window[i] = kept;
    CHECK_THAT(dx[i], WithinAbs((above - below) / (2 * h), 1e-8));
  }
}

TEST_CASE("an optimizer's memory becomes zero, not subnormal, which would be slow") {
  Sequential<float, Input<1>, SimpleRNN<1>, Dense<1>> model;
  const std::vector<float> window{0}, label{-1};
  const auto first_moment = [&](float sample_weight) {
    for (const auto tensor : detail::tensors(model.parameters())) std::ranges::fill(tensor, 0.0F);
    Trainer trainer(model, MeanSquaredError{}, Adam{});
    const std::vector<float> sample_weights{sample_weight};
    trainer.step({window.data(), 1, 1}, {label.data(), 1, 1}, nullptr, sample_weights);
    const float gradient = get<1>(trainer.gradients().layers).bias(0);
    CHECK(gradient == 2 * sample_weight);
    return trainer.optimizer_state().m.back() / gradient;  // of the same weight, the last one
  };
  CHECK_THAT(first_moment(1e-30F), WithinRel(0.1, 1e-6));
  if (FlushSubnormals::is_supported) CHECK(first_moment(2e-38F) == 0);
}

TEST_CASE("a trainer has at least one thread") {
  Net model{seed(3)};
  CHECK_THROWS_AS((Trainer{model, MeanSquaredError{}, SGD{}, 0}), ArgumentError);
  CHECK_THROWS_WITH((Trainer{model, MeanSquaredError{}, SGD{}, 0}), "Trainer: expected at least 1 thread, found 0");
}
