// ModelCheckpoint: keeps or saves a model while it is being trained.
#pragma once

#include <concepts>
#include <cstddef>
#include <limits>
#include <string_view>

#include "rnnts/model/callback.hpp"
#include "rnnts/model/monitor.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A callback that calls `save(model)` with the const model after each epoch that is the best so far, or after every
/// epoch. What that does is the user's: copy the model, or write it to a file.
///
///     ModelCheckpoint{[&](const Net& model) { best = model; }}
///
/// Keras' callback of that name; its default is to save after every epoch. The first epoch of a training forgets what
/// was, that of one that goes on does not. Throws ArgumentError if `val_loss` is to be monitored and there is no
/// validation.
template <class Save> struct ModelCheckpoint {
  static constexpr std::string_view name = "ModelCheckpoint";

  Save save;
  Monitor monitor = Monitor::val_loss;  ///< of no use unless `save_best_only`
  bool save_best_only = true;

  double best = std::numeric_limits<double>::infinity();  ///< result: lowest monitored number
  std::size_t saved_epoch = 0;                            ///< result: the last epoch that was saved, counted from 1

  template <Model M> void train_begin(TrainBegin<M>& begin) {
    if (save_best_only) detail::check_monitor(name, monitor, begin.has_validation);
    if (begin.epochs_done > 0) return;
    best = std::numeric_limits<double>::infinity();
    saved_epoch = 0;
  }

  template <Model M>
    requires std::invocable<Save&, const M&>
  void operator()(EpochEnd<M>& end) {
    if (save_best_only && !detail::improves(best, detail::monitored(name, monitor, end))) return;
    save(static_cast<const M&>(end.model));
    saved_epoch = end.epoch;
  }
};

}  // namespace rnnts::inline RNNTS_ABI
