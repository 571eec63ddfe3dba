// BinaryCrossentropy: for labels between 0 and 1, as yes and no.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/kernels/activation.hpp"
#include "rnnts/losses/loss.hpp"

namespace rnnts::inline RNNTS_ABI {

/// -y log p - (1 - y) log(1 - p) with y = y_true, and p = y_pred kept 1e-7 away from 0 and 1, as in Keras; or with
/// `from_logits` p = sigmoid(y_pred), computed without loss for large values: log(1 + e^z) - y z.
struct BinaryCrossentropy {
  static constexpr std::string_view name = "bce";

  bool from_logits = false;  ///< whether y_pred goes through a sigmoid here, rather than at the end of the model

  /// Throws DataError if the label is not between 0 and 1.
  void check_label(double y_true) const {
    if (y_true >= 0 && y_true <= 1) return;
    throw DataError(detail::sentence("bce: expected a number between 0 and 1, found ", y_true));
  }

  template <Scalar T> T value(T y_true, T y_pred) const {
    if (from_logits) return Softplus::value(y_pred) - y_true * y_pred;
    const T p = std::clamp(y_pred, margin<T>, 1 - margin<T>);
    return -y_true * std::log(p) - (1 - y_true) * std::log1p(-p);
  }

  template <Scalar T> T derivative(T y_true, T y_pred) const {
    if (from_logits) return Sigmoid::value(y_pred) - y_true;
    if (y_pred < margin<T> || y_pred > 1 - margin<T>) return 0;
    return (y_pred - y_true) / (y_pred * (1 - y_pred));
  }

 private:
  template <Scalar T> static constexpr T margin = T(1e-7);
};

}  // namespace rnnts::inline RNNTS_ABI
