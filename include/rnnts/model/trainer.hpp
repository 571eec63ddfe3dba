// Trainer: one step of training, with all the memory that it needs.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/penalty.hpp"
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
  using X = Sequence<const T, M::input.features>;
  using Y = Sequence<const T, M::output.features>;

  Trainer(M& model, L loss, O optimizer)
      : model_(model), loss_(std::move(loss)), optimizer_(std::move(optimizer)), memory_(std::make_unique<Memory>()) {}

  /// Forward pass, backward pass and one update of the weights. Returns the loss before the update.
  ///
  /// x: (T,B,I)   y_true: (T,B,N), or (1,B,N) if the model gives a vector
  double step(X x, Y y_true) {
    const double loss = backward(x, y_true);
    optimizer_.update(model_.parameters(), memory_->gradients, memory_->optimizer_state);
    return loss;
  }

  /// The loss of the model as it is, with the penalties of the regularizers.
  double forward(X x, Y y_true) {
    const auto y = memory_->y.resize(y_true.steps, y_true.batch);
    M::forward(model_.parameters(), x, memory_->tape, y);
    return mean_loss(loss_, y_true.rows(), y.rows()) + penalty(model_.parameters());
  }

  /// Forward and backward pass: afterwards `gradients()` are those of the returned loss. Overwrites `dx` with
  /// the gradient by x, unless it is empty.
  double backward(X x, Y y_true, Sequence<T, M::input.features> dx = {}) {
    const double loss = forward(x, y_true);
    const auto y = memory_->y.view();
    const auto dy = memory_->dy.resize(y.steps, y.batch);
    mean_loss_backward(loss_, y_true.rows(), y.rows(), dy.rows());
    visit_fields([](const FieldInfo&, auto& gradient) { gradient.fill(0); }, memory_->gradients);
    M::backward(model_.parameters(), x, memory_->tape, y, dy, memory_->workspace, memory_->gradients, dx);
    add_penalty_gradient(model_.parameters(), memory_->gradients);
    return loss;
  }

  const typename M::Parameters& gradients() const { return memory_->gradients; }
  Y output() const { return std::as_const(memory_->y).view(); }
  O& optimizer() { return optimizer_; }

 private:
  struct Memory {
    typename M::Parameters gradients;
    typename M::Tape tape;
    typename M::Workspace workspace;
    SequenceBuffer<T, M::output.features> y, dy;
    typename O::template State<typename M::Parameters> optimizer_state;
  };

  M& model_;
  L loss_;
  O optimizer_;
  std::unique_ptr<Memory> memory_;
};

}  // namespace rnnts::inline v0
