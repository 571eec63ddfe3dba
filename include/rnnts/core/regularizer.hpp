// Regularizers: a penalty on large weights, added to the loss. Keras' regularizers, by Keras' names.
#pragma once

#include "rnnts/core/error.hpp"

namespace rnnts::inline RNNTS_ABI {

/// The penalty l1 Σ|w| + l2 Σ w² of one weight. A value, so that it can be a template argument:
/// `Dense<8, ReLU, DenseOptions{.kernel_regularizer = L2(1e-4)}>`.
struct Regularizer {
  double l1 = 0;
  double l2 = 0;

  constexpr bool is_none() const { return l1 == 0 && l2 == 0; }
};

/// Both penalties. Throws ArgumentError if one is negative, which in a template argument does not compile.
constexpr Regularizer L1L2(double l1, double l2) {
  if (!(l1 >= 0 && l2 >= 0)) {
    detail::raise(ArgumentError(
        detail::sentence("regularizer: expected factors of at least 0, found l1 = ", l1, " and l2 = ", l2)));
  }
  return {.l1 = l1, .l2 = l2};
}
/// l1 Σ|w|: drives weights to exactly zero (Tibshirani 1996). Its gradient is l1 sign w, and 0 at 0.
constexpr Regularizer L1(double l1 = 0.01) { return L1L2(l1, 0); }
/// l2 Σ w²: keeps weights small (ridge regression, Hoerl and Kennard 1970). Its gradient is 2 l2 w.
constexpr Regularizer L2(double l2 = 0.01) { return L1L2(0, l2); }

}  // namespace rnnts::inline RNNTS_ABI
