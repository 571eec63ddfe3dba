// The penalty of all weights together, as the regularizers of their fields say, and its gradient.
#pragma once

#include <cmath>
#include <cstddef>
#include <type_traits>

#include "rnnts/core/fields.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Σ over all fields of l1 Σ|w| + l2 Σ w², summed in double.
template <HasFields Parameters> double penalty(const Parameters& parameters) {
  double sum = 0;
  if constexpr (is_regularized<Parameters>()) {
    visit_fields(
        [&](const FieldInfo& field, const auto& weights) {
          if (field.regularizer.is_none()) return;
          double absolute = 0, squared = 0;
          for (const auto weight : weights) {
            const auto w = static_cast<double>(weight);
            absolute += std::abs(w);
            squared += w * w;
          }
          sum += field.regularizer.l1 * absolute + field.regularizer.l2 * squared;
        },
        parameters);
  }
  return sum;
}

/// Adds the gradient of `penalty`, l1 sign w + 2 l2 w, to `gradients`.
template <HasFields Parameters> void add_penalty_gradient(const Parameters& parameters, Parameters& gradients) {
  if constexpr (is_regularized<Parameters>()) {
    visit_fields(
        [](const FieldInfo& field, const auto& weights, auto& gradient) {
          if (field.regularizer.is_none()) return;
          using T = typename std::remove_cvref_t<decltype(weights)>::value_type;
          const T l1 = static_cast<T>(field.regularizer.l1), twice_l2 = static_cast<T>(2 * field.regularizer.l2);
          const T* const w = weights.data();
          T* const dw = gradient.data();
          for (std::size_t i = 0; i < weights.size(); ++i) {
            const T sign = static_cast<T>((w[i] > 0) - (w[i] < 0));
            dw[i] += l1 * sign + twice_l2 * w[i];
          }
        },
        parameters, gradients);
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail
