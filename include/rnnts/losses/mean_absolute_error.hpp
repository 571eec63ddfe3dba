// MeanAbsoluteError, "mae".
#pragma once

#include <cmath>
#include <string_view>

#include "rnnts/losses/loss.hpp"

namespace rnnts::inline RNNTS_ABI {

/// |y_pred - y_true|, with derivative 0 where they are equal
struct MeanAbsoluteError {
  static constexpr std::string_view name = "mae";

  template <Scalar T> T value(T y_true, T y_pred) const { return std::abs(y_pred - y_true); }

  template <Scalar T> T derivative(T y_true, T y_pred) const {
    return static_cast<T>((y_pred > y_true) - (y_pred < y_true));
  }
};

}  // namespace rnnts::inline RNNTS_ABI
