// MeanAbsolutePercentageError, "mape".
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include "rnnts/losses/loss.hpp"

namespace rnnts::inline RNNTS_ABI {

/// 100 |y_pred - y_true| / max(|y_true|, 1e-7), as in Keras: labels near 0 make it huge.
struct MeanAbsolutePercentageError {
  static constexpr std::string_view name = "mape";

  template <Scalar T> T value(T y_true, T y_pred) const { return scale(y_true) * std::abs(y_pred - y_true); }

  template <Scalar T> T derivative(T y_true, T y_pred) const {
    return scale(y_true) * static_cast<T>((y_pred > y_true) - (y_pred < y_true));
  }

 private:
  template <Scalar T> static T scale(T y_true) { return 100 / std::max(std::abs(y_true), T(1e-7)); }
};

}  // namespace rnnts::inline RNNTS_ABI
