// Batch: windows with their labels; BatchSource: whatever they come from.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// What is computed at once. The views are of the source that has given it.
template <Scalar T, std::size_t I, std::size_t Labels> struct Batch {
  Sequence<const T, I> x{nullptr, 0, 0, nullptr, 0};  ///< the windows, (T,B,I)
  /// (T,B,Labels) for a model that gives sequences, else (1,B,Labels)
  Sequence<const T, Labels> y{nullptr, 0, 0, nullptr, 0};
  std::span<const T> sample_weights = {};  ///< (B); empty if all count alike
  std::size_t count = 0;                   ///< samples, of a long series steps: how much the loss of the batch counts
  std::size_t first = 0;                   ///< the number of the first sample, where they come in order
  double known = 1;                        ///< the share of the labels that are not missing: it counts by that less
};

/// What samples must be like for a model: the shapes of a window and of a label, and how many steps the model gives.
struct SampleShapes {
  Shape input, label;
  OutputSteps output_steps;
};

/// The one way through data: batches of windows, chunks of a long series, parts of a tensor. `fit`, `fit_stateful`,
/// `evaluate`, `predict` and `gradients` all read from one. A source keeps a batch in memory, and at most the `Order`
/// of a pass, and looks at a sample when its turn comes. (Tested with the sources.)
template <Scalar T, std::size_t I, std::size_t Labels> class BatchSource {
 public:
  BatchSource() = default;
  BatchSource(const BatchSource&) = delete;  // batches refer to it
  BatchSource& operator=(const BatchSource&) = delete;
  virtual ~BatchSource() = default;

  /// Begins a pass. A source that shuffles draws the order of this pass, unless `random` is null.
  virtual void begin(Random* random) = 0;

  /// The next batch of the pass, valid until the one after it; null at the end.
  ///
  /// Throws ShapeError or DataError, naming the sample, if one cannot be used.
  virtual const Batch<T, I, Labels>* next() = 0;

  /// Whether a batch goes on with the states that the one before it has left behind.
  virtual bool carries_state() const { return false; }
};

/// What a training reads.
template <Scalar T, std::size_t I, std::size_t Labels> struct TrainingData {
  std::string_view function;  ///< that trains, for messages
  BatchSource<T, I, Labels>& training;
  std::size_t batches;                    ///< of a pass through it
  BatchSource<T, I, Labels>* validation;  ///< null if there is none
  bool shuffle;                           ///< whether each pass through the training data has an order of its own
};

}  // namespace rnnts::inline RNNTS_ABI::detail
