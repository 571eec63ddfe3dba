// Trainer: one step of training, with all the memory that it needs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/any_trainer.hpp"
#include "rnnts/model/model_pass.hpp"
#include "rnnts/model/parallel_backpropagation.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/states.hpp"
#include "rnnts/optimizers/optimizer.hpp"
#include "rnnts/tensor/named_tensor.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Owns gradients, tapes, workspaces and the state of the optimizer, for a model that it refers to. After the
/// first step with the largest batch, a step allocates nothing. With several threads these share the samples of each
/// batch, see `ParallelBackpropagation`. Cannot be copied or moved.
template <Model M, Loss L, class O>
  requires Optimizer<O, typename M::Parameters>
class Trainer final
    : public detail::TwoPartTrainer<typename M::scalar, M::input.features, detail::label_count<L, M::output.features>> {
 public:
  using T = typename M::scalar;

  static constexpr std::size_t labels = detail::label_count<L, M::output.features>;
  static_assert(labels > 0,
                "The loss needs another number of outputs than the model has: two for each label of "
                "GaussianNegativeLogLikelihood, Q for each label of Quantiles<Q>.");

  using X = Sequence<const T, M::input.features>;
  using Y = Sequence<const T, labels>;
  using Output = Sequence<const T, M::output.features>;

  /// `work_per_thread` is as in `FitOptions`.
  ///
  /// Throws ArgumentError if an option of the loss cannot be used, or for 0 or more than 4096 threads, where `name` is
  /// that of the function that trains, std::system_error if the system gives no more threads.
  [[gnu::noinline]] Trainer(M& model, L loss, O optimizer, std::size_t threads = 1,
                            std::size_t work_per_thread = detail::usual_work_per_thread,
                            std::string_view name = "Trainer")
      : model_(model),
        optimizer_(std::move(optimizer)),
        pass_(model),
        backpropagation_(pass_, checked(std::move(loss)), threads, work_per_thread, name) {}
  [[gnu::noinline]] ~Trainer() override {}

  /// Forward pass, backward pass and one update of the weights. Returns the loss before the update.
  ///
  /// x: (T,B,I)   y_true: (T,B,labels), or (1,B,labels) if the model gives a vector   sample_weights: (B), or empty
  ///
  /// With random numbers, the layers that drop do so. With lengths in y_true, what lies beyond them does not count.
  ///
  /// Throws ArgumentError at the first update if an option of the optimizer cannot be used.
  double step(X x, Y y_true, Random* random = nullptr, std::span<const T> sample_weights = {}) override {
    const FlushSubnormals flush;
    const double loss = backward(x, y_true, random, sample_weights);
    update();
    return loss;
  }

  /// The loss of the model as it is, with the penalties of the regularizers.
  double forward(X x, Y y_true, Random* random = nullptr, std::span<const T> sample_weights = {}) override {
    return backpropagation_.forward(x, y_true, random, sample_weights);
  }

  /// Forward and backward pass: afterwards `gradients()` are those of the returned loss. Overwrites `dx` with
  /// the gradient by x, unless it is empty.
  double backward(X x, Y y_true, Sequence<T, M::input.features> dx = {nullptr, 0, 0, nullptr, 0},
                  Random* random = nullptr, std::span<const T> sample_weights = {}) {
    return backpropagation_.backward(x, y_true, dx, random, sample_weights);
  }
  double backward(X x, Y y_true, Random* random, std::span<const T> sample_weights) override {
    return backpropagation_.backward(x, y_true, {nullptr, 0, 0, nullptr, x.width}, random, sample_weights);
  }
  detail::Tensors<T> gradient_tensors() override { return pass_.tensors(); }
  [[gnu::noinline]] void update() override { optimizer_.update(model_.parameters(), gradients(), optimizer_state_); }

  const typename M::Parameters& gradients() const { return pass_.gradients(); }
  Output output() const { return backpropagation_.output(); }
  const L& loss() const { return backpropagation_.loss(); }
  O& optimizer() { return optimizer_; }
  auto& optimizer_state() { return optimizer_state_; }
  /// What the forward pass has left behind, with the states of recurrent layers; with several threads, that of the
  /// first one.
  typename M::Tape& tape() { return pass_.tape(); }
  /// What the backward pass has left behind, with the gradients by the initial states of recurrent layers; likewise.
  const typename M::Workspace& workspace() const { return pass_.workspace(); }
  /// The sequences of the next batches start from these states, the same for all samples. Throws as
  /// `Scratch::set_initial_states`.
  [[gnu::noinline]] void set_initial_states(const std::vector<NamedTensor<T>>& states) {
    for_each_tape([&](auto& tape) { detail::set_initial_states(tape, states, detail::StateRows::one); });
  }
  /// Calls `visit` with each state that can be carried from one batch to the next.
  void for_each_state(const auto& visit) {
    for_each_tape([&](auto& tape) { detail::for_each_state(tape, visit); });
  }

  detail::Tensors<T> weights() override {
    weights_ = detail::tensors<T>(model_.parameters());
    if constexpr (M::Stack::is_dynamic) {
      if (!std::ranges::equal(weights_, pass_.tensors(), {}, &std::span<T>::size, &std::span<T>::size) ||
          model_.output_shape().features != pass_.outputs()) {
        throw ArgumentError("a callback has given the model other sizes than the training began with");
      }
    }
    return weights_;
  }
  [[gnu::noinline]] void carry_states_over() override {
    if constexpr (carries_state) {
      for_each_state([](auto& state) { state.carry_over(); });
      backpropagation_.keep_parts(true);
    }
  }
  [[gnu::noinline]] void reset_states() override {
    if constexpr (carries_state) {
      for_each_state([](auto& state) { state.reset(); });
      backpropagation_.keep_parts(false);
    }
  }

 private:
  static L checked(L loss) {
    if constexpr (requires { loss.check(); }) loss.check();
    return loss;
  }

  void for_each_tape(const auto& visit) {
    backpropagation_.for_each_pass([&](auto& pass) { visit(static_cast<Pass&>(pass).tape()); });
  }

  using Pass = detail::ModelPass<M>;
  /// Other models never train on a series that goes on from batch to batch (`fit_stateful`).
  static constexpr bool carries_state = M::carries_state && M::output.is_sequence;

  M& model_;
  O optimizer_;
  Pass pass_;
  detail::ParallelBackpropagation<T, M::input.features, M::output.features, L> backpropagation_;
  typename O::template State<typename M::Parameters> optimizer_state_{};
  decltype(detail::tensors<T>(std::declval<typename M::Parameters&>())) weights_;  ///< those of the model
};

}  // namespace rnnts::inline RNNTS_ABI
