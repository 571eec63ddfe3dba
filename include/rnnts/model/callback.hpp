// Callback: what fit calls before a training, after each epoch and at the end.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "rnnts/model/history.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/optimizers/learning_rate.hpp"

namespace rnnts::inline RNNTS_ABI {

/// What a callback is shown before the first epoch.
template <Model M> struct TrainBegin {
  std::size_t epochs_done;      ///< 0, or how many there were before an interruption
  std::size_t epochs;           ///< how many are asked for, counting those
  bool has_validation;          ///< whether there will be a `val_loss`
  M& model;                     ///< may be changed
  LearningRate* learning_rate;  ///< that of the optimizer; null if it has none
};

/// What a callback is shown after each epoch. It may change the model and the learning rate, and may set `stop`.
template <Model M> struct EpochEnd {
  std::size_t epoch;   ///< counted from 1
  std::size_t epochs;  ///< how many are asked for
  double loss;
  std::optional<double> val_loss;
  M& model;
  bool stop = false;
  double seconds = 0;                     ///< since `fit` was called
  LearningRate* learning_rate = nullptr;  ///< that of the optimizer; null if it has none
  std::uint64_t updates = 0;              ///< of the weights, as the optimizer counts them

  /// The learning rate of the next update; nothing for an optimizer without a `LearningRate`.
  std::optional<double> current_learning_rate() const {
    if (learning_rate == nullptr) return std::nullopt;
    return (*learning_rate)(updates);
  }
};

/// What a callback is shown after the last epoch, whether all epochs are done or `stop` was set. It may change the
/// model.
template <Model M> struct TrainEnd {
  const History& history;
  M& model;
  bool verbose = false;  ///< whether to say on stderr what there is to say
};

/// Anything that can be called with an `EpochEnd<M>&`: a lambda, or a struct that may also have the functions
/// `train_begin(TrainBegin<M>&)` and `train_end(TrainEnd<M>&)`.
///
/// Made implicitly. Holds a copy, also of what the struct remembers; made from `std::ref(x)` it calls x itself.
template <Model M> class Callback {
 public:
  template <class F>
    requires(!std::same_as<F, Callback> && std::invocable<std::unwrap_reference_t<F>&, EpochEnd<M>&>)
  Callback(F f)
      : call_([f = std::move(f)](TrainBegin<M>* begin, EpochEnd<M>* epoch_end, TrainEnd<M>* train_end) mutable {
          auto& callback = static_cast<std::unwrap_reference_t<F>&>(f);
          if constexpr (requires { callback.train_begin(*begin); }) {
            if (begin) callback.train_begin(*begin);
          }
          if (epoch_end) std::invoke(callback, *epoch_end);
          if constexpr (requires { callback.train_end(*train_end); }) {
            if (train_end) callback.train_end(*train_end);
          }
        }) {}

  void train_begin(TrainBegin<M>& begin) const { call_(&begin, nullptr, nullptr); }
  void operator()(EpochEnd<M>& end) const { call_(nullptr, &end, nullptr); }
  void train_end(TrainEnd<M>& end) const { call_(nullptr, nullptr, &end); }

 private:
  /// What is shown is one of the three; the others are null. (A variant would say so, but costs the compiler 90
  /// functions for each model.)
  std::function<void(TrainBegin<M>*, EpochEnd<M>*, TrainEnd<M>*)> call_;
};

}  // namespace rnnts::inline RNNTS_ABI
