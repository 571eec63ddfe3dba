// GaussianNegativeLogLikelihood: a model that says how sure it is.
#pragma once

#include <cstddef>
#include <string_view>

#include "rnnts/core/loops.hpp"
#include "rnnts/kernels/elementary.hpp"
#include "rnnts/losses/loss.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI {

/// 0.5 (s + (y_true - m)^2 / e^s), with two outputs for each label: its mean m and the logarithm s of its variance (Nix
/// and Weigend 1994), without the constant 0.5 log(2 pi). A model with L labels has 2 L outputs: first all means, then
/// all logarithms. The loss of a row is the mean over its labels.
struct GaussianNegativeLogLikelihood {
  static constexpr std::string_view name = "gaussian_nll";

  static constexpr std::size_t labels(std::size_t outputs) { return outputs % 2 == 0 ? outputs / 2 : 0; }

  /// Labels that do not count add 0.
  template <Scalar T, class Counts = detail::EveryLabel>
  T value(const T* y_true, const T* y_pred, std::size_t outputs, Counts counts = {}) const {
    const std::size_t count = labels(outputs);
    T sum = 0;
    for (std::size_t k = 0; k < count; ++k) {
      if (!counts(y_true[k])) continue;
      const T error = y_true[k] - y_pred[k], log_variance = y_pred[count + k];
      sum += T(0.5) * (log_variance + error * error * detail::elementary::exp(-log_variance));
    }
    return sum / static_cast<T>(count);
  }

  template <Scalar T, class Counts = detail::EveryLabel>
  void derivative(const T* y_true, const T* y_pred, T* dy, std::size_t outputs, Counts counts = {}) const {
    const std::size_t count = labels(outputs);
    const T scale = 1 / static_cast<T>(count);
    for (std::size_t k = 0; k < count; ++k) {
      if (!counts(y_true[k])) {
        dy[k] = dy[count + k] = 0;
        continue;
      }
      const T error = y_true[k] - y_pred[k], precision = detail::elementary::exp(-y_pred[count + k]);
      dy[k] = -scale * error * precision;
      dy[count + k] = scale * T(0.5) * (1 - error * error * precision);
    }
  }
};

}  // namespace rnnts::inline RNNTS_ABI

RNNTS_LOOPS_END
