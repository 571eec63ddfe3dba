// Means and maxima over some steps of one sample, for the layers that pool.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include "rnnts/core/loops.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/tensor/view.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI::detail {

/// y (F) = mean of x[t][b] over the steps `first`, …, first + count - 1.
template <Scalar T, std::size_t F>
void mean_of_steps(std::type_identity_t<Sequence<const T, F>> x, std::size_t b, std::size_t first, std::size_t count,
                   Rows<T, F> y) {
  std::ranges::fill(y, T(0));
  for (std::size_t t = first; t < first + count; ++t) add(x[t].row(b), y);
  for (T& value : y) value /= T(count);
}

/// dx[t][b] += dy / count for these steps.   dy: (F)
template <Scalar T, std::size_t F>
void mean_of_steps_backward(std::type_identity_t<Rows<const T, F>> dy, std::size_t b, std::size_t first,
                            std::size_t count, Sequence<T, F> dx) {
  for (std::size_t t = first; t < first + count; ++t) {
    for (std::size_t f = 0; f < dx.width; ++f) dx[t][b][f] += dy.data[f] / T(count);
  }
}

/// The step of the largest x[t][b][f] among the steps `first`, …, first + count - 1; of equal ones the first.
template <Scalar T, std::size_t F>
std::size_t first_maximum(Sequence<const T, F> x, std::size_t b, std::size_t f, std::size_t first, std::size_t count) {
  std::size_t best = first;
  for (std::size_t t = first + 1; t < first + count; ++t) {
    if (x[t][b][f] > x[best][b][f]) best = t;
  }
  return best;
}

/// y (F) = maximum of x[t][b] over these steps.
template <Scalar T, std::size_t F>
void maximum_of_steps(std::type_identity_t<Sequence<const T, F>> x, std::size_t b, std::size_t first, std::size_t count,
                      Rows<T, F> y) {
  for (std::size_t f = 0; f < y.width; ++f) y.data[f] = x[first_maximum(x, b, f, first, count)][b][f];
}

/// dx[t][b] += dy where the maximum is.   dy: (F)
template <Scalar T, std::size_t F>
void maximum_of_steps_backward(std::type_identity_t<Sequence<const T, F>> x, std::type_identity_t<Rows<const T, F>> dy,
                               std::size_t b, std::size_t first, std::size_t count, Sequence<T, F> dx) {
  for (std::size_t f = 0; f < dx.width; ++f) dx[first_maximum(x, b, f, first, count)][b][f] += dy.data[f];
}

}  // namespace rnnts::inline RNNTS_ABI::detail

RNNTS_LOOPS_END
