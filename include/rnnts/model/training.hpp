// The epochs of a training: losses, callbacks, progress and what is kept of it, whatever way goes through the data.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/model/callback.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/progress.hpp"
#include "rnnts/model/trainer.hpp"
#include "rnnts/model/training_state.hpp"
#include "rnnts/optimizers/learning_rate.hpp"

namespace rnnts::inline v0::detail {

/// Runs epochs. A `Pass` is the way through the data:
///
/// - `name`, of the function, in messages;
/// - `batches()`, the number of updates of an epoch;
/// - `train(trainer, random, after_batch)`: one epoch of updates, each followed by `after_batch(its loss, mean so
/// far)`;
///   returns the mean loss;
/// - `has_validation()`, and `validate(trainer)`, the loss of the validation data.
template <Model M, Loss L, class O, class Options, class Pass> class Training {
 public:
  Training(M& model, L loss, O optimizer, const Options& options, TrainingState<M, O>& state, Pass& pass)
      : model_(model),
        options_(options),
        state_(state),
        pass_(pass),
        random_(state.epochs_done() == 0 ? Random(options.seed) : state.random),
        trainer_(model, std::move(loss), state.epochs_done() == 0 ? std::move(optimizer) : state.optimizer,
                 options.threads),
        last_good_(std::make_unique<typename M::Parameters>()),
        seconds_before_(state.history.seconds) {
    check_validation();
    trainer_.optimizer_state() = state.optimizer_state;
  }

  History run() {
    begin();
    const std::size_t epochs_left = options_.epochs - std::min(options_.epochs, state_.epochs_done());
    Progress progress(options_.verbose, options_.epochs, epochs_left * pass_.batches());
    for (bool stop = false; state_.epochs_done() < options_.epochs && !stop;) {
      const std::size_t epoch = state_.epochs_done() + 1;
      run_epoch(epoch, progress);
      stop = call_callbacks(epoch);
    }
    end();
    return state_.history;
  }

 private:
  using Clock = std::chrono::steady_clock;

  void check_validation() const {
    const bool had_validation = !state_.history.val_loss.empty(), has_validation = pass_.has_validation();
    if (state_.epochs_done() == 0 || had_validation == has_validation) return;
    throw ArgumentError(sentence(
        Pass::name, had_validation
                        ? ": the state is of a training with validation windows, but the options have none"
                        : ": the state is of a training without validation windows, but the options have some"));
  }

  void begin() {
    if (state_.weights) {
      model_.parameters() = *state_.weights;
      state_.weights.reset();
    }
    *last_good_ = model_.parameters();
    const std::size_t expected = std::min<std::size_t>(options_.epochs, 10'000);  // a callback may stop long before
    state_.history.loss.reserve(expected);
    if (pass_.has_validation()) state_.history.val_loss.reserve(expected);
    TrainBegin<M> begin{state_.epochs_done(), options_.epochs, pass_.has_validation(), model_, learning_rate()};
    for (const auto& callback : options_.callbacks) callback.train_begin(begin);
  }

  /// One epoch and its validation; if anything is thrown, the model has the weights from before it, as the state.
  void run_epoch(std::size_t epoch, Progress& progress) {
    if (!value_that_is_not_finite()) *last_good_ = model_.parameters();  // as callbacks may have changed them
    try {
      const double loss = train(epoch, progress);
      if (const auto value = value_that_is_not_finite()) fail(epoch, "a weight", *value);
      note(loss, pass_.has_validation() ? std::optional(pass_.validate(trainer_)) : std::nullopt);
      *last_good_ = model_.parameters();
    } catch (...) {
      model_.parameters() = *last_good_;
      throw;
    }
  }

  /// One epoch. Returns its loss.
  double train(std::size_t epoch, Progress& progress) {
    const FlushSubnormals flush;  // once, not for every batch
    return pass_.train(trainer_, random_, [&](double batch_loss, double mean_so_far) {
      if (!std::isfinite(batch_loss)) fail(epoch, "the loss", batch_loss);
      progress.step(epoch, mean_so_far);
    });
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
    try {
      for (const auto& callback : options_.callbacks) callback.train_end(end);
    } catch (...) {
      keep_weights_to_go_on_from();
      throw;
    }
    keep_weights_to_go_on_from();
  }

  /// Where a callback has put others into the model since `last_good_` was noted.
  void keep_weights_to_go_on_from() {
    const auto same = [](auto a, auto b) { return std::ranges::equal(a, b); };
    if (!std::ranges::equal(tensors(*last_good_), tensors(model_.parameters()), same)) state_.weights = *last_good_;
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

  /// The first weight that is NaN or infinite.
  std::optional<double> value_that_is_not_finite() const {
    for (const auto weights : tensors(model_.parameters())) {
      for (const auto weight : weights) {
        if (!std::isfinite(weight)) return static_cast<double>(weight);
      }
    }
    return std::nullopt;
  }

  [[noreturn]] void fail(std::size_t epoch, const char* what, double value) {
    throw TrainingError(
        sentence(Pass::name, ": ", what, " became ", value, " in epoch ", epoch,
                 "; the model keeps the weights from before this epoch. A smaller learning rate may help."),
        epoch);
  }

  M& model_;
  const Options& options_;
  TrainingState<M, O>& state_;  ///< of the end of the last epoch
  Pass& pass_;
  Random random_;
  Trainer<M, L, O> trainer_;
  std::unique_ptr<typename M::Parameters> last_good_;
  double seconds_before_;  ///< that earlier calls took
  Clock::time_point start_ = Clock::now();
};

}  // namespace rnnts::inline v0::detail
