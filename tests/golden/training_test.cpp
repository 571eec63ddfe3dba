// Cases of training and of optimizers.

#include "golden/losses.hpp"
#include "golden/models.hpp"
#include "rnnts/kernels/activation.hpp"
#include "rnnts/losses/huber.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/trainer.hpp"
#include "rnnts/optimizers/adagrad.hpp"
#include "rnnts/optimizers/adam.hpp"
#include "rnnts/optimizers/adamw.hpp"
#include "rnnts/optimizers/learning_rate.hpp"
#include "rnnts/optimizers/nadam.hpp"
#include "rnnts/optimizers/rmsprop.hpp"
#include "rnnts/optimizers/schedules.hpp"
#include "rnnts/optimizers/sgd.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace {

using namespace rnnts;
using golden::Array;
using golden::Case;
using golden::Report;

/// The learning rate that the options of an optimizer say, a number or a schedule.
LearningRate read_learning_rate(Case& c, Report& report, const LearningRate& by_default) {
  const double rate = c.number("optimizer/learning_rate", by_default(0));
  if (c.names("optimizer/schedule").empty()) return rate;
  report.same("optimizer/schedule/type", c.text("optimizer/schedule/type"), std::string("exponential_decay"));
  return ExponentialDecay{.initial_learning_rate = rate,
                          .decay_steps = static_cast<std::uint64_t>(c.number("optimizer/schedule/decay_steps")),
                          .decay_rate = c.number("optimizer/schedule/decay_rate"),
                          .staircase = c.flag("optimizer/schedule/staircase", false)};
}

/// Checks the type, and reads what all optimizers have. An option that is absent in the file is the default of the
/// library.
template <class O> void read_common_options(Case& c, Report& report, const std::string& type, O& optimizer) {
  report.same("optimizer/type", c.text("optimizer/type"), type);
  optimizer.learning_rate = read_learning_rate(c, report, optimizer.learning_rate);
  optimizer.weight_decay = c.number("optimizer/weight_decay", optimizer.weight_decay);
  optimizer.clipnorm = c.number("optimizer/clipnorm", optimizer.clipnorm);
  optimizer.clipvalue = c.number("optimizer/clipvalue", optimizer.clipvalue);
  optimizer.global_clipnorm = c.number("optimizer/global_clipnorm", optimizer.global_clipnorm);
}

void read_options(Case& c, Report& report, SGD& sgd) {
  read_common_options(c, report, "SGD", sgd);
  sgd.momentum = c.number("optimizer/momentum", sgd.momentum);
  sgd.nesterov = c.flag("optimizer/nesterov", sgd.nesterov);
}

/// What Adam, AdamW and Nadam have.
template <class O> void read_moments(Case& c, O& adam) {
  adam.beta_1 = c.number("optimizer/beta_1", adam.beta_1);
  adam.beta_2 = c.number("optimizer/beta_2", adam.beta_2);
  adam.epsilon = c.number("optimizer/epsilon", adam.epsilon);
}

void read_options(Case& c, Report& report, Adam& adam) {
  read_common_options(c, report, "Adam", adam);
  read_moments(c, adam);
  adam.amsgrad = c.flag("optimizer/amsgrad", adam.amsgrad);
}

void read_options(Case& c, Report& report, AdamW& adamw) {
  read_common_options(c, report, "AdamW", adamw);
  read_moments(c, adamw);
  adamw.amsgrad = c.flag("optimizer/amsgrad", adamw.amsgrad);
}

void read_options(Case& c, Report& report, Nadam& nadam) {
  read_common_options(c, report, "Nadam", nadam);
  read_moments(c, nadam);
}

void read_options(Case& c, Report& report, RMSprop& rmsprop) {
  read_common_options(c, report, "RMSprop", rmsprop);
  rmsprop.rho = c.number("optimizer/rho", rmsprop.rho);
  rmsprop.momentum = c.number("optimizer/momentum", rmsprop.momentum);
  rmsprop.epsilon = c.number("optimizer/epsilon", rmsprop.epsilon);
  rmsprop.centered = c.flag("optimizer/centered", rmsprop.centered);
}

void read_options(Case& c, Report& report, Adagrad& adagrad) {
  read_common_options(c, report, "Adagrad", adagrad);
  adagrad.initial_accumulator_value =
      c.number("optimizer/initial_accumulator_value", adagrad.initial_accumulator_value);
  adagrad.epsilon = c.number("optimizer/epsilon", adagrad.epsilon);
}

template <class M, class O, class L> void train(Case& c, Report& report) {
  using T = typename M::scalar;
  M model;
  set_up(model, c, report);
  O optimizer;
  read_options(c, report, optimizer);
  Trainer<M, L, O> trainer(model, golden::read_loss<L>(c, report), optimizer);
  const Array &input = c.array("input"), &target = c.array("target");
  const std::size_t steps = c.names("batches").size();
  Array losses{{steps}, {}};
  for (std::size_t step = 0; step < steps; ++step) {
    const Array& batch = c.array("batches/" + std::to_string(step));
    const std::vector<std::size_t> samples(batch.data.begin(), batch.data.end());
    golden::Batch<T> x(input, samples), y_true(target, samples);
    if (M::input.steps != any_steps) x.check_steps(M::input.steps);
    y_true.check_steps(detail::output_steps<typename M::Stack>(model.parameters(), x.steps));
    losses.data.push_back(
        trainer.step(x.template view<M::input.features>(), y_true.template view<M::output.features>()));
    const std::string after = "expected/weights_after/" + std::to_string(step + 1);
    if (!c.names(after).empty()) compare_weights(c, report, after, golden::in_double(model.weights()));
  }
  report.compare("expected/losses", c.array("expected/losses"), losses, report.tolerance.derivatives);
}

/// A case of the kind "training": the loss of each step, and the weights after some of them.
template <class O, class Input, class... Layers, class L = MeanSquaredError>
golden::Entry training(const char* name, L = {}) {
  return {name, "training", train<Sequential<float, Input, Layers...>, O, L>,
          train<Sequential<double, Input, Layers...>, O, L>};
}

template <class T, std::size_t N> struct Values {
  Tensor<T, N> values;

  static constexpr auto fields() { return std::tuple{Field{"values", &Values::values}}; }
};

template <class T, class O, std::size_t N> void optimize(Case& c, Report& report) {
  const auto read = [&](const std::string& path) {
    const Array& array = c.array(path);
    report.same("size of " + path, array.data.size(), N);
    Values<T, N> values;
    std::ranges::transform(array.data, values.values.begin(), [](double value) { return static_cast<T>(value); });
    return values;
  };
  O optimizer;
  read_options(c, report, optimizer);
  auto values = read("initial");
  typename O::template State<Values<T, N>> state;
  for (std::size_t step = 0; step < c.names("gradients").size(); ++step) {
    optimizer.update(values, read("gradients/" + std::to_string(step)), state);
    const std::string after = "expected/values_after/" + std::to_string(step + 1);
    if (!c.has(after)) continue;
    report.compare(after, c.array(after), {{N}, {values.values.begin(), values.values.end()}},
                   report.tolerance.derivatives);
  }
}

/// A case of the kind "optimizer": N values after some steps with given gradients.
template <class O, std::size_t N> golden::Entry optimizer(const char* name) {
  return {name, "optimizer", optimize<float, O, N>, optimize<double, O, N>};
}

constexpr LSTMOptions sequences{.return_sequences = true};

const golden::Cases cases = {
    training<SGD, Input<1, 6>, Flatten, Dense<1>>("train_perceptron_sgd"),
    training<SGD, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_sgd"),
    training<SGD, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_sgd_momentum"),
    training<SGD, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_sgd_clipvalue"),
    training<SGD, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_sgd_global_clipnorm"),
    training<Adam, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_adam"),
    training<Adam, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_adam_big_epsilon"),
    training<Adam, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_adam_default"),
    training<Adam, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_adam_exponential_decay"),
    training<Adam, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_adam_global_clipnorm"),
    training<Adam, Input<2>, LSTM<6, Tanh, Sigmoid, sequences>, LSTM<4>, Dense<1>>("train_lstm_adam", Huber{}),
    training<AdamW, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_adamw"),
    training<RMSprop, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_rmsprop"),
    training<RMSprop, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_rmsprop_momentum"),
    training<Adagrad, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_adagrad"),

    optimizer<SGD, 4>("keras_sgd_single_step"),
    optimizer<SGD, 2>("keras_sgd_clipnorm"),
    optimizer<SGD, 1>("keras_sgd_weight_decay"),
    optimizer<Adam, 4>("keras_adam_single_step"),
    optimizer<Adam, 1>("keras_adam_weight_decay"),
    optimizer<AdamW, 4>("keras_adamw_single_step"),
    optimizer<AdamW, 1>("keras_adamw_weight_decay"),
    optimizer<Nadam, 4>("keras_nadam_single_step"),
    optimizer<RMSprop, 4>("keras_rmsprop_single_step"),
    optimizer<RMSprop, 1>("keras_rmsprop_weight_decay"),
};

}  // namespace
