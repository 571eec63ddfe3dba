// What callbacks watch to see whether a training still gets better.
#pragma once

#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/model/callback.hpp"

namespace rnnts::inline RNNTS_ABI {

/// The number that a callback watches. Lower is better.
enum class Monitor { val_loss, loss };

namespace detail {

/// Throws ArgumentError, in the name of the callback, if there is no such number.
inline void check_monitor(std::string_view callback, Monitor monitor, bool has_validation) {
  if (monitor == Monitor::val_loss && !has_validation) {
    throw ArgumentError(sentence(callback,
                                 ": expected validation windows, because val_loss is monitored, found none; give "
                                 "fit some, or monitor the loss: .monitor = Monitor::loss"));
  }
}

/// The number that is watched. Throws ArgumentError as above.
template <Model M> double monitored(std::string_view callback, Monitor monitor, const EpochEnd<M>& end) {
  check_monitor(callback, monitor, end.val_loss.has_value());
  return monitor == Monitor::loss ? end.loss : *end.val_loss;
}

/// Whether a number is below the best so far by more than `min_delta`, which it then replaces. NaN never is.
inline bool improves(double& best, double number, double min_delta = 0) {
  if (!(number < best - min_delta)) return false;
  best = number;
  return true;
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
