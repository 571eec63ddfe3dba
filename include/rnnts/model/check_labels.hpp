// Labels that a loss cannot take, found before they are trained with.
#pragma once

#include <cstddef>
#include <span>

#include "rnnts/core/error.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Shows each label of a batch to the loss, if that has `check_label`: column b of y is the label of sample indices[b].
///
/// Throws DataError that names the sample.
template <Loss L, Scalar T, std::size_t F>
void check_labels(const L& loss, Sequence<const T, F> y, std::span<const std::size_t> indices) {
  if constexpr (requires { loss.check_label(T()); }) {
    for (std::size_t t = 0; t < y.steps; ++t) {
      for (std::size_t b = 0; b < indices.size(); ++b) {
        if (t >= y.length(b)) continue;
        try {
          for (std::size_t f = 0; f < F; ++f) loss.check_label(y[t][b][f]);
        } catch (const DataError& error) {
          throw DataError(sentence("label ", indices[b], ", step ", t, ": ", error.what()));
        }
      }
    }
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail
