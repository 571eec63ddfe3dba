// LogCosh: like half a square near 0, like an absolute value far away, and smooth in between.
#pragma once

#include <numbers>
#include <string_view>

#include "rnnts/kernels/activation.hpp"
#include "rnnts/losses/loss.hpp"

namespace rnnts::inline RNNTS_ABI {

/// log cosh e = e + log(1 + e^-2e) - log 2, with e = y_pred - y_true
struct LogCosh {
  static constexpr std::string_view name = "log_cosh";

  template <Scalar T> T value(T y_true, T y_pred) const {
    const T e = y_pred - y_true;
    return e + Softplus::value(-2 * e) - std::numbers::ln2_v<T>;
  }

  template <Scalar T> T derivative(T y_true, T y_pred) const { return Tanh::value(y_pred - y_true); }
};

}  // namespace rnnts::inline RNNTS_ABI
