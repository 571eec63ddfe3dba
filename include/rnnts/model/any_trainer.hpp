// AnyTrainer: what the loop over the epochs needs of a `Trainer`.
#pragma once

#include <cstddef>
#include <span>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A `Trainer`, whatever its model, loss and optimizer are. (Tested with that.)
template <Scalar T, std::size_t I, std::size_t Labels> class AnyTrainer {
 public:
  using X = Sequence<const T, I>;
  using Y = Sequence<const T, Labels>;

  /// Forward pass, backward pass and one update of the weights. Returns the loss before the update, with the penalties
  /// of the regularizers.
  ///
  /// x: (T,B,I)   y_true: (T,B,Labels), or (1,B,Labels) if the model gives a vector   sample_weights: (B), or empty
  ///
  /// With random numbers, the layers that drop do so. With lengths in y_true, what lies beyond them does not count.
  virtual double step(X x, Y y_true, Random* random = nullptr, std::span<const T> sample_weights = {}) = 0;
  /// The loss of the model as it is.
  virtual double forward(X x, Y y_true, Random* random = nullptr, std::span<const T> sample_weights = {}) = 0;

  /// The numbers of the model. Asked for each time, as a callback may give the model other tensors.
  virtual Tensors<T> weights() = 0;

  /// The sequences of the next batch start where those of the last one have ended.
  virtual void carry_states_over() = 0;
  /// They start again as those of the first.
  virtual void reset_states() = 0;

 protected:
  ~AnyTrainer() = default;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
