// What a loss is, and its mean and gradient over a batch.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include "rnnts/core/scalar.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline v0 {

/// The loss of one number: `value(y_true, y_pred)`, and `derivative(y_true, y_pred)`, by y_pred. The loss of
/// a batch is the mean over all numbers of the output, as in Keras.
template <class L>
concept Loss = requires(const L& loss, double y) {
  { L::name } -> std::convertible_to<std::string_view>;
  { loss.value(y, y) } -> std::same_as<double>;
  { loss.derivative(y, y) } -> std::same_as<double>;
};

/// The mean of the loss over all elements, accumulated in double.   y_true, y_pred: (T,B,N)
template <Loss L, class T, class U, std::size_t N>
double mean_loss(const L& loss, Rows<T, N> y_true, Rows<U, N> y_pred) {
  double sum = 0;
  for (std::size_t i = 0; i < y_pred.size(); ++i) {
    sum += static_cast<double>(loss.value(y_true.data[i], y_pred.data[i]));
  }
  return sum / static_cast<double>(y_pred.size());
}

/// Overwrites dy with the gradient of `mean_loss` by y_pred.
template <Loss L, Scalar T, std::size_t N>
void mean_loss_backward(const L& loss, std::type_identity_t<Rows<const T, N>> y_true,
                        std::type_identity_t<Rows<const T, N>> y_pred, Rows<T, N> dy) {
  const T scale = 1 / static_cast<T>(dy.size());
  for (std::size_t i = 0; i < dy.size(); ++i) {
    dy.data[i] = scale * loss.derivative(y_true.data[i], y_pred.data[i]);
  }
}

}  // namespace rnnts::inline v0
