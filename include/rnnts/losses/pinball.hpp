// Pinball: the loss whose minimum is a quantile; Quantiles: several of them at once.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/core/loops.hpp"
#include "rnnts/losses/loss.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI {

/// q e where e = y_true - y_pred is positive, else (q - 1) e (Koenker and Bassett 1978): with q = 0.9, predictions that
/// are too low cost nine times as much as those too high.
struct Pinball {
  static constexpr std::string_view name = "pinball";

  double quantile = 0.5;  ///< q, between 0 and 1

  /// Throws ArgumentError if the quantile is not between 0 and 1.
  void check() const {
    if (quantile > 0 && quantile < 1) return;
    throw ArgumentError(detail::sentence("pinball: expected a quantile between 0 and 1, found ", quantile));
  }

  template <Scalar T> T value(T y_true, T y_pred) const { return (y_pred - y_true) * derivative(y_true, y_pred); }

  template <Scalar T> T derivative(T y_true, T y_pred) const {
    const T q = static_cast<T>(quantile);
    return y_pred < y_true ? -q : y_pred > y_true ? 1 - q : T(0);
  }
};

/// The mean of the pinball losses of Q quantiles of each label, each an output of its own: `Quantiles<3>{{0.1, 0.5,
/// 0.9}}` for a model with `Dense<3>` and one label. A model with L labels has Q L outputs: all quantiles of the first
/// label, then all of the second, …
template <std::size_t Q> struct Quantiles {
  static_assert(Q > 0, "Quantiles<0> has nothing to predict: the number of quantiles must be at least 1.");

  static constexpr std::string_view name = "quantiles";

  std::array<double, Q> quantiles;

  /// Throws ArgumentError if one of the quantiles is not between 0 and 1.
  void check() const {
    for (const double quantile : quantiles) Pinball{quantile}.check();
  }

  static constexpr std::size_t labels(std::size_t outputs) { return outputs % Q == 0 ? outputs / Q : 0; }

  /// Labels that do not count add 0.
  template <Scalar T, class Counts = detail::EveryLabel>
  T value(const T* y_true, const T* y_pred, std::size_t outputs, Counts counts = {}) const {
    T sum = 0;
    for (std::size_t n = 0; n < outputs; ++n) {
      if (counts(y_true[n / Q])) sum += Pinball{quantiles[n % Q]}.value(y_true[n / Q], y_pred[n]);
    }
    return sum / static_cast<T>(outputs);
  }

  template <Scalar T, class Counts = detail::EveryLabel>
  void derivative(const T* y_true, const T* y_pred, T* dy, std::size_t outputs, Counts counts = {}) const {
    for (std::size_t n = 0; n < outputs; ++n) {
      const bool is_in = counts(y_true[n / Q]);
      dy[n] = is_in ? Pinball{quantiles[n % Q]}.derivative(y_true[n / Q], y_pred[n]) / static_cast<T>(outputs) : T(0);
    }
  }
};

}  // namespace rnnts::inline RNNTS_ABI

RNNTS_LOOPS_END
