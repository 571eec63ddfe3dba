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

/// One pass over one batch, or a part of it, whatever the model is.
template <Scalar T, std::size_t I, std::size_t Labels, std::size_t N> class BatchPass {
 public:
  using X = Sequence<const T, I>;
  using DX = Sequence<T, I>;
  using Y = Sequence<const T, Labels>;
  using Output = Sequence<const T, N>;

  virtual ~BatchPass() = default;

  /// The loss.
  ///
  /// x: (T,B,I)   y_true: (T,B,Labels), or (1,B,Labels) if the model gives a vector   sample_weights: (B), or empty
  ///
  /// With random numbers, the layers that drop do so. With lengths in y_true, what lies beyond them does not count.
  virtual double forward(X x, Y y_true, Random* random, std::span<const T> sample_weights) = 0;

  /// Forward and backward pass: afterwards the gradients are those of `share` times the loss, which is returned as it
  /// is. Overwrites `dx` with the gradient by x, likewise, unless it is empty.
  virtual double backward(X x, Y y_true, DX dx, Random* random, std::span<const T> sample_weights, T share) = 0;

  virtual Output output() const = 0;
  virtual void set_gradients_to_zero() = 0;
};

template <Model M, Loss L>
using BatchPassOf =
    BatchPass<typename M::scalar, M::input.features, label_count<L, M::output.features>, M::output.features>;

/// Gradients, tape and workspace for passes of a model with a loss, to both of which it refers. After the first pass
/// with the largest batch, a pass allocates nothing. The loss is that of the labels; penalties of regularizers are not
/// its business.
template <Model M, Loss L> class Backpropagation final : public BatchPassOf<M, L> {
 public:
  using T = typename M::scalar;
  using typename BatchPassOf<M, L>::X;
  using typename BatchPassOf<M, L>::DX;
  using typename BatchPassOf<M, L>::Y;
  using typename BatchPassOf<M, L>::Output;
  using Parameters = typename M::Parameters;

  [[gnu::cold]] Backpropagation(const M& model, const L& loss) : model_(model), loss_(loss) {}
  Backpropagation(const M& model, const L&& loss) = delete;
  Backpropagation(const Backpropagation&) = delete;
  Backpropagation& operator=(const Backpropagation&) = delete;
  [[gnu::cold]] ~Backpropagation() override {}

  double forward(X x, Y y_true, Random* random, std::span<const T> sample_weights) override {
    const FlushSubnormals flush;
    const auto y = y_.resize(y_true.steps, y_true.batch, y_true.lengths);
    M::forward(model_.parameters(), x, tape_, y, random);
    row_weights_ = row_weights(y_true.steps, y_true.batch, y_true.lengths, sample_weights, weights_);
    return mean_loss(loss_, y_true.rows(), y.rows(), row_weights_);
  }

  double backward(X x, Y y_true, DX dx, Random* random, std::span<const T> sample_weights, T share = 1) override {
    const FlushSubnormals flush;
    const double result = forward(x, y_true, random, sample_weights);
    const auto y = y_.view();
    const auto dy = dy_.resize(y.steps, y.batch, y.lengths);
    mean_loss_backward(loss_, y_true.rows(), y.rows(), dy.rows(), row_weights_);
    if (share != 1) {
      for (T& derivative : dy.rows()) derivative *= share;
    }
    set_gradients_to_zero();
    dx.lengths = x.lengths;
    M::backward(model_.parameters(), x, tape_, y, dy, workspace_, gradients_, dx);
    return result;
  }

  void set_gradients_to_zero() override {
    for (const auto gradient : tensors(gradients_)) std::ranges::fill(gradient, T(0));
  }

  Parameters& gradients() { return gradients_; }
  const Parameters& gradients() const { return gradients_; }
  Output output() const override { return y_.view(); }
  typename M::Tape& tape() { return tape_; }
  const typename M::Workspace& workspace() const { return workspace_; }

 private:
  const M& model_;
  const L& loss_;
  Parameters gradients_;
  typename M::Tape tape_;
  typename M::Workspace workspace_;
  SequenceBuffer<T, M::output.features> y_, dy_;
  std::vector<T> weights_;  ///< of the rows of y, where they are not all alike
  RowWeights<T> row_weights_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
