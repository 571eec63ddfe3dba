// MeanSquaredError, "mse".
#pragma once

#include <string_view>

#include "rnnts/losses/loss.hpp"

namespace rnnts::inline RNNTS_ABI {

/// (y_pred - y_true)^2
struct MeanSquaredError {
  static constexpr std::string_view name = "mse";

  template <Scalar T> T value(T y_true, T y_pred) const { return (y_pred - y_true) * (y_pred - y_true); }

  template <Scalar T> T derivative(T y_true, T y_pred) const { return 2 * (y_pred - y_true); }
};

}  // namespace rnnts::inline RNNTS_ABI
