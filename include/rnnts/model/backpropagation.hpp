// Backpropagation: outputs, loss and gradients of one batch, with all the memory that they need.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline v0 {

/// Owns gradients, tape and workspace, for a model that it refers to. After the first pass with the largest batch, a
/// pass allocates nothing. The loss is that of the labels; penalties of regularizers are not its business.
template <Model M, Loss L> class Backpropagation {
 public:
  using T = typename M::scalar;

  static constexpr std::size_t labels = label_count<L, M::output.features>;

  using X = Sequence<const T, M::input.features>;
  using DX = Sequence<T, M::input.features>;
  using Y = Sequence<const T, labels>;
  using Output = Sequence<const T, M::output.features>;

  Backpropagation(const M& model, L loss)
      : model_(model), loss_(std::move(loss)), memory_(std::make_unique<Memory>()) {}

  /// The loss of the model as it is.
  ///
  /// x: (T,B,I)   y_true: (T,B,labels), or (1,B,labels) if the model gives a vector   sample_weights: (B), or empty
  ///
  /// With random numbers, the layers that drop do so. With lengths in y_true, what lies beyond them does not count.
  double forward(X x, Y y_true, Random* random, std::span<const T> sample_weights) {
    const auto y = memory_->y.resize(y_true.steps, y_true.batch, y_true.lengths);
    M::forward(model_.parameters(), x, memory_->tape, y, random);
    weigh_rows(y_true, sample_weights);
    return mean_loss(loss_, y_true.rows(), y.rows(), memory_->row_weights);
  }

  /// Forward and backward pass: afterwards `gradients()` are those of `share` times the loss, which is returned as it
  /// is. Overwrites `dx` with the gradient by x, likewise, unless it is empty.
  double backward(X x, Y y_true, DX dx, Random* random, std::span<const T> sample_weights, T share = 1) {
    const double loss = forward(x, y_true, random, sample_weights);
    const auto y = memory_->y.view();
    const auto dy = memory_->dy.resize(y.steps, y.batch, y.lengths);
    mean_loss_backward(loss_, y_true.rows(), y.rows(), dy.rows(), memory_->row_weights);
    if (share != 1) {
      for (T& derivative : dy.rows()) derivative *= share;
    }
    visit_fields([](const FieldInfo&, auto& gradient) { gradient.fill(0); }, memory_->gradients);
    dx.lengths = x.lengths;
    M::backward(model_.parameters(), x, memory_->tape, y, dy, memory_->workspace, memory_->gradients, dx);
    return loss;
  }

  typename M::Parameters& gradients() { return memory_->gradients; }
  const typename M::Parameters& gradients() const { return memory_->gradients; }
  Output output() const { return std::as_const(memory_->y).view(); }
  typename M::Tape& tape() { return memory_->tape; }
  const typename M::Workspace& workspace() const { return memory_->workspace; }

 private:
  struct Memory {
    typename M::Parameters gradients;
    typename M::Tape tape;
    typename M::Workspace workspace;
    SequenceBuffer<T, M::output.features> y, dy;
    std::vector<T> weights;  ///< of the rows of y, where they are not all alike
    RowWeights<T> row_weights;
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

  const M& model_;
  L loss_;
  std::unique_ptr<Memory> memory_;
};

}  // namespace rnnts::inline v0
