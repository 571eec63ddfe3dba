// TrainingState: all of a training that is not in the model, so that it can be interrupted and go on.
#pragma once

#include <cstddef>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/optimizers/optimizer.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// A `TrainingState`, for all models of one scalar type: of an optimizer O and its state S.
template <Scalar T, class O, class S> struct AnyTrainingState {
  O optimizer = {};                 ///< its options, as callbacks have changed them
  S optimizer_state = {};           ///< its moments, and the like
  Random random = Random(seed(0));  ///< of the order of the samples
  History history = {};             ///< of all epochs up to now
  /// Where a callback has put other weights into the model at the end of a training, as EarlyStopping does: those to go
  /// on from, all numbers in the order of the fields; else empty.
  std::vector<T> weights = {};

  std::size_t epochs_done() const { return history.loss.size(); }
};

template <Model M, class O>
using AnyTrainingStateOf = AnyTrainingState<typename M::scalar, O, typename O::template State<typename M::Parameters>>;

}  // namespace detail

/// What `fit` starts from and leaves behind, beside the weights of the model: where the training with an optimizer of
/// type O is.
///
///     TrainingState<Net, Adam> state;
///     fit(model, windows, loss, Adam{}, options, state);  // a callback stops it
///     fit(model, windows, loss, Adam{}, options, state);  // goes on
///
/// A value: a copy of it and one of the model are a second training that goes on from the same point. Has the members
/// `optimizer`, `optimizer_state`, `random`, `history`, `weights` and `epochs_done()`.
template <Model M, class O>
  requires Optimizer<O, typename M::Parameters>
struct TrainingState : detail::AnyTrainingStateOf<M, O> {};

}  // namespace rnnts::inline RNNTS_ABI
