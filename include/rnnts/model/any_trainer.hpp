// AnyTrainer: what the loop over the epochs needs of a `Trainer`.
#pragma once

#include <cstddef>
#include <span>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A `Trainer`, whatever its model, loss and optimizer are. (Tested with that.)
template <Scalar T, std::size_t I, std::size_t Labels> class AnyTrainer {
 public:
  using X = Sequence<const T, I>;
  using Y = Sequence<const T, Labels>;

  virtual ~AnyTrainer() = default;

  virtual double step(X x, Y y_true, Random* random = nullptr, std::span<const T> sample_weights = {}) = 0;
  virtual double forward(X x, Y y_true, Random* random = nullptr, std::span<const T> sample_weights = {}) = 0;
  /// The numbers of the model. Asked for each time, as a callback may give the model other tensors.
  virtual Tensors<T> weights() = 0;
  /// The next batch starts with the states that the last one has ended with.
  virtual void carry_states_over() = 0;
  virtual void reset_states() = 0;

  /// Whether this process speaks for all that train the model together, as one that trains alone does.
  virtual bool is_first() const { return true; }
  /// Compares what these must have in common. Throws ArgumentError on all of them, with both numbers, if one has
  /// another than the first.
  virtual void check_alike(const TrainingData<T, I, Labels>&, std::size_t /*epochs*/, Random) {}
  /// Calls the callbacks, then gives all the weights of the first. Returns whether one on any of them stops the
  /// training.
  virtual bool agree(FunctionRef<bool()> call_callbacks) { return call_callbacks(); }
};

/// One whose step can be taken in two parts, with the gradients between them.
template <Scalar T, std::size_t I, std::size_t Labels> class TwoPartTrainer : public AnyTrainer<T, I, Labels> {
 public:
  using typename AnyTrainer<T, I, Labels>::X;
  using typename AnyTrainer<T, I, Labels>::Y;

  /// The first part. Returns the loss, of which the gradients then are.
  virtual double backward(X x, Y y_true, Random* random, std::span<const T> sample_weights) = 0;
  virtual Tensors<T> gradient_tensors() = 0;
  /// The second part: one update of the weights by the gradients as they are.
  virtual void update() = 0;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
