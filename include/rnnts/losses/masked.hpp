// Masked: a loss that leaves out what is missing.
#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>

#include "rnnts/losses/loss.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

struct KnownLabels {
  template <Scalar T> bool operator()(T label) const { return !std::isnan(label); }
};

}  // namespace detail

/// A loss that can leave labels out: any of one number; and a `RowLoss` whose `value` and `derivative` take a last
/// argument more, `counts(label)`, add 0 for a label for which that is false, and write 0 for the derivatives by its
/// outputs. `Quantiles` and `GaussianNegativeLogLikelihood` do.
template <class L>
concept MaskableLoss =
    ElementwiseLoss<L> || (RowLoss<L> && requires(const L& loss, const double* y, double* dy, std::size_t outputs) {
      loss.value(y, y, outputs, detail::KnownLabels());
      loss.derivative(y, y, dy, outputs, detail::KnownLabels());
    });

/// Another loss, whose labels may be missing, that is NaN: `Masked<MeanAbsoluteError>{}`, `Masked{Huber{.delta = 2}}`.
/// The loss of a batch is the mean over the labels that are known, however they lie in it, and 0 if none is; a missing
/// one has no part in the gradient. Without missing labels it is the other loss.
template <MaskableLoss L> struct Masked {
  static constexpr std::string_view name = L::name;

  L loss = {};
  bool masks = true;  ///< or no label may be missing

  void check() const {
    if constexpr (requires { loss.check(); }) loss.check();
  }
  void check_label(double y_true) const
    requires requires(const L& l) { l.check_label(0.0); }
  {
    if (!std::isnan(y_true)) loss.check_label(y_true);
  }

  template <Scalar T>
    requires ElementwiseLoss<L>
  T value(T y_true, T y_pred) const {
    return std::isnan(y_true) ? T(0) : loss.value(y_true, y_pred);
  }
  template <Scalar T>
    requires ElementwiseLoss<L>
  T derivative(T y_true, T y_pred) const {
    return std::isnan(y_true) ? T(0) : loss.derivative(y_true, y_pred);
  }

  static constexpr std::size_t labels(std::size_t outputs)
    requires RowLoss<L>
  {
    return L::labels(outputs);
  }
  template <Scalar T>
    requires RowLoss<L>
  T value(const T* y_true, const T* y_pred, std::size_t outputs) const {
    return loss.value(y_true, y_pred, outputs, detail::KnownLabels());
  }
  template <Scalar T>
    requires RowLoss<L>
  void derivative(const T* y_true, const T* y_pred, T* dy, std::size_t outputs) const {
    loss.derivative(y_true, y_pred, dy, outputs, detail::KnownLabels());
  }
};

}  // namespace rnnts::inline RNNTS_ABI
