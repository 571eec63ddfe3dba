// train: a model, its trainer and its callbacks in the loop over the epochs.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "rnnts/losses/loss.hpp"
#include "rnnts/model/any_trainer.hpp"
#include "rnnts/model/callback.hpp"
#include "rnnts/model/epoch_loop.hpp"
#include "rnnts/model/history.hpp"
#include "rnnts/model/ranked_trainer.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/trainer.hpp"
#include "rnnts/model/training_state.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Shows the callbacks the model. Returns whether one of them stops the training.
template <Model M>
[[gnu::cold, gnu::noinline]] bool call_callbacks(const std::vector<Callback<M>>& callbacks, M& model,
                                                 const Moment& now) {
  const History& history = now.history;
  bool stop = false;
  switch (now.kind) {
    case Moment::Kind::train_begin: {
      TrainBegin<M> begin{history.loss.size(), now.epochs, now.has_validation, model, now.learning_rate};
      for (const auto& callback : callbacks) callback.train_begin(begin);
      break;
    }
    case Moment::Kind::epoch_end: {
      EpochEnd<M> end{.epoch = history.loss.size(),
                      .epochs = now.epochs,
                      .loss = history.loss.back(),
                      .val_loss = history.val_loss.empty() ? std::nullopt : std::optional(history.val_loss.back()),
                      .model = model,
                      .seconds = now.seconds,
                      .learning_rate = now.learning_rate,
                      .updates = now.updates};
      for (const auto& callback : callbacks) {
        callback(end);
        stop = stop || end.stop;  // what one has stopped another, which may set it to false, does not undo
      }
      break;
    }
    case Moment::Kind::train_end: {
      TrainEnd<M> end{history, model, now.verbose};
      for (const auto& callback : callbacks) callback.train_end(end);
      break;
    }
  }
  return stop;
}

template <Model M, Loss L>
using TrainingDataOf = TrainingData<typename M::scalar, M::input.features, label_count<L, M::output.features>>;

/// Trains a model epoch by epoch. Options are `FitOptions` or `StatefulOptions`.
template <Model M, Loss L, class O>
[[gnu::cold]] History train(M& model, const L& loss, const O& optimizer, const auto& options,
                            AnyTrainingStateOf<M, O>& state, const TrainingDataOf<M, L>& data) {
  Trainer<M, L, O> trainer(model, loss, state.epochs_done() == 0 ? optimizer : state.optimizer, options.threads,
                           options.work_per_thread, data.function);
  trainer.optimizer_state() = state.optimizer_state;
  if constexpr (requires { options.initial_states; }) trainer.set_initial_states(options.initial_states);

  using T = typename M::scalar;
  constexpr std::size_t I = M::input.features, labels = label_count<L, M::output.features>;
  AnyTrainer<T, I, labels>* any = &trainer;
  std::unique_ptr<AnyTrainer<T, I, labels>> shared;  // by several processes
  if constexpr (requires { options.ranks; }) shared = options.ranks.share(trainer, data.function);
  if (shared != nullptr) any = shared.get();
  EpochLoop loop(data, *any, trainer.optimizer(), trainer.optimizer_state(), state, options.epochs, options.verbose,
                 options.seed);
  return loop.run([&](const Moment& now) { return call_callbacks(options.callbacks, model, now); });
}

}  // namespace rnnts::inline RNNTS_ABI::detail
