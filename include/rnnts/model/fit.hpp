// fit: trains a model on windows.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <numeric>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/ceil_div.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/model/callback.hpp"
#include "rnnts/model/check_labels.hpp"
#include "rnnts/model/fit_refused.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/sample_weights.hpp"
#include "rnnts/model/samples.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/training.hpp"
#include "rnnts/model/training_state.hpp"
#include "rnnts/optimizers/optimizer.hpp"
#include "rnnts/tensor/named_tensor.hpp"
#include "rnnts/tensor/view.hpp"

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
  std::size_t threads =
      1;                ///< that share the samples of each batch; more than one pay where a step takes 20 µs or more
  bool verbose = true;  ///< writes progress to stderr, as Keras' ProgbarLogger does
  std::vector<NamedTensor<typename M::scalar>> initial_states = {};  ///< of each window; those not named as usual
};

namespace detail {

/// Batches of samples, in an order that is drawn anew for each epoch, and of the samples of a validation. The same for
/// all models with such samples.
template <Scalar T, Shape Input, Shape Output> class Batches {
 public:
  using Samples = rnnts::Samples<T, Input, Output>;
  /// The loss of the batch of the samples of these indices; in training, after which the weights have changed.
  using LossOf = FunctionRef<double(std::span<const std::size_t> indices, Sequence<const T, Input.features> x,
                                    Sequence<const T, Output.features> y, std::span<const T> sample_weights)>;

  struct Options {
    std::size_t batch_size;
    bool shuffle;
    std::span<const T> sample_weights;
    const Samples& validation;
    OutputSteps output_steps;  ///< of the model
  };

  Batches(const Samples& samples, const Options& options) : samples_(samples), options_(options) {
    if (options.batch_size == 0) throw ArgumentError("fit: expected a batch_size of at least 1, found 0");
    if (samples.empty()) {
      throw DataError(
          "fit: expected at least one window, found none; a series must have at least look_back + horizon "
          "values");
    }
    check_steps(samples);
    check_steps(options.validation);
    if (!options.sample_weights.empty() && options.sample_weights.size() != samples.size()) {
      throw ShapeError(sentence("fit: expected a sample weight for each of ", samples.size(), " windows, found ",
                                options.sample_weights.size()));
    }
    for (std::size_t k = 0; k < options.sample_weights.size(); ++k) {
      if (options.sample_weights[k] >= 0 && std::isfinite(options.sample_weights[k])) continue;
      throw DataError(sentence("fit: sample weight ", k, ": expected a finite number of at least 0, found ",
                               options.sample_weights[k]));
    }
    order_.resize(std::max(samples.size(), options.validation.size()));
  }

  std::size_t size() const { return ceil_div(samples_.size(), options_.batch_size); }
  bool has_validation() const { return !options_.validation.empty(); }

  /// One epoch. Returns the mean loss.
  double train(Random& random, LossOf step, AfterBatch after_batch) {
    std::span<std::size_t> order = in_order(samples_);
    if (options_.shuffle) random.shuffle(order);
    return mean_over_batches(samples_, order, options_.sample_weights, step, after_batch);
  }

  double validate(LossOf loss_of) {
    return mean_over_batches(options_.validation, in_order(options_.validation), {}, loss_of, [](double, double) {});
  }

 private:
  /// Throws ShapeError if a window does not fit the model, before anything is trained.
  void check_steps(const Samples& samples) const {
    for (std::size_t k = 0; k < samples.size(); ++k) {
      const std::size_t steps = samples.input_steps(k);
      try {
        static_cast<void>(options_.output_steps(steps));
      } catch (const ShapeError& error) {
        throw ShapeError(sentence("window ", k, ": ", error.what()));
      }
    }
  }

  std::span<std::size_t> in_order(const Samples& samples) {
    const auto order = std::span(order_).first(samples.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
  }

  /// Mean over all samples of the losses of their batches.
  double mean_over_batches(const Samples& samples, std::span<const std::size_t> order,
                           std::span<const T> sample_weights, LossOf loss_of, AfterBatch after_batch) {
    double sum = 0;
    std::size_t done = 0;
    while (done < order.size()) {
      const auto indices = order.subspan(done, std::min(options_.batch_size, order.size() - done));
      batch_.gather(samples, indices, options_.output_steps);
      weights_.clear();
      if (!sample_weights.empty()) {
        for (const std::size_t k : indices) weights_.push_back(sample_weights[k]);
      }
      const double loss = loss_of(indices, batch_.x(), batch_.y(), weights_);
      sum += loss * static_cast<double>(indices.size());
      done += indices.size();
      after_batch(loss, sum / static_cast<double>(done));
    }
    return sum / static_cast<double>(done);
  }

  const Samples& samples_;
  Options options_;
  std::vector<std::size_t> order_;
  std::vector<T> weights_;  ///< of the samples of a batch; empty if all count alike
  Batch<T, Input, Output> batch_;
};

/// The way of `fit` through the data, for `Training`.
template <Scalar T, Shape Input, Shape Output> struct FitPass {
  static constexpr std::string_view name = "fit";

  Batches<T, Input, Output> batches_of_samples;

  std::size_t batches() const { return batches_of_samples.size(); }
  bool has_validation() const { return batches_of_samples.has_validation(); }

  double train(auto& trainer, Random& random, AfterBatch after_batch) {
    const auto step = [&](auto indices, auto x, auto y, auto sample_weights) {
      check_labels(trainer.loss(), y, indices);
      return trainer.step(x, y, &random, sample_weights);
    };
    return batches_of_samples.train(random, step, after_batch);
  }
  double validate(auto& trainer) {
    const auto loss_of = [&](auto, auto x, auto y, auto) { return trainer.forward(x, y); };
    return batches_of_samples.validate(loss_of);
  }
  void read_validation(auto& trainer) {
    const auto check = [&](auto indices, auto, auto y, auto) {
      check_labels(trainer.loss(), y, indices);
      return 0.0;
    };
    batches_of_samples.validate(check);
  }
};

}  // namespace detail

/// Trains the model on a range of (window, label) pairs, by backpropagation through the whole window.
///
///     auto history = fit(model, windows, MeanSquaredError{}, Adam{.learning_rate = 1e-3}, {.epochs = 10});
///
/// A window is a range of T numbers, or of T rows of as many numbers as the model has inputs; a label is a
/// number or a range of as many numbers as it has outputs (or as the loss has labels), or for a model that gives a
/// sequence, T of them. Windows may differ in length: each is computed as if alone. The samples are never copied as a
/// whole, only gathered batch by batch.
///
/// Throws DataError if there are no windows, a number in one is not finite, the loss does not take a label or a sample
/// weight is negative, ShapeError if a window has another shape than the model or the number of sample weights is
/// another, ArgumentError for a batch size or a number of threads of 0, an option that the loss or the optimizer cannot
/// use, or a learning rate that becomes negative, what `Scratch::set_initial_states` throws, std::system_error if the
/// system gives no more threads, and TrainingError if the loss or a weight is no longer finite. What is wrong with the
/// validation windows is thrown before the first epoch. Whatever is thrown during an epoch, the model then has the
/// weights from before it. (Keras has a callback for it, TerminateOnNaN.)
template <Model M, class Windows, Loss L, Optimizer<typename M::Parameters> O>
History fit(M& model, Windows&& windows, L loss, O optimizer,
            const std::type_identity_t<FitOptions<M, detail::label_count<L, M::output.features>>>& options = {}) {
  TrainingState<M, O> state{optimizer};
  return fit(model, std::forward<Windows>(windows), std::move(loss), std::move(optimizer), options, state);
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
History fit(M& model, Windows&& windows, L loss, O optimizer,
            const std::type_identity_t<FitOptions<M, detail::label_count<L, M::output.features>>>& options,
            std::type_identity_t<TrainingState<M, O>>& state) {
  constexpr std::size_t labels = detail::label_count<L, M::output.features>;
  using Samples = typename M::template SamplesWith<labels>;
  static_assert(std::constructible_from<Samples, Windows>,
                "fit takes a range of (window, label) pairs, as series | views::window(look_back) is.");
  const Samples samples(std::forward<Windows>(windows));
  detail::FitPass<typename M::scalar, Samples::input, Samples::output> pass{{samples,
                                                                             {.batch_size = options.batch_size,
                                                                              .shuffle = options.shuffle,
                                                                              .sample_weights = options.sample_weights,
                                                                              .validation = options.validation,
                                                                              .output_steps = M::Stack::output_steps}}};
  return detail::Training(model, std::move(loss), std::move(optimizer), options, state, pass).run();
}

/// Anything else does not compile, with a sentence that says why.
template <class M, class L, class O>
History fit(M&& model, std::type_identity_t<detail::Refused<false, M, L, O>> windows, const L&, const O&, ...);
template <class M> History fit(M&& model, std::type_identity_t<detail::Refused<false, M>> windows, ...);

}  // namespace rnnts::inline RNNTS_ABI
