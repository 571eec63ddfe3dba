// Cases of training and of optimizers.

#include "golden/models.hpp"
#include "rnnts/kernels/activation.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/trainer.hpp"
#include "rnnts/optimizers/adam.hpp"
#include "rnnts/optimizers/sgd.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace {

using namespace rnnts;
using golden::Array;
using golden::Case;
using golden::Report;

/// An option that is absent in the file is the default of the library.
void read_options(Case& c, Report& report, SGD& sgd) {
  report.same("optimizer/type", c.text("optimizer/type"), std::string("SGD"));
  sgd.learning_rate = c.number("optimizer/learning_rate", sgd.learning_rate);
  sgd.momentum = c.number("optimizer/momentum", sgd.momentum);
  sgd.nesterov = c.flag("optimizer/nesterov", sgd.nesterov);
}

void read_options(Case& c, Report& report, Adam& adam) {
  report.same("optimizer/type", c.text("optimizer/type"), std::string("Adam"));
  adam.learning_rate = c.number("optimizer/learning_rate", adam.learning_rate);
  adam.beta_1 = c.number("optimizer/beta_1", adam.beta_1);
  adam.beta_2 = c.number("optimizer/beta_2", adam.beta_2);
  adam.epsilon = c.number("optimizer/epsilon", adam.epsilon);
  report.same("optimizer/amsgrad", c.flag("optimizer/amsgrad", false), false);
}

template <class M, class O, class L> void train(Case& c, Report& report) {
  using T = typename M::scalar;
  M model;
  set_up(model, c, report);
  O optimizer;
  read_options(c, report, optimizer);
  report.same("loss", c.text("loss/type"), std::string(L::name));
  Trainer<M, L, O> trainer(model, L{}, optimizer);
  const Array &input = c.array("input"), &target = c.array("target");
  const std::size_t steps = c.names("batches").size();
  Array losses{{steps}, {}};
  for (std::size_t step = 0; step < steps; ++step) {
    const Array& batch = c.array("batches/" + std::to_string(step));
    const std::vector<std::size_t> samples(batch.data.begin(), batch.data.end());
    golden::Batch<T> x(input, samples), y_true(target, samples);
    if (M::input.steps != any_steps) x.check_steps(M::input.steps);
    y_true.check_steps(output_steps<typename M::Stack>(x.steps));
    losses.data.push_back(
        trainer.step(x.template view<M::input.features>(), y_true.template view<M::output.features>()));
    const std::string after = "expected/weights_after/" + std::to_string(step + 1);
    if (!c.names(after).empty()) compare_weights(c, report, after, golden::in_double(model.weights()));
  }
  report.compare("expected/losses", c.array("expected/losses"), losses, report.tolerance.derivatives);
}

/// A case of the kind "training": the loss of each step, and the weights after some of them.
template <class O, class Input, class... Layers> golden::Entry training(const char* name) {
  return {name, "training", train<Sequential<float, Input, Layers...>, O, MeanSquaredError>,
          train<Sequential<double, Input, Layers...>, O, MeanSquaredError>};
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

const golden::Cases cases = {
    training<SGD, Input<1, 6>, Flatten, Dense<1>>("train_perceptron_sgd"),
    training<SGD, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_sgd"),
    training<SGD, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_sgd_momentum"),
    training<Adam, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_adam"),
    training<Adam, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_adam_big_epsilon"),
    training<Adam, Input<2>, SimpleRNN<5>, Dense<1, Sigmoid>>("train_adam_default"),

    optimizer<SGD, 4>("keras_sgd_single_step"),
    optimizer<Adam, 4>("keras_adam_single_step"),
};

}  // namespace
