// Backpropagation: outputs, loss and gradients of one batch, with all the memory that they need.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// How much each row of a batch of labels counts, (steps, batch): as much as its sample, or not at all beyond the
/// sample's length. They are written to `weights`, unless all count alike.
template <Scalar T>
RowWeights<T> row_weights(std::size_t steps, std::size_t batch, const std::size_t* lengths,
                          std::span<const T> sample_weights, std::vector<T>& weights) {
  if (sample_weights.empty() && lengths == nullptr) return {};
  weights.clear();
  std::size_t count = 0;
  for (std::size_t t = 0; t < steps; ++t) {
    for (std::size_t b = 0; b < batch; ++b) {
      const bool counts = lengths == nullptr || t < lengths[b];
      weights.push_back(!counts ? T(0) : sample_weights.empty() ? T(1) : sample_weights[b]);
      count += counts ? 1 : 0;
    }
  }
  return {weights.data(), count};
}

/// Gradients, tape and workspace for passes of a model. After the first pass with the largest batch, a pass allocates
/// nothing. The loss is that of the labels; penalties of regularizers are not its business.
///
/// Holds all gradients itself, and so may be large.
template <Model M, Loss L> class Backpropagation {
 public:
  using T = typename M::scalar;
  using Parameters = typename M::Parameters;

  static constexpr std::size_t labels = label_count<L, M::output.features>;

  using X = Sequence<const T, M::input.features>;
  using DX = Sequence<T, M::input.features>;
  using Y = Sequence<const T, labels>;
  using Output = Sequence<const T, M::output.features>;

  /// The loss of a model with the weights p.
  ///
  /// x: (T,B,I)   y_true: (T,B,labels), or (1,B,labels) if the model gives a vector   sample_weights: (B), or empty
  ///
  /// With random numbers, the layers that drop do so. With lengths in y_true, what lies beyond them does not count.
  double forward(const Parameters& p, const L& loss, X x, Y y_true, Random* random, std::span<const T> sample_weights) {
    const FlushSubnormals flush;
    const auto y = y_.resize(y_true.steps, y_true.batch, y_true.lengths);
    M::forward(p, x, tape_, y, random);
    row_weights_ = row_weights(y_true.steps, y_true.batch, y_true.lengths, sample_weights, weights_);
    return mean_loss(loss, y_true.rows(), y.rows(), row_weights_);
  }

  /// Forward and backward pass: afterwards `gradients()` are those of `share` times the loss, which is returned as it
  /// is. Overwrites `dx` with the gradient by x, likewise, unless it is empty.
  double backward(const Parameters& p, const L& loss, X x, Y y_true, DX dx, Random* random,
                  std::span<const T> sample_weights, T share = 1) {
    const FlushSubnormals flush;
    const double result = forward(p, loss, x, y_true, random, sample_weights);
    const auto y = y_.view();
    const auto dy = dy_.resize(y.steps, y.batch, y.lengths);
    mean_loss_backward(loss, y_true.rows(), y.rows(), dy.rows(), row_weights_);
    if (share != 1) {
      for (T& derivative : dy.rows()) derivative *= share;
    }
    set_gradients_to_zero();
    dx.lengths = x.lengths;
    M::backward(p, x, tape_, y, dy, workspace_, gradients_, dx);
    return result;
  }

  void set_gradients_to_zero() {
    for (const auto gradient : tensors(gradients_)) std::ranges::fill(gradient, T(0));
  }

  Parameters& gradients() { return gradients_; }
  const Parameters& gradients() const { return gradients_; }
  Output output() const { return y_.view(); }
  typename M::Tape& tape() { return tape_; }
  const typename M::Workspace& workspace() const { return workspace_; }

 private:
  Parameters gradients_;
  typename M::Tape tape_;
  typename M::Workspace workspace_;
  SequenceBuffer<T, M::output.features> y_, dy_;
  std::vector<T> weights_;  ///< of the rows of y, where they are not all alike
  RowWeights<T> row_weights_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
