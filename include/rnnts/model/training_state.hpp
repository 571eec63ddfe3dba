// TrainingState: all of a training that is not in the model, so that it can be interrupted and go on.
#pragma once

#include <cstddef>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/optimizers/optimizer.hpp"

namespace rnnts::inline RNNTS_ABI {

/// What `fit` starts from and leaves behind, beside the weights of the model: where the training with an optimizer of
/// type O is.
///
///     TrainingState<Net, Adam> state;
///     fit(model, windows, loss, Adam{}, options, state);  // a callback stops it
///     fit(model, windows, loss, Adam{}, options, state);  // goes on
///
/// A value: a copy of it and one of the model are a second training that goes on from the same point.
template <Model M, class O>
  requires Optimizer<O, typename M::Parameters>
struct TrainingState {
  O optimizer = {};  ///< its options, as callbacks have changed them
  typename O::template State<typename M::Parameters> optimizer_state = {};  ///< its moments, and the like
  Random random = Random(seed(0));                                          ///< of the order of the samples
  History history = {};                                                     ///< of all epochs up to now
  /// Where a callback has put other weights into the model at the end of a training, as EarlyStopping does: those to go
  /// on from, all numbers in the order of the fields; else empty.
  std::vector<typename M::scalar> weights = {};

  std::size_t epochs_done() const { return history.loss.size(); }
};

}  // namespace rnnts::inline RNNTS_ABI
