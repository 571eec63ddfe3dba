// ReduceLROnPlateau: a smaller learning rate where a training no longer gets better.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/model/callback.hpp"
#include "rnnts/model/monitor.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A callback, with the options and the algorithm of Keras' callback of that name, that multiplies the learning rate by
/// `factor` after `patience` epochs without an improvement by more than `min_delta`. It then does not count for
/// `cooldown` epochs, of which the last counts again, as in Keras.
///
/// A schedule of learning rates is multiplied as a whole. The first epoch of a training forgets what was, that of one
/// that goes on does not. Throws ArgumentError if `factor` is not between 0 and 1, if the optimizer has no
/// `LearningRate`, or if `val_loss` is to be monitored and there is no validation.
struct ReduceLROnPlateau {
  static constexpr std::string_view name = "ReduceLROnPlateau";

  Monitor monitor = Monitor::val_loss;
  double factor = 0.1;
  std::size_t patience = 10;
  double min_delta = 1e-4;   ///< a smaller improvement is none
  std::size_t cooldown = 0;  ///< epochs to wait after a reduction
  double min_lr = 0;         ///< the learning rate is not made smaller than this

  double best = std::numeric_limits<double>::infinity();  ///< lowest monitored number
  std::size_t reductions = 0;                             ///< how often the learning rate was made smaller
  std::size_t wait = 0;                                   ///< epochs since the last improvement or reduction
  std::size_t cooldown_left = 0;

  template <Model M> void train_begin(TrainBegin<M>& begin) {
    detail::check_monitor(name, monitor, begin.has_validation);
    check(begin.learning_rate);
    if (begin.epochs_done > 0) return;
    best = std::numeric_limits<double>::infinity();
    reductions = wait = cooldown_left = 0;
  }

  template <Model M> void operator()(EpochEnd<M>& end) {
    const double number = detail::monitored(name, monitor, end);
    check(end.learning_rate);
    if (cooldown_left > 0) {
      --cooldown_left;
      wait = 0;
    }
    if (detail::improves(best, number, min_delta)) {
      wait = 0;
    } else if (cooldown_left == 0 && ++wait >= patience) {
      reduce(*end.learning_rate, *end.current_learning_rate());
    }
  }

 private:
  void reduce(LearningRate& rate, double current) {
    if (!(current > min_lr)) return;
    rate.scale(std::max(factor, min_lr / current));
    ++reductions;
    cooldown_left = cooldown;
    wait = 0;
  }

  void check(const LearningRate* rate) const {
    if (!(factor > 0 && factor < 1)) {
      throw ArgumentError(detail::sentence(name, ": expected a factor between 0 and 1, found ", factor));
    }
    if (rate == nullptr) {
      throw ArgumentError(
          detail::sentence(name, ": expected an optimizer with a learning_rate of type LearningRate, found none"));
    }
  }
};

}  // namespace rnnts::inline RNNTS_ABI
