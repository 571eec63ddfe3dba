// fit: trains a model on windows.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/model/callback.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/progress.hpp"
#include "rnnts/model/samples.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/trainer.hpp"
#include "rnnts/model/training_state.hpp"
#include "rnnts/optimizers/learning_rate.hpp"

namespace rnnts::inline v0 {

/// Options of `fit`; Labels is the number of labels per step.
template <Model M, std::size_t Labels = M::output.features> struct FitOptions {
  std::size_t epochs = 1;  ///< in all, with those that a `TrainingState` has behind it
  std::size_t batch_size = 32;
  bool shuffle = true;                                       ///< the order of the samples, anew for each epoch
  Seed seed = {};                                            ///< of the order; the same seed gives the same training
  typename M::template SamplesWith<Labels> validation = {};  ///< windows whose loss is computed after each epoch
  std::span<const typename M::scalar> sample_weights = {};   ///< of the loss of each sample; empty if all count alike
  std::vector<Callback<M>> callbacks = {};                   ///< called in this order
  bool verbose = true;  ///< writes progress to stderr, as Keras' ProgbarLogger does
};

namespace detail {

template <Model M, Loss L, class O> class Fit {
 public:
  static constexpr std::size_t labels = label_count<L, M::output.features>;

  using Samples = typename M::template SamplesWith<labels>;
  using Options = FitOptions<M, labels>;

  Fit(M& model, const Samples& samples, L loss, O optimizer, const Options& options, TrainingState<M, O>& state)
      : model_(model),
        samples_(samples),
        options_(options),
        state_(state),
        random_(state.epochs_done() == 0 ? Random(options.seed) : state.random),
        trainer_(model, std::move(loss), state.epochs_done() == 0 ? std::move(optimizer) : state.optimizer),
        last_good_(std::make_unique<typename M::Parameters>()),
        seconds_before_(state.history.seconds) {
    if (options.batch_size == 0) throw ArgumentError("fit: expected a batch_size of at least 1, found 0");
    if (samples.empty()) {
      throw DataError(
          "fit: expected at least one window, found none; a series must have at least look_back + horizon "
          "values");
    }
    for (std::size_t k = 0; k < samples.size(); ++k) samples.input_steps(k);  // throws if one does not fit
    if (!options.sample_weights.empty() && options.sample_weights.size() != samples.size()) {
      throw ShapeError(sentence("fit: expected a sample weight for each of ", samples.size(), " windows, found ",
                                options.sample_weights.size()));
    }
    check_validation();
    order_.resize(std::max(samples.size(), options.validation.size()));
    trainer_.optimizer_state() = state.optimizer_state;
  }

  History run() {
    begin();
    const std::size_t batches = (samples_.size() + options_.batch_size - 1) / options_.batch_size;
    const std::size_t epochs_left = options_.epochs - std::min(options_.epochs, state_.epochs_done());
    Progress progress(options_.verbose, options_.epochs, epochs_left * batches);
    for (bool stop = false; state_.epochs_done() < options_.epochs && !stop;) {
      const std::size_t epoch = state_.epochs_done() + 1;
      const double loss = train_or_restore(epoch, progress);
      note(loss, validate());
      stop = call_callbacks(epoch);
    }
    end();
    return state_.history;
  }

 private:
  using Clock = std::chrono::steady_clock;

  void check_validation() const {
    const bool had_validation = !state_.history.val_loss.empty(), has_validation = !options_.validation.empty();
    if (state_.epochs_done() == 0 || had_validation == has_validation) return;
    throw ArgumentError(had_validation
                            ? "fit: the state is of a training with validation windows, but the options have none"
                            : "fit: the state is of a training without validation windows, but the options have some");
  }

  void begin() {
    if (state_.weights) {
      model_.parameters() = *state_.weights;
      state_.weights.reset();
    }
    *last_good_ = model_.parameters();
    state_.history.loss.reserve(options_.epochs);
    if (!options_.validation.empty()) state_.history.val_loss.reserve(options_.epochs);
    TrainBegin<M> begin{state_.epochs_done(), options_.epochs, !options_.validation.empty(), model_, learning_rate()};
    for (const auto& callback : options_.callbacks) callback.train_begin(begin);
  }

  /// One epoch, after which the weights are good; if anything is thrown, the model has those from before it.
  double train_or_restore(std::size_t epoch, Progress& progress) {
    try {
      const double loss = train(epoch, progress);
      check_weights(epoch);
      *last_good_ = model_.parameters();
      return loss;
    } catch (...) {
      model_.parameters() = *last_good_;
      throw;
    }
  }

  /// One epoch. Returns its loss.
  double train(std::size_t epoch, Progress& progress) {
    const std::span<std::size_t> order = in_order(samples_);
    if (options_.shuffle) random_.shuffle(order);
    const auto step = [&](std::span<const std::size_t> indices) {
      const double batch_loss = trainer_.step(batch_.x(), batch_.y(), &random_, weights_of(indices));
      if (!std::isfinite(batch_loss)) fail(epoch, "the loss", batch_loss);
      return batch_loss;
    };
    return mean_over_batches(samples_, order, step, [&](double mean_so_far) { progress.step(epoch, mean_so_far); });
  }

  /// Brings the state, which until now was that of the epoch before, up to this one.
  void note(double loss, std::optional<double> val_loss) {
    state_.optimizer = trainer_.optimizer();
    state_.optimizer_state = trainer_.optimizer_state();
    state_.random = random_;
    state_.history.loss.push_back(loss);
    if (val_loss) state_.history.val_loss.push_back(*val_loss);
    state_.history.seconds = seconds_before_ + seconds();
  }

  /// Whether one of them stops the training.
  bool call_callbacks(std::size_t epoch) {
    const History& history = state_.history;
    EpochEnd<M> end{.epoch = epoch,
                    .epochs = options_.epochs,
                    .loss = history.loss.back(),
                    .val_loss = history.val_loss.empty() ? std::nullopt : std::optional(history.val_loss.back()),
                    .model = model_,
                    .seconds = seconds(),
                    .learning_rate = learning_rate(),
                    .updates = updates()};
    bool stop = false;
    for (const auto& callback : options_.callbacks) {
      callback(end);
      stop = stop || end.stop;  // what one has stopped another, which may set it to false, does not undo
    }
    state_.optimizer = trainer_.optimizer();
    return stop;
  }

  void end() {
    *last_good_ = model_.parameters();
    state_.history.seconds = seconds_before_ + seconds();
    TrainEnd<M> end{state_.history, model_};
    for (const auto& callback : options_.callbacks) callback.train_end(end);
    visit_fields(
        [&](const FieldInfo&, const auto& trained, const auto& weights) {
          if (!std::ranges::equal(trained, weights)) state_.weights = *last_good_;
        },
        std::as_const(*last_good_), std::as_const(model_.parameters()));
  }

  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  LearningRate* learning_rate() {
    if constexpr (requires(O& o) {
                    { o.learning_rate } -> std::same_as<LearningRate&>;
                  }) {
      return &trainer_.optimizer().learning_rate;
    } else {
      return nullptr;
    }
  }

  std::uint64_t updates() {
    if constexpr (requires { trainer_.optimizer_state().updates; }) {
      return trainer_.optimizer_state().updates;
    } else {
      return 0;
    }
  }

  std::span<std::size_t> in_order(const Samples& samples) {
    const auto order = std::span(order_).first(samples.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
  }

  /// Mean over all samples of what `loss_of(indices)` returns for each batch of them, once it is gathered. Calls
  /// `after_batch` with the mean so far.
  double mean_over_batches(const Samples& samples, std::span<const std::size_t> order, auto loss_of, auto after_batch) {
    double sum = 0;
    std::size_t done = 0;
    while (done < order.size()) {
      const auto indices = order.subspan(done, std::min(options_.batch_size, order.size() - done));
      batch_.gather(samples, indices);
      sum += loss_of(indices) * static_cast<double>(indices.size());
      done += indices.size();
      after_batch(sum / static_cast<double>(done));
    }
    return sum / static_cast<double>(done);
  }

  /// The weights of the samples of a batch; empty if all count alike.
  std::span<const typename M::scalar> weights_of(std::span<const std::size_t> indices) {
    if (options_.sample_weights.empty()) return {};
    weights_.resize(indices.size());
    std::ranges::transform(indices, weights_.begin(), [&](std::size_t k) { return options_.sample_weights[k]; });
    return weights_;
  }

  std::optional<double> validate() {
    if (options_.validation.empty()) return std::nullopt;
    const auto loss_of = [&](auto) { return trainer_.forward(batch_.x(), batch_.y()); };
    return mean_over_batches(options_.validation, in_order(options_.validation), loss_of, [](double) {});
  }

  void check_weights(std::size_t epoch) {
    visit_fields(
        [&](const FieldInfo&, const auto& weights) {
          for (const auto weight : weights) {
            if (!std::isfinite(weight)) fail(epoch, "a weight", static_cast<double>(weight));
          }
        },
        std::as_const(model_.parameters()));
  }

  [[noreturn]] void fail(std::size_t epoch, const char* what, double value) {
    throw TrainingError(
        sentence("fit: ", what, " became ", value, " in epoch ", epoch,
                 "; the model keeps the weights from before this epoch. A smaller learning rate may help."),
        epoch);
  }

  M& model_;
  const Samples& samples_;
  const Options& options_;
  TrainingState<M, O>& state_;  ///< of the end of the last epoch
  Random random_;
  Trainer<M, L, O> trainer_;
  std::unique_ptr<typename M::Parameters> last_good_;
  double seconds_before_;  ///< that earlier calls took
  Clock::time_point start_ = Clock::now();
  std::vector<std::size_t> order_;
  std::vector<typename M::scalar> weights_;
  Batch<M, labels> batch_;
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
/// Throws DataError if there are no windows or a number in one is not finite, ShapeError if one has another
/// shape than the model or the number of sample weights is another, ArgumentError for a batch size of 0, and
/// TrainingError if the loss or a weight is no longer finite. Whatever is thrown during an epoch, the model then has
/// the weights from before it. (Keras has a callback for it, TerminateOnNaN.)
template <Model M, class Windows, Loss L, class O>
History fit(M& model, Windows&& windows, L loss, O optimizer,
            const std::type_identity_t<FitOptions<M, label_count<L, M::output.features>>>& options = {}) {
  static_assert(Optimizer<O, typename M::Parameters>, "fit takes an optimizer, such as Adam{}.");
  TrainingState<M, O> state{.optimizer = optimizer};
  return fit(model, std::forward<Windows>(windows), std::move(loss), std::move(optimizer), options, state);
}

/// The same for a training that can be interrupted, as by a callback that sets `stop`: goes on from `state` until
/// `options.epochs` epochs are done in all, and leaves there where it ended. With the same arguments the weights and
/// losses are then, to the last digit, those of a training that ran through. The history is that of all epochs.
///
/// A state with no epoch behind it starts a training with `optimizer` and `options.seed`; one that goes on has the
/// optimizer and the random numbers in its state, and these two are not looked at. What callbacks remember is theirs.
///
/// Throws as above, and ArgumentError if there was validation and is none, or the other way round. Whatever is thrown,
/// the state is that of the end of the last whole epoch.
template <Model M, class Windows, Loss L, class O>
History fit(M& model, Windows&& windows, L loss, O optimizer,
            const std::type_identity_t<FitOptions<M, label_count<L, M::output.features>>>& options,
            std::type_identity_t<TrainingState<M, O>>& state) {
  using Samples = typename M::template SamplesWith<label_count<L, M::output.features>>;
  static_assert(std::constructible_from<Samples, Windows>,
                "fit takes a range of (window, label) pairs, as series | views::window(look_back) is.");
  const Samples samples(std::forward<Windows>(windows));
  return detail::Fit<M, L, O>(model, samples, std::move(loss), std::move(optimizer), options, state).run();
}

}  // namespace rnnts::inline v0
