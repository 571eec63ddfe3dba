// What a loss is, and its mean and gradient over a batch.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

#include "rnnts/core/extent.hpp"
#include "rnnts/core/loops.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/tensor/view.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI {

/// The loss of one number: `value(y_true, y_pred)`, and `derivative(y_true, y_pred)`, by y_pred. The loss of
/// a batch is the mean over all numbers of the output, as in Keras.
template <class L>
concept ElementwiseLoss = requires(const L& loss, double y) {
  { L::name } -> std::convertible_to<std::string_view>;
  { loss.value(y, y) } -> std::same_as<double>;
  { loss.derivative(y, y) } -> std::same_as<double>;
};

/// The loss of a row of outputs, where several outputs belong to one label: `labels(outputs)`, the number of labels
/// (0 if there cannot be as many outputs), `value(y_true, y_pred, outputs)`, and `derivative(y_true, y_pred, dy,
/// outputs)`, which overwrites dy. The loss of a batch is the mean over all rows.
template <class L>
concept RowLoss = requires(const L& loss, const double* y, double* dy, std::size_t outputs) {
  { L::name } -> std::convertible_to<std::string_view>;
  { L::labels(outputs) } -> std::same_as<std::size_t>;
  { loss.value(y, y, outputs) } -> std::same_as<double>;
  loss.derivative(y, y, dy, outputs);
};

/// A loss of either kind. One with options may have `check()`, which throws if they cannot be used; it is called before
/// training. One that does not take all finite labels may have `check_label(y_true)`, which throws DataError for those
/// that it does not take; it is called for each label of a batch before that is trained or validated with.
template <class L>
concept Loss = ElementwiseLoss<L> || RowLoss<L>;

namespace detail {

/// Whether labels of this loss may be missing, that is NaN. The loss of a batch is then the mean over those that are
/// known, and 0 if none is.
template <class L> constexpr bool leaves_out_missing(const L& loss) {
  if constexpr (requires { loss.masks; }) {
    return loss.masks;
  } else {
    return false;
  }
}

/// Which labels of a row count, for a `RowLoss` that can leave some out: all of them.
struct EveryLabel {
  template <Scalar T> constexpr bool operator()(T) const { return true; }
};

/// Number of labels per row for a model with N outputs: as many, but for a `RowLoss`.
template <Loss L, std::size_t N> inline constexpr std::size_t label_count = N;
template <RowLoss L, std::size_t N>
inline constexpr std::size_t label_count<L, N> = N == dynamic ? dynamic : L::labels(N);

/// How many labels of the samples from `first` on are known: not NaN, and within the length of their sample.
template <class T, std::size_t F>
std::size_t known_labels(Sequence<const T, F> y, std::size_t first, std::size_t samples) {
  std::size_t count = 0;
  for (std::size_t t = 0; t < y.steps; ++t) {
    for (std::size_t b = first; b < first + samples; ++b) {
      if (t >= y.length(b)) continue;
      for (const T label : y[t].row(b)) count += std::isnan(label) ? 0u : 1u;
    }
  }
  return count;
}

/// The share of the labels that are known.
template <class T, std::size_t F> double known_share(Sequence<const T, F> y) {
  std::size_t rows = 0;
  for (std::size_t b = 0; b < y.batch; ++b) rows += y.length(b);
  return static_cast<double>(known_labels(y, 0, y.batch)) / static_cast<double>(rows * y.width);
}

/// How much each row of a batch counts; without data, as much as any other.
template <class T> struct RowWeights {
  const T* data = nullptr;
  /// What the weighted sum is divided by: the number of rows, but for those of padding, or for the share of the labels
  /// that are missing. Without one, all rows.
  std::optional<double> count = {};
};

/// The loss of one row of N outputs, summed in double.
template <Loss L, Scalar T, std::size_t size>
double row_loss(const L& loss, const T* y_true, const T* y_pred, Extent<size> N) {
  if constexpr (RowLoss<L>) {
    return static_cast<double>(loss.value(y_true, y_pred, N));
  } else {
    double sum = 0;
    for (std::size_t n = 0; n < N; ++n) sum += static_cast<double>(loss.value(y_true[n], y_pred[n]));
    return sum / static_cast<double>(std::size_t{N});
  }
}

/// dy (N) = scale times the gradient of `row_loss`
template <Loss L, Scalar T, std::size_t size>
void row_loss_backward(const L& loss, const T* y_true, const T* y_pred, T scale, T* dy, Extent<size> N) {
  if constexpr (RowLoss<L>) {
    loss.derivative(y_true, y_pred, dy, N);
    for (std::size_t n = 0; n < N; ++n) dy[n] *= scale;
  } else {
    const T scale_of_one = scale / static_cast<T>(std::size_t{N});
    for (std::size_t n = 0; n < N; ++n) dy[n] = scale_of_one * loss.derivative(y_true[n], y_pred[n]);
  }
}

/// The mean of the loss over all elements, accumulated in double. With weights, the loss of each row is multiplied by
/// its weight first; rows of weight 0 are not looked at. 0 where nothing counts.
///
/// y_true: (rows, `label_count`)   y_pred: (rows, N)
template <Loss L, class T, class U, std::size_t N>
double mean_loss(const L& loss, Rows<T, label_count<L, N>> y_true, Rows<U, N> y_pred,
                 RowWeights<std::remove_const_t<U>> weights = {}) {
  if constexpr (requires { loss.masks; }) {
    if (!loss.masks) return mean_loss(loss.loss, y_true, y_pred, weights);
  }
  const double count = weights.count.value_or(static_cast<double>(y_pred.count));
  if (count == 0) return 0;
  double sum = 0;
  for (std::size_t row = 0; row < y_pred.count; ++row) {
    if (weights.data == nullptr) {
      sum += row_loss(loss, y_true[row], y_pred[row], y_pred.width);
    } else if (weights.data[row] != 0) {
      sum += static_cast<double>(weights.data[row]) * row_loss(loss, y_true[row], y_pred[row], y_pred.width);
    }
  }
  return sum / count;
}

/// Overwrites dy with the gradient of `mean_loss` by y_pred.
template <Loss L, Scalar T, std::size_t N>
void mean_loss_backward(const L& loss, std::type_identity_t<Rows<const T, label_count<L, N>>> y_true,
                        std::type_identity_t<Rows<const T, N>> y_pred, Rows<T, N> dy, RowWeights<T> weights = {}) {
  if constexpr (requires { loss.masks; }) {
    if (!loss.masks) return mean_loss_backward(loss.loss, y_true, y_pred, dy, weights);
  }
  const double count = weights.count.value_or(static_cast<double>(dy.count));
  const T scale = count == 0 ? T(0) : 1 / static_cast<T>(count);
  for (std::size_t row = 0; row < dy.count; ++row) {
    if (weights.data == nullptr) {
      row_loss_backward(loss, y_true[row], y_pred[row], scale, dy[row], dy.width);
    } else if (weights.data[row] != 0) {
      row_loss_backward(loss, y_true[row], y_pred[row], weights.data[row] * scale, dy[row], dy.width);
    } else {
      std::ranges::fill(dy.row(row), T(0));
    }
  }
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI

RNNTS_LOOPS_END
