// Huber: squares of small errors, absolute values of large ones, so that outliers count less.
#pragma once

#include <cmath>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/losses/loss.hpp"

namespace rnnts::inline RNNTS_ABI {

/// e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2), with e = y_pred - y_true (Huber 1964).
struct Huber {
  static constexpr std::string_view name = "huber";

  double delta = 1;  ///< above 0

  /// Throws ArgumentError if delta is not above 0.
  void check() const {
    if (!(delta > 0)) throw ArgumentError(detail::sentence("huber: expected a delta above 0, found ", delta));
  }

  template <Scalar T> T value(T y_true, T y_pred) const {
    const T e = std::abs(y_pred - y_true), d = static_cast<T>(delta);
    return e <= d ? e * e / 2 : d * (e - d / 2);
  }

  template <Scalar T> T derivative(T y_true, T y_pred) const {
    const T e = y_pred - y_true, d = static_cast<T>(delta);
    return e > d ? d : e < -d ? -d : e;
  }
};

}  // namespace rnnts::inline RNNTS_ABI
