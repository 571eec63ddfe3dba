// A training whose losses are given, to test callbacks with.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/model/callback.hpp"
#include "rnnts/model/sequential.hpp"

/// Shows its callback a training with these losses and returns how many epochs it had until the callback stopped it.
/// After epoch n the bias of the model is n.
struct ScriptedTraining {
  using Net = rnnts::Sequential<float, rnnts::Input<1>, rnnts::Dense<1>>;

  std::vector<double> losses = {};
  std::vector<double> val_losses = {};
  rnnts::LearningRate* learning_rate = nullptr;
  std::size_t epochs_done = 0;
  Net model = Net{};
  rnnts::History history = {};

  float bias() const { return model.layer<0>().bias(0); }

  std::size_t run(auto& callback) {
    const rnnts::Callback<Net> called = std::ref(callback);
    rnnts::TrainBegin<Net> begin{epochs_done, losses.size(), !val_losses.empty(), model, learning_rate};
    called.train_begin(begin);
    bool stop = false;
    std::size_t epoch = epochs_done;
    while (epoch < losses.size() && !stop) {
      model.layer<0>().bias(0) = static_cast<float>(epoch + 1);
      rnnts::EpochEnd<Net> end{.epoch = epoch + 1,
                               .epochs = losses.size(),
                               .loss = losses[epoch],
                               .val_loss = val_losses.empty() ? std::nullopt : std::optional(val_losses[epoch]),
                               .model = model,
                               .learning_rate = learning_rate,
                               .updates = epoch + 1};
      called(end);
      stop = end.stop;
      ++epoch;
    }
    rnnts::TrainEnd<Net> end{history, model};
    called.train_end(end);
    return epoch;
  }
};
