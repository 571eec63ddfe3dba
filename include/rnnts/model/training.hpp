// Training: a model, its trainer, callbacks and state in the loop over the epochs, whatever way goes through the data.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/model/callback.hpp"
#include "rnnts/model/epoch_loop.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/trainer.hpp"
#include "rnnts/model/training_state.hpp"
#include "rnnts/optimizers/learning_rate.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Trains a model epoch by epoch. A `Pass` is the way through the data:
///
/// - `name`, of the function, in messages;
/// - `batches()`, the number of updates of an epoch;
/// - `train(trainer, random, after_batch)`: one epoch of updates, each followed by `after_batch`; returns the mean
///   loss;
/// - `has_validation()`, and `validate(trainer)`, the loss of the validation data;
/// - `read_validation(trainer)`, which throws what `validate` would for data that cannot be used.
template <Model M, Loss L, class O, class Options, class Pass>
class Training final : public EpochLoop<typename M::scalar> {
  using T = typename M::scalar;

 public:
  Training(M& model, L loss, O optimizer, const Options& options, TrainingState<M, O>& state, Pass& pass)
      : EpochLoop<T>(Pass::name, options.epochs, options.verbose, pass.batches(), pass.has_validation(), state.history,
                     state.weights),
        model_(model),
        callbacks_(options.callbacks),
        state_(state),
        pass_(pass),
        random_(state.epochs_done() == 0 ? Random(options.seed) : state.random),
        trainer_(model, std::move(loss), state.epochs_done() == 0 ? std::move(optimizer) : state.optimizer,
                 options.threads, Pass::name) {
    trainer_.optimizer_state() = state.optimizer_state;
    if constexpr (requires { options.initial_states; }) trainer_.set_initial_states(options.initial_states);
  }

 private:
  void for_each_tensor(FunctionRef<void(std::span<T> numbers)> visit) override {
    for (const auto numbers : tensors(model_.parameters())) visit(numbers);
  }

  double train(AfterBatch after_batch) override {
    const FlushSubnormals flush;  // once, not for every batch
    return pass_.train(trainer_, random_, after_batch);
  }

  double validate() override { return pass_.validate(trainer_); }

  void read_validation() override { pass_.read_validation(trainer_); }

  void note() override {
    state_.optimizer = trainer_.optimizer();
    state_.optimizer_state = trainer_.optimizer_state();
    state_.random = random_;
  }

  void train_begin() override {
    TrainBegin<M> begin{this->epochs_done(), this->epochs(), this->has_validation(), model_, learning_rate()};
    for (const auto& callback : callbacks_) callback.train_begin(begin);
  }

  bool epoch_end() override {
    const History& history = state_.history;
    EpochEnd<M> end{.epoch = this->epochs_done(),
                    .epochs = this->epochs(),
                    .loss = history.loss.back(),
                    .val_loss = history.val_loss.empty() ? std::nullopt : std::optional(history.val_loss.back()),
                    .model = model_,
                    .seconds = this->seconds(),
                    .learning_rate = learning_rate(),
                    .updates = updates()};
    bool stop = false;
    try {
      for (const auto& callback : callbacks_) {
        callback(end);
        stop = stop || end.stop;  // what one has stopped another, which may set it to false, does not undo
      }
    } catch (...) {
      state_.optimizer = trainer_.optimizer();  // keeps what callbacks have changed by then, as the model does
      throw;
    }
    state_.optimizer = trainer_.optimizer();
    return stop;
  }

  void train_end() override {
    TrainEnd<M> end{state_.history, model_, this->verbose()};
    for (const auto& callback : callbacks_) callback.train_end(end);
  }

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

  M& model_;
  const std::vector<Callback<M>>& callbacks_;
  TrainingState<M, O>& state_;  ///< of the end of the last epoch
  Pass& pass_;
  Random random_;
  Trainer<M, L, O> trainer_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
