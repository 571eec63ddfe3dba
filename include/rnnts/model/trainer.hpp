// Trainer: one step of training, with all the memory that it needs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/penalty.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/optimizers/optimizer.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline v0 {

/// Owns gradients, tapes, workspaces and the state of the optimizer, for a model that it refers to. After the
/// first step with the largest batch, a step allocates nothing.
template <Model M, Loss L, class O>
  requires Optimizer<O, typename M::Parameters>
class Trainer {
 public:
  using T = typename M::scalar;

  static constexpr std::size_t labels = label_count<L, M::output.features>;
  static_assert(labels > 0,
                "The loss needs another number of outputs than the model has: two for each label of "
                "GaussianNegativeLogLikelihood, Q for each label of Quantiles<Q>.");

  using X = Sequence<const T, M::input.features>;
  using Y = Sequence<const T, labels>;
  using Output = Sequence<const T, M::output.features>;

  Trainer(M& model, L loss, O optimizer)
      : model_(model), loss_(std::move(loss)), optimizer_(std::move(optimizer)), memory_(std::make_unique<Memory>()) {
    if constexpr (requires { loss_.check(); }) loss_.check();
  }

  /// Forward pass, backward pass and one update of the weights. Returns the loss before the update.
  ///
  /// x: (T,B,I)   y_true: (T,B,labels), or (1,B,labels) if the model gives a vector   sample_weights: (B), or empty
  ///
  /// With random numbers, the layers that drop do so. With lengths in y_true, what lies beyond them does not count.
  double step(X x, Y y_true, Random* random = nullptr, std::span<const T> sample_weights = {}) {
    const double loss = backward(x, y_true, {}, random, sample_weights);
    optimizer_.update(model_.parameters(), memory_->gradients, memory_->optimizer_state);
    return loss;
  }

  /// The loss of the model as it is, with the penalties of the regularizers.
  double forward(X x, Y y_true, Random* random = nullptr, std::span<const T> sample_weights = {}) {
    const auto y = memory_->y.resize(y_true.steps, y_true.batch, y_true.lengths);
    M::forward(model_.parameters(), x, memory_->tape, y, random);
    weigh_rows(y_true, sample_weights);
    return mean_loss(loss_, y_true.rows(), y.rows(), memory_->row_weights) + penalty(model_.parameters());
  }

  /// Forward and backward pass: afterwards `gradients()` are those of the returned loss. Overwrites `dx` with
  /// the gradient by x, unless it is empty.
  double backward(X x, Y y_true, Sequence<T, M::input.features> dx = {}, Random* random = nullptr,
                  std::span<const T> sample_weights = {}) {
    const double loss = forward(x, y_true, random, sample_weights);
    const auto y = memory_->y.view();
    const auto dy = memory_->dy.resize(y.steps, y.batch, y.lengths);
    mean_loss_backward(loss_, y_true.rows(), y.rows(), dy.rows(), memory_->row_weights);
    for (const auto gradient : tensors(memory_->gradients)) std::ranges::fill(gradient, T(0));
    dx.lengths = x.lengths;
    M::backward(model_.parameters(), x, memory_->tape, y, dy, memory_->workspace, memory_->gradients, dx);
    add_penalty_gradient(model_.parameters(), memory_->gradients);
    return loss;
  }

  const typename M::Parameters& gradients() const { return memory_->gradients; }
  Output output() const { return std::as_const(memory_->y).view(); }
  O& optimizer() { return optimizer_; }
  auto& optimizer_state() { return memory_->optimizer_state; }
  /// What the forward pass has left behind, with the states of recurrent layers.
  typename M::Tape& tape() { return memory_->tape; }
  /// What the backward pass has left behind, with the gradients by the initial states of recurrent layers.
  const typename M::Workspace& workspace() const { return memory_->workspace; }

 private:
  struct Memory {
    typename M::Parameters gradients;
    typename M::Tape tape;
    typename M::Workspace workspace;
    SequenceBuffer<T, M::output.features> y, dy;
    std::vector<T> weights;  ///< of the rows of y, where they are not all alike
    RowWeights<T> row_weights;
    typename O::template State<typename M::Parameters> optimizer_state;
  };

  /// The weight of a row is that of its sample, or 0 beyond the sample's length.
  void weigh_rows(Y y, std::span<const T> sample_weights) {
    memory_->row_weights = {};
    if (sample_weights.empty() && y.lengths == nullptr) return;
    memory_->weights.clear();
    std::size_t count = 0;
    for (std::size_t t = 0; t < y.steps; ++t) {
      for (std::size_t b = 0; b < y.batch; ++b) {
        const bool counts = t < y.length(b);
        memory_->weights.push_back(!counts ? T(0) : sample_weights.empty() ? T(1) : sample_weights[b]);
        count += counts ? 1 : 0;
      }
    }
    memory_->row_weights = {memory_->weights.data(), count};
  }

  M& model_;
  L loss_;
  O optimizer_;
  std::unique_ptr<Memory> memory_;
};

}  // namespace rnnts::inline v0
