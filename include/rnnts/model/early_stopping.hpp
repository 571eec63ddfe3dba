// EarlyStopping: ends a training that no longer gets better, with the best weights there were.
#pragma once

#include <any>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <string>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/model/callback.hpp"
#include "rnnts/model/monitor.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A callback, with the options and the algorithm of Keras' callback of that name, that stops after `patience` epochs
/// without an improvement by more than `min_delta`, and puts the best weights into the model when the training ends,
/// also when it ends for another reason.
///
///     EarlyStopping early{.patience = 10};
///     fit(model, windows, loss, Adam{}, {.epochs = 500, .validation = validation, .callbacks = {std::ref(early)}});
///     std::cout << early.best << " in epoch " << early.best_epoch;
///
/// In a training that is verbose, a line on stderr says at the end whether and why it was stopped, and which weights
/// the model has.
///
/// The first epoch of a training forgets what was, that of one that goes on does not. Throws ArgumentError if
/// `val_loss` is to be monitored and there is no validation. After another exception the best weights are not in the
/// model, but still there: `restore(model)`.
struct EarlyStopping {
  static constexpr std::string_view name = "EarlyStopping";

  Monitor monitor = Monitor::val_loss;
  double min_delta = 0;              ///< a smaller improvement is none
  std::size_t patience = 0;          ///< epochs without an improvement after which to stop; 0 is as 1
  bool restore_best_weights = true;  ///< Keras' default is not to
  std::size_t start_from_epoch = 0;  ///< so many epochs are not looked at

  double best = std::numeric_limits<double>::infinity();  ///< result: lowest monitored number
  std::size_t best_epoch = 0;                             ///< result: its epoch, counted from 1; 0 before there is one
  std::size_t stopped_epoch = 0;                          ///< result: the epoch that was stopped after; 0 if none
  std::size_t wait = 0;                                   ///< epochs since the last improvement
  std::any best_weights = {};                             ///< the `Parameters` of the model; empty before there are any

  template <Model M> void train_begin(TrainBegin<M>& begin) {
    detail::check_monitor(name, monitor, begin.has_validation);
    if (begin.epochs_done > 0) return;
    best = std::numeric_limits<double>::infinity();
    best_epoch = stopped_epoch = wait = 0;
    best_weights.reset();
  }

  template <Model M> void operator()(EpochEnd<M>& end) {
    const double number = detail::monitored(name, monitor, end);
    if (end.epoch <= start_from_epoch) return;
    ++wait;
    if (detail::improves(best, number, min_delta)) {
      wait = 0;
      best_epoch = end.epoch;
      if (restore_best_weights) keep(end.model);
    } else if (wait >= patience) {
      stopped_epoch = end.epoch;
      end.stop = true;
    }
  }

  template <Model M> void train_end(TrainEnd<M>& end) const {
    restore(end.model);
    if (end.verbose) std::fputs(what_happened(end.history.loss.size()).c_str(), stderr);
  }

  /// Puts the best weights into the model, if any were kept.
  template <Model M> void restore(M& model) const {
    if (const auto* weights = std::any_cast<typename M::Parameters>(&best_weights)) model.parameters() = *weights;
  }

 private:
  /// A line that says whether and why the training was stopped, and which weights the model has.
  std::string what_happened(std::size_t last_epoch) const {
    using detail::sentence;
    const char* const watched = monitor == Monitor::val_loss ? "val_loss" : "loss";
    const std::string stopped =
        stopped_epoch != 0 && stopped_epoch == last_epoch
            ? sentence("stopped, as ", watched, " no longer improved (patience ", patience, "); ")
            : "";
    const std::string best_of = best_epoch == 0
                                    ? sentence("there was no best ", watched)
                                    : sentence("best ", watched, ": ", detail::rounded(best), " in epoch ", best_epoch);
    return sentence("EarlyStopping: ", stopped, best_of, "; the model has the weights of epoch ",
                    best_weights.has_value() ? best_epoch : last_epoch, " of ", last_epoch, "\n");
  }

  template <Model M> void keep(const M& model) {
    if (auto* weights = std::any_cast<typename M::Parameters>(&best_weights)) {
      *weights = model.parameters();
    } else {
      best_weights = model.parameters();
    }
  }
};

}  // namespace rnnts::inline RNNTS_ABI
