// The loop over the epochs of a training, whatever is trained: batches, losses, progress, callbacks, and what is thrown
// in between.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/model/any_trainer.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/progress.hpp"
#include "rnnts/model/snapshot.hpp"
#include "rnnts/model/training_state.hpp"
#include "rnnts/optimizers/learning_rate.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// What callbacks are told, but for the model, and when.
struct Moment {
  enum class Kind { train_begin, epoch_end, train_end };

  Kind kind;
  std::size_t epochs;           ///< how many are asked for
  bool has_validation;          ///< whether there will be a `val_loss`
  bool verbose;                 ///< whether to say on stderr what there is to say
  const History& history;       ///< up to now
  double seconds;               ///< since the training has begun or gone on
  LearningRate* learning_rate;  ///< that of the optimizer; null if it has none
  std::uint64_t updates;        ///< of the weights, as the optimizer counts them
};

/// Calls the callbacks. Returns whether one of them stops the training.
using CallCallbacks = FunctionRef<bool(const Moment&)>;

/// The loop over the epochs of a training: the same for all models with such inputs and labels that are trained by an
/// optimizer O, which has the state S.
template <Scalar T, std::size_t I, std::size_t Labels, class O, class S> class EpochLoop {
 public:
  using Data = TrainingData<T, I, Labels>;
  using State = AnyTrainingState<T, O, S>;

  /// Optimizer and its state are those of the trainer, as they are to be in the first epoch; the seed is that of a
  /// training that does not go on.
  [[gnu::cold]] EpochLoop(const Data& data, AnyTrainer<T, I, Labels>& trainer, O& optimizer, S& optimizer_state,
                          State& state, std::size_t epochs, bool verbose, Seed seed)
      : data_(data),
        trainer_(trainer),
        optimizer_(optimizer),
        optimizer_state_(optimizer_state),
        state_(state),
        epochs_(epochs),
        verbose_(verbose && trainer.is_first()),
        random_(epochs_done() == 0 ? Random(seed) : state.random),
        seconds_before_(state.history.seconds),
        progress_(verbose_, {.epochs = epochs,
                             .epochs_left = epochs - std::min(epochs, epochs_done()),
                             .batches = data.batches,
                             .validates = has_validation()}) {
    const bool had_validation = !history().val_loss.empty();
    if (epochs_done() == 0 || had_validation == has_validation()) return;
    throw ArgumentError(sentence(
        data.function, had_validation
                           ? ": the state is of a training with validation windows, but the options have none"
                           : ": the state is of a training without validation windows, but the options have some"));
  }
  EpochLoop(const EpochLoop&) = delete;
  EpochLoop& operator=(const EpochLoop&) = delete;

  [[gnu::cold]] History run(CallCallbacks call_callbacks) {
    read_validation();
    const std::size_t expected = std::min<std::size_t>(epochs_, 10'000);  // a callback may stop long before
    history().loss.reserve(expected);
    if (has_validation()) history().val_loss.reserve(expected);
    snapshot_.take(trainer_.weights());
    snapshot_.resume(data_.function, state_.weights, trainer_.weights());
    trainer_.check_alike(data_, epochs_, random_);
    call(Moment::Kind::train_begin, call_callbacks);
    for (bool stop = false; epochs_done() < epochs_ && !stop;) {
      run_epoch();
      stop = end_epoch(call_callbacks);
    }
    history().seconds = seconds_before_ + seconds();
    end(call_callbacks);
    return history();
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Source = BatchSource<T, I, Labels>;

  History& history() { return state_.history; }
  std::size_t epochs_done() const { return state_.epochs_done(); }
  bool has_validation() const { return data_.validation != nullptr; }
  /// Since the training has begun or gone on.
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  bool call(Moment::Kind kind, CallCallbacks call_callbacks) {
    return trainer_.agree([&, now = moment(kind)] { return call_callbacks(now); });
  }

  Moment moment(Moment::Kind kind) {
    Moment now{kind, epochs_, has_validation(), verbose_, history(), seconds(), nullptr, 0};
    if constexpr (requires {
                    { optimizer_.learning_rate } -> std::same_as<LearningRate&>;
                  }) {
      now.learning_rate = &optimizer_.learning_rate;
    }
    if constexpr (requires { optimizer_state_.updates; }) now.updates = optimizer_state_.updates;
    return now;
  }

  /// Validation data that cannot be used are found here, rather than when an epoch is done, which would be lost.
  [[gnu::cold]] void read_validation() {
    if (!has_validation()) return;
    try {
      for (data_.validation->begin(nullptr); data_.validation->next() != nullptr;) continue;
    } catch (const DataError& error) {
      throw DataError(sentence("validation ", error.what()));
    } catch (const ShapeError& error) {
      throw ShapeError(sentence("validation ", error.what()));
    }
  }

  /// One epoch and its validation; if anything is thrown, the model has the weights from before it, as the state.
  [[gnu::cold]] void run_epoch() {
    if (!find_not_finite(trainer_.weights())) snapshot_.take(trainer_.weights());  // as callbacks may have changed them
    try {
      const double loss = pass(Kind::training, data_.training);
      if (const auto value = find_not_finite(trainer_.weights())) fail("a weight", static_cast<double>(*value));
      const double val_loss = has_validation() ? pass(Kind::validation, *data_.validation) : 0;
      state_.optimizer = optimizer_;
      state_.optimizer_state = optimizer_state_;
      state_.random = random_;
      history().loss.push_back(loss);
      if (has_validation()) history().val_loss.push_back(val_loss);
      history().seconds = seconds_before_ + seconds();
      snapshot_.take(trainer_.weights());
      if (has_validation()) progress_.validated(epochs_done(), loss, val_loss);
    } catch (...) {
      snapshot_.restore(trainer_.weights());
      throw;
    }
  }

  enum class Kind { training, validation };

  /// One pass through a source, in training with an update for each batch. Returns the mean loss.
  double pass(Kind kind, Source& source) {
    const FlushSubnormals flush;  // once, not for every batch
    const bool trains = kind == Kind::training, carries_state = source.carries_state();
    if (carries_state) trainer_.reset_states();
    double sum = 0, done = 0;
    source.begin(trains && data_.shuffle ? &random_ : nullptr);
    while (const auto* batch = source.next()) {
      const double batch_loss = trains ? trainer_.step(batch->x, batch->y, &random_, batch->sample_weights)
                                       : trainer_.forward(batch->x, batch->y);
      const double weight = static_cast<double>(batch->count) * batch->known;
      sum += batch_loss * weight;
      done += weight;
      if (trains && !std::isfinite(batch_loss)) fail("the loss", batch_loss);
      if (trains) progress_.step(epochs_done() + 1, done > 0 ? sum / done : 0);
      if (carries_state) trainer_.carry_states_over();
    }
    if (carries_state) trainer_.reset_states();
    if (done == 0) {
      throw DataError(
          sentence(trains ? "" : "validation ", "labels: expected at least 1 that is not missing, found none"));
    }
    return sum / done;
  }

  /// The state keeps what callbacks have changed in the optimizer, as the model does what they have in that, also where
  /// one throws.
  [[gnu::cold]] bool end_epoch(CallCallbacks call_callbacks) {
    try {
      const bool stop = call(Moment::Kind::epoch_end, call_callbacks);
      state_.optimizer = optimizer_;
      return stop;
    } catch (...) {
      state_.optimizer = optimizer_;
      throw;
    }
  }

  [[gnu::cold]] void end(CallCallbacks call_callbacks) {
    snapshot_.take(trainer_.weights());
    try {
      call(Moment::Kind::train_end, call_callbacks);
    } catch (...) {
      snapshot_.leave(state_.weights, trainer_.weights());
      throw;
    }
    snapshot_.leave(state_.weights, trainer_.weights());
  }

  [[noreturn, gnu::cold]] void fail(std::string_view what, double value) const {
    const std::size_t epoch = epochs_done() + 1;
    throw TrainingError(
        sentence(data_.function, ": ", what, " became ", value, " in epoch ", epoch,
                 "; the model keeps the weights from before this epoch. A smaller learning rate may help."),
        epoch);
  }

  Data data_;
  AnyTrainer<T, I, Labels>& trainer_;
  O& optimizer_;
  S& optimizer_state_;
  State& state_;  ///< of the end of the last good epoch
  std::size_t epochs_;
  bool verbose_;
  Random random_;
  Snapshot<T> snapshot_;   ///< of the end of the last good epoch
  double seconds_before_;  ///< that earlier calls took
  Clock::time_point start_ = Clock::now();
  Progress progress_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
