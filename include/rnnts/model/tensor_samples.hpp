// Samples that stand in tensors already.
#pragma once

#include <cstddef>
#include <ranges>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/series/tensor_view.hpp"

namespace rnnts::inline v0 {

/// A range of (window, label) pairs from tensors, as `fit` and `evaluate` take it: x (B,T,I) holds the windows, y (B,N)
/// their labels, or (B,T,N) a label per step. Refers to both tensors.
///
///     fit(model, tensor_samples(x, y), MeanSquaredError{}, Adam{});
///
/// Throws ShapeError if x and y hold another number of samples.
template <detail::TensorExpression X, detail::TensorExpression Y> auto tensor_samples(const X& x, const Y& y) {
  static_assert(detail::rank_of<X> == 3 && (detail::rank_of<Y> == 2 || detail::rank_of<Y> == 3),
                "tensor_samples takes windows (batch, steps, features) and labels (batch, outputs) or (batch, steps, "
                "outputs), as tensors whose rank is known to the compiler.");
  if (x.shape()[0] != y.shape()[0]) {
    throw ShapeError(detail::sentence("tensor_samples: expected as many labels as windows, found the shapes ",
                                      detail::shape_text(x.shape()), " and ", detail::shape_text(y.shape())));
  }
  const auto matrix = [](const auto& tensor, std::size_t b) {
    return std::views::iota(std::size_t{0}, static_cast<std::size_t>(tensor.shape()[1])) |
           std::views::transform([&tensor, b](std::size_t t) {
             return std::views::iota(std::size_t{0}, static_cast<std::size_t>(tensor.shape()[2])) |
                    std::views::transform([&tensor, b, t](std::size_t i) { return tensor(b, t, i); });
           });
  };
  const auto row = [](const auto& tensor, std::size_t b) {
    return std::views::iota(std::size_t{0}, static_cast<std::size_t>(tensor.shape()[1])) |
           std::views::transform([&tensor, b](std::size_t n) { return tensor(b, n); });
  };
  return std::views::iota(std::size_t{0}, static_cast<std::size_t>(x.shape()[0])) |
         std::views::transform([&x, &y, matrix, row](std::size_t b) {
           if constexpr (detail::rank_of<Y> == 3) {
             return std::pair{matrix(x, b), matrix(y, b)};
           } else {
             return std::pair{matrix(x, b), row(y, b)};
           }
         });
}

template <detail::TensorExpression X, detail::TensorExpression Y> auto tensor_samples(const X&& x, const Y& y) = delete;
template <detail::TensorExpression X, detail::TensorExpression Y> auto tensor_samples(const X& x, const Y&& y) = delete;
template <detail::TensorExpression X, detail::TensorExpression Y>
auto tensor_samples(const X&& x, const Y&& y) = delete;

}  // namespace rnnts::inline v0
