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

  virtual double step(X x, Y y_true, Random* random = nullptr, std::span<const T> sample_weights = {}) = 0;
  virtual double forward(X x, Y y_true, Random* random = nullptr, std::span<const T> sample_weights = {}) = 0;
  /// The numbers of the model. Asked for each time, as a callback may give the model other tensors.
  virtual Tensors<T> weights() = 0;
  /// The next batch starts with the states that the last one has ended with.
  virtual void carry_states_over() = 0;
  virtual void reset_states() = 0;

 protected:
  ~AnyTrainer() = default;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
