// Training: a model, its trainer, callbacks and state in the loop over the epochs.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/model/callback.hpp"
#include "rnnts/model/epoch_loop.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/trainer.hpp"
#include "rnnts/model/training_state.hpp"
#include "rnnts/optimizers/learning_rate.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

template <Model M, Loss L>
using EpochLoopOf = EpochLoop<typename M::scalar, M::input.features, label_count<L, M::output.features>>;

/// Trains a model epoch by epoch, with batches from a source.
template <Model M, Loss L, class O> class Training final : public EpochLoopOf<M, L> {
  using Loop = EpochLoopOf<M, L>;

 public:
  /// Options are `FitOptions` or `StatefulOptions`.
  [[gnu::cold]] Training(M& model, L loss, O optimizer, const auto& options, TrainingState<M, O>& state,
                         const typename Loop::Data& data)
      : Loop(data, options.epochs, options.verbose, state.epochs_done() == 0 ? Random(options.seed) : state.random,
             state.history, state.weights),
        model_(model),
        callbacks_(options.callbacks),
        state_(state),
        trainer_(model, std::move(loss), state.epochs_done() == 0 ? std::move(optimizer) : state.optimizer,
                 options.threads, data.function) {
    trainer_.optimizer_state() = state.optimizer_state;
    if constexpr (requires { options.initial_states; }) trainer_.set_initial_states(options.initial_states);
  }

  [[gnu::cold]] ~Training() override {}

 private:
  using typename Loop::Batch;

  typename Loop::Tensors weights() override {
    weights_ = tensors(model_.parameters());
    return weights_;
  }

  double step(const Batch& batch, Random& random) override {
    return trainer_.step(batch.x, batch.y, &random, batch.sample_weights);
  }
  double loss(const Batch& batch) override { return trainer_.forward(batch.x, batch.y); }

  void carry_states_over() override {
    trainer_.for_each_state([](auto& state) { state.carry_over(); });
  }
  void reset_states() override {
    trainer_.for_each_state([](auto& state) { state.reset(); });
  }

  [[gnu::cold]] void note() override {
    state_.optimizer = trainer_.optimizer();
    state_.optimizer_state = trainer_.optimizer_state();
    state_.random = this->random();
  }

  [[gnu::cold]] bool call_callbacks(Moment moment) override {
    switch (moment) {
      case Moment::train_begin: {
        TrainBegin<M> begin{this->epochs_done(), this->epochs(), this->has_validation(), model_, learning_rate()};
        for (const auto& callback : callbacks_) callback.train_begin(begin);
        return false;
      }
      case Moment::epoch_end: return epoch_end();
      case Moment::train_end: {
        TrainEnd<M> end{state_.history, model_, this->verbose()};
        for (const auto& callback : callbacks_) callback.train_end(end);
        return false;
      }
    }
    return false;
  }

  bool epoch_end() {
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
  Trainer<M, L, O> trainer_;
  decltype(tensors(std::declval<typename M::Parameters&>())) weights_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
