// Pinball: the loss whose minimum is a quantile.
#pragma once

#include <string_view>

#include "rnnts/losses/loss.hpp"

namespace rnnts::inline v0 {

/// q e where e = y_true - y_pred is positive, else (q - 1) e (Koenker and Bassett 1978): with q = 0.9, predictions that
/// are too low cost nine times as much as those too high.
struct Pinball {
  static constexpr std::string_view name = "pinball";

  double quantile = 0.5;  ///< q, between 0 and 1

  template <Scalar T> T value(T y_true, T y_pred) const { return (y_pred - y_true) * derivative(y_true, y_pred); }

  template <Scalar T> T derivative(T y_true, T y_pred) const {
    const T q = static_cast<T>(quantile);
    return y_pred < y_true ? -q : y_pred > y_true ? 1 - q : T(0);
  }
};

}  // namespace rnnts::inline v0
