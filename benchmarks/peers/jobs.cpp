// The rows of the comparison, and how this library does them.
#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <stdexcept>

#include "contestant.hpp"
#include "rnnts/rnnts.hpp"

namespace bench {
namespace {

/// A model with the weights of the problem.
template <class Model> Model make_model(const Problem& problem) {
  Model model;
  const auto weights = model.weights();
  const auto names = weight_names(problem.shape);
  if (weights.size() != names.size()) throw std::logic_error(problem.shape.name() + ": the model has other weights");
  for (std::size_t i = 0; i < names.size(); ++i) model.set_weight(weights[i].name, problem.weights.at(names[i]));
  return model;
}

/// `Trainer::step`: forward pass, backward pass, Adam.
template <class Model> class Training final : public Contestant {
 public:
  explicit Training(const Problem& problem) : problem_(problem), model_(make_model<Model>(problem)) {}

  Tensors results() override {
    Tensors results;
    results["loss"] = {float(trainer_.backward(x(), y()))};
    const auto output = trainer_.output().rows();
    results["output"].assign(output.begin(), output.end());
    rnnts::detail::visit_fields(
        [&, names = weight_names(problem_.shape), i = 0U](const rnnts::detail::FieldInfo&,
                                                          const auto& gradient) mutable {
          results[names[i++]].assign(gradient.flat().begin(), gradient.flat().end());
        },
        trainer_.gradients());
    return results;
  }

  void work() override {
    trainer_.step(x(), y());
    second_ = !second_;
  }

 private:
  rnnts::Sequence<const float, Model::input.features> x() const {
    return {problem_.x.data(), problem_.shape.steps, problem_.shape.batch};
  }
  rnnts::Sequence<const float, 1> y() const {
    return {problem_.labels[second_ ? 1 : 0].data(), 1, problem_.shape.batch};
  }

  const Problem& problem_;
  bool second_ = false;
  Model model_;
  rnnts::Trainer<Model, rnnts::MeanSquaredError, rnnts::Adam> trainer_{model_, {}, {}};
};

/// `predict` for a tensor of windows, with memory that is kept.
template <class Model> class Prediction final : public Contestant {
 public:
  explicit Prediction(const Problem& problem)
      : model_(make_model<Model>(problem)),
        windows_(std::array{problem.shape.batch, problem.shape.steps, problem.shape.inputs}) {
    auto number = problem.x.begin();
    for (std::size_t t = 0; t < windows_.shape(1); ++t) {
      for (std::size_t b = 0; b < windows_.shape(0); ++b) {
        for (std::size_t i = 0; i < windows_.shape(2); ++i) windows_(b, t, i) = *number++;
      }
    }
  }

  Tensors results() override {
    const auto output = model_.predict(windows_, scratch_);
    return {{"output", {output.begin(), output.end()}}};
  }

  void work() override { model_.predict(windows_, scratch_); }

 private:
  Model model_;
  xt::xtensor<float, 3> windows_;
  typename Model::Scratch scratch_;
};

template <class Input, class... Layers> std::unique_ptr<Contestant> train(const Problem& problem) {
  return std::make_unique<Training<rnnts::Sequential<float, Input, Layers...>>>(problem);
}

template <class Input, class... Layers> std::unique_ptr<Contestant> predict(const Problem& problem) {
  return std::make_unique<Prediction<rnnts::Sequential<float, Input, Layers...>>>(problem);
}

}  // namespace

std::vector<Job> jobs() {
  using rnnts::Input, rnnts::Dense, rnnts::Flatten, rnnts::SimpleRNN, rnnts::LSTM, rnnts::GRU, rnnts::Sigmoid;
  using enum Layer;
  constexpr auto prediction = Work::prediction;
  return {
      {{.layer = simple_rnn, .units = 5, .batch = 1, .sigmoid = true},
       train<Input<1>, SimpleRNN<5>, Dense<1, Sigmoid>>},
      {{.layer = simple_rnn, .units = 5, .batch = 10, .sigmoid = true},
       train<Input<1>, SimpleRNN<5>, Dense<1, Sigmoid>>},
      {{.layer = flatten, .batch = 10}, train<Input<1, 20>, Flatten, Dense<1>>},
      {{.layer = simple_rnn, .units = 32, .batch = 32}, train<Input<1>, SimpleRNN<32>, Dense<1>>},
      {{.layer = lstm, .units = 32, .batch = 32}, train<Input<1>, LSTM<32>, Dense<1>>},
      {{.layer = gru, .units = 32, .batch = 32}, train<Input<1>, GRU<32>, Dense<1>>},
      {{.layer = simple_rnn, .units = 256, .inputs = 8, .steps = 100, .batch = 64},
       train<Input<8>, SimpleRNN<256>, Dense<1>>},
      {{.layer = lstm, .units = 256, .inputs = 8, .steps = 100, .batch = 64}, train<Input<8>, LSTM<256>, Dense<1>>},
      {{.layer = gru, .units = 256, .inputs = 8, .steps = 100, .batch = 64}, train<Input<8>, GRU<256>, Dense<1>>},
      {{.layer = simple_rnn, .units = 32, .batch = 32, .work = prediction}, predict<Input<1>, SimpleRNN<32>, Dense<1>>},
      {{.layer = lstm, .units = 32, .batch = 32, .work = prediction}, predict<Input<1>, LSTM<32>, Dense<1>>},
      {{.layer = gru, .units = 32, .batch = 32, .work = prediction}, predict<Input<1>, GRU<32>, Dense<1>>},
  };
}

}  // namespace bench
