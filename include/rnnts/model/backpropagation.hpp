// Backpropagation: outputs, loss and gradients of one batch.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/model_pass.hpp"
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
  return {weights.data(), static_cast<double>(count)};
}

/// The loss of a model, to both of which it refers, and its gradients. After the first pass with the largest batch, a
/// pass allocates nothing. The loss is that of the labels; penalties of regularizers are not its business.
template <Scalar T, std::size_t I, std::size_t N, Loss L> class Backpropagation {
 public:
  using X = Sequence<const T, I>;
  using DX = Sequence<T, I>;
  using Y = Sequence<const T, label_count<L, N>>;
  using Pass = AnyPass<T, I, N>;

  Backpropagation(Pass& pass, const L& loss) : pass_(pass), loss_(loss) {}
  Backpropagation(Pass& pass, const L&& loss) = delete;

  /// The loss.
  ///
  /// x: (T,B,I)   y_true: (T,B,labels), or (1,B,labels) if the model gives a vector   sample_weights: (B), or empty
  ///
  /// With random numbers, the layers that drop do so. With lengths in y_true, what lies beyond them does not count.
  double forward(X x, Y y_true, Random* random, std::span<const T> sample_weights) {
    const FlushSubnormals flush;
    const auto y = y_.resize(y_true.steps, y_true.batch, pass_.outputs(), y_true.lengths);
    pass_.forward(x, y, random);
    row_weights_ = row_weights(y_true.steps, y_true.batch, y_true.lengths, sample_weights, weights_);
    if (leaves_out_missing(loss_)) {
      row_weights_.count =
          static_cast<double>(known_labels(y_true, 0, y_true.batch)) / static_cast<double>(y_true.width);
    }
    return mean_loss(loss_, y_true.rows(), y.rows(), row_weights_);
  }

  /// After `forward`: overwrites the gradients with those of `share` times the loss, and `dx` with the gradient by x,
  /// likewise, unless it is empty.
  void backward(X x, Y y_true, DX dx, T share = 1) {
    const FlushSubnormals flush;
    const auto y = y_.view();
    const auto dy = dy_.resize_as(y);
    mean_loss_backward(loss_, y_true.rows(), y.rows(), dy.rows(), row_weights_);
    if (share != 1) {
      for (T& derivative : dy.rows()) derivative *= share;
    }
    dx.lengths = x.lengths;
    pass_.backward(x, y, dy, dx);
  }

  Sequence<const T, N> output() const { return y_.view(); }
  Pass& pass() const { return pass_; }

 private:
  Pass& pass_;
  const L& loss_;
  SequenceBuffer<T, N> y_, dy_;
  std::vector<T> weights_;  ///< of the rows of y, where they are not all alike
  RowWeights<T> row_weights_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
