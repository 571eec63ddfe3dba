// fit: trains a model on windows.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/callback.hpp"
#include "rnnts/model/check_labels.hpp"
#include "rnnts/model/fit_refused.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/ranked_trainer.hpp"
#include "rnnts/model/sample_batches.hpp"
#include "rnnts/model/sample_weights.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/training.hpp"
#include "rnnts/model/training_state.hpp"
#include "rnnts/optimizers/optimizer.hpp"
#include "rnnts/tensor/named_tensor.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Options of `fit`; Labels is the number of labels per step.
template <Model M, std::size_t Labels = M::output.features> struct FitOptions {
  std::size_t epochs = 1;  ///< in all, with those that a `TrainingState` has behind it
  std::size_t batch_size = 32;
  bool shuffle = true;                                       ///< the order of the samples, anew for each epoch
  Seed seed = {};                                            ///< of the order; the same seed gives the same training
  typename M::template SamplesWith<Labels> validation = {};  ///< windows whose loss is computed after each epoch
  SampleWeights<typename M::scalar> sample_weights = {};     ///< of the loss of each sample; empty if all count alike
  std::vector<Callback<M>> callbacks = {};                   ///< called in this order
  std::size_t threads = 1;  ///< share the samples of a batch; several pay for large steps, see docs/threads.md
  /// Multiply-adds, steps times samples times weights, that pay for a thread: a batch is shared by no more threads.
  std::size_t work_per_thread = detail::usual_work_per_thread;
  bool verbose = true;  ///< writes progress to stderr, as Keras' ProgbarLogger does
  /// A pointer to the `Ranks` of the processes that train the model together; see docs/several_machines.md
  detail::RanksOption<typename M::scalar, M::input.features, Labels> ranks = {};
  std::vector<NamedTensor<typename M::scalar>> initial_states = {};  ///< of each window; those not named as usual
};

namespace detail {

/// Throws what is wrong with a batch size, a number of windows, or the weights of these.
template <Scalar T>
[[gnu::cold]] void check_samples(std::size_t batch_size, std::size_t samples, std::span<const T> weights) {
  if (batch_size == 0) throw ArgumentError("fit: expected a batch_size of at least 1, found 0");
  if (samples == 0) {
    throw DataError(
        "fit: expected at least one window, found none; a series must have at least look_back + horizon values");
  }
  if (!weights.empty() && weights.size() != samples) {
    throw ShapeError(
        sentence("fit: expected a sample weight for each of ", samples, " windows, found ", weights.size()));
  }
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (weights[k] >= 0 && std::isfinite(weights[k])) continue;
    throw DataError(sentence("fit: sample weight ", k, ": expected a finite number of at least 0, found ", weights[k]));
  }
}

}  // namespace detail

/// Trains the model on a range of (window, label) pairs, by backpropagation through the whole window.
///
///     auto history = fit(model, windows, MeanSquaredError{}, Adam{.learning_rate = 1e-3}, {.epochs = 10});
///
/// A window is a range of T numbers, or of T rows of as many numbers as the model has inputs; a label is a number or a
/// range of as many numbers as it has outputs (or as the loss has labels), or for a model that gives a sequence, T of
/// them. Windows may differ in length: each is computed as if alone. The samples are never copied as a whole, only
/// gathered batch by batch.
///
/// Throws
/// - DataError if there are no windows, a number in one is not finite, the loss does not take a label, all labels are
///   missing or a sample weight is negative;
/// - ShapeError if a window has another shape than the model or the number of sample weights is another;
/// - ArgumentError for a batch size of 0, 0 or more than 4096 threads, an option that the loss or the optimizer cannot
///   use, a loss for another number of outputs, a learning rate that becomes negative, a callback that gives the model
///   other sizes, or ranks that do not train the same;
/// - TrainingError if the loss or a weight is no longer finite (Keras has a callback for it, TerminateOnNaN), Error if
///   another rank has failed, std::system_error if the system gives no more threads;
/// - what `Scratch::set_initial_states` and callbacks throw.
///
/// What is wrong with the validation windows is thrown before the first epoch; with others, when their turn comes.
/// Whatever is thrown during an epoch, the model then has the weights from before it.
template <Model M, class Windows, Loss L, Optimizer<typename M::Parameters> O>
[[gnu::noinline]] History fit(
    M& model, Windows&& windows, const L& loss, const O& optimizer,
    const std::type_identity_t<FitOptions<M, detail::label_count<L, M::output.features>>>& options = {}) {
  detail::AnyTrainingStateOf<M, O> state;
  return fit(model, std::forward<Windows>(windows), loss, optimizer, options, state);
}

/// The same for a training that can be interrupted, as by a callback that sets `stop`: goes on from `state` until
/// `options.epochs` epochs are done in all, and leaves there where it ended. With the same arguments the weights and
/// losses are then, to the last digit, those of a training that ran through. The history is that of all epochs.
///
/// A state with no epoch behind it starts a training with `optimizer` and `options.seed`; one that goes on has the
/// optimizer and the random numbers in its state, and these two are not looked at. What callbacks remember is theirs.
///
/// Throws as above, ShapeError if the state has another number of weights than the model, and ArgumentError if there
/// was validation and is none, or the other way round. Whatever is thrown, the state is that of the end of the last
/// whole epoch, with what callbacks have changed after it: where one throws, model and state keep what it and those
/// before it have changed by then.
template <Model M, class Windows, Loss L, Optimizer<typename M::Parameters> O>
[[gnu::noinline]] History fit(
    M& model, Windows&& windows, const L& loss, const O& optimizer,
    const std::type_identity_t<FitOptions<M, detail::label_count<L, M::output.features>>>& options,
    std::type_identity_t<detail::AnyTrainingStateOf<M, O>>& state) {
  using T = typename M::scalar;
  using Samples = typename M::template SamplesWith<detail::label_count<L, M::output.features>>;
  static_assert(std::constructible_from<Samples, Windows>,
                "fit takes a range of (window, label) pairs, as series | views::window(look_back) is.");
  const Samples samples(std::forward<Windows>(windows));
  const std::span<const T> sample_weights = options.sample_weights;
  detail::check_samples(options.batch_size, samples.size(), sample_weights);

  using Batches = detail::SampleBatches<T, Samples::input, Samples::output>;
  const detail::LabelCheck<T> label_check(loss);
  const detail::SampleShapes shapes = detail::sample_shapes(model, loss);
  Batches training(samples, {options.batch_size, shapes, label_check, sample_weights});
  static_cast<void>(training.output_steps(0));  // what is wrong with one window mostly is with all
  Batches validation(options.validation, {options.batch_size, shapes, label_check});
  return detail::train(
      model, loss, optimizer, options, state,
      {"fit", training, training.batches(), options.validation.empty() ? nullptr : &validation, options.shuffle});
}

/// Anything else does not compile, with a sentence that says why.
template <class M, class L, class O>
History fit(M&& model, std::type_identity_t<detail::Refused<false, M, L, O>> windows, const L&, const O&, ...);
template <class M> History fit(M&& model, std::type_identity_t<detail::Refused<false, M>> windows, ...);

}  // namespace rnnts::inline RNNTS_ABI
