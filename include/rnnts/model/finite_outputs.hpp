// Outputs of a model that are not finite, and why.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

template <Scalar T> bool all_finite(std::span<const T> numbers) {
  return std::ranges::all_of(numbers, [](T number) { return std::isfinite(number); });
}

/// Throws Error with the name of the first weight that has a number that is not finite, if there is one.
template <class T>
[[gnu::cold]] void require_finite_weights(std::string_view function, InfosVisit visit_all, Tensors<T> weights) {
  std::size_t k = 0;
  const auto look = [&](const FieldInfo& field) {
    for (const T number : weights[k++]) {
      if (!std::isfinite(number))
        throw Error(sentence(function, ": weight \"", field.path(), "\" has a number that is not finite: ", number));
    }
  };
  visit_all(look, nullptr);
}

/// The reason why an output y is not finite: a weight, else an input, else numbers in between.
template <Scalar T, std::size_t I, std::size_t N>
[[gnu::cold]] void explain_outputs(std::string_view function, InfosVisit visit_all, Tensors<const T> weights,
                                   Sequence<const T, I> x, Sequence<T, N> y, std::size_t first) {
  require_finite_weights(function, visit_all, weights);
  for (std::size_t b = 0; b < x.batch; ++b) {
    for (std::size_t t = 0; t < x.length(b); ++t) {
      for (const T number : x[t].row(b)) {
        if (!std::isfinite(number))
          throw DataError(
              sentence(function, ": window ", first + b, ", step ", t, ": expected a finite number, found ", number));
      }
    }
  }
  for (std::size_t b = 0; b < y.batch; ++b) {
    for (std::size_t t = 0; t < y.steps; ++t) {
      if (!all_finite(std::span<const T>(y[t].row(b).begin(), y[t].row(b).end())))
        throw Error(sentence(function, ": the output for window ", first + b,
                             " is not finite, though all weights and inputs are: a number in between grew too large"));
    }
  }
}

/// Looks at the outputs `y` of a batch alone, and where one is not finite for the reason: in the weights, else in the
/// inputs `x`, the first of which is window `first`.
/// Throws Error if it is a weight or if numbers grew too large; DataError if it is an input.
template <HasFields Parameters, Scalar T, std::size_t I, std::size_t N>
void require_finite_outputs(std::string_view function, const Parameters& parameters, Sequence<const T, I> x,
                            Sequence<T, N> y, std::size_t first) {
  if (all_finite(std::span<const T>(y.rows().begin(), y.rows().end()))) return;
  const auto weights = tensors<T>(parameters);
  explain_outputs<T, I, N>(function, visit_infos<Parameters>, weights, x, y, first);
}

}  // namespace rnnts::inline RNNTS_ABI::detail
