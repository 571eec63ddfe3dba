// Samples that stand in tensors already.
#pragma once

#include <cstddef>
#include <ranges>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/series/tensor_view.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// Sample b of a tensor, as a range that reads its numbers from there: (N) of (B,N), or rows of (B,T,N).
template <TensorExpression E> auto sample_of(const E& tensor, std::size_t b) {
  const auto numbers = [](std::size_t count, auto at) {
    return std::views::iota(std::size_t{0}, count) | std::views::transform(at);
  };
  const auto extent = [&tensor](std::size_t dimension) { return static_cast<std::size_t>(tensor.shape()[dimension]); };
  if constexpr (rank_of<E> == 2) {
    return numbers(extent(1), [&tensor, b](std::size_t n) { return tensor(b, n); });
  } else {
    return numbers(extent(1), [&tensor, b, numbers, features = extent(2)](std::size_t t) {
      return numbers(features, [&tensor, b, t](std::size_t n) { return tensor(b, t, n); });
    });
  }
}

}  // namespace detail

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
  return std::views::iota(std::size_t{0}, static_cast<std::size_t>(x.shape()[0])) |
         std::views::transform(
             [&x, &y](std::size_t b) { return std::pair{detail::sample_of(x, b), detail::sample_of(y, b)}; });
}

template <detail::TensorExpression X, detail::TensorExpression Y> auto tensor_samples(const X&& x, const Y& y) = delete;
template <detail::TensorExpression X, detail::TensorExpression Y> auto tensor_samples(const X& x, const Y&& y) = delete;
template <detail::TensorExpression X, detail::TensorExpression Y>
auto tensor_samples(const X&& x, const Y&& y) = delete;

}  // namespace rnnts::inline RNNTS_ABI
