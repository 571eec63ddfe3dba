// How often a window fits into a sequence that it moves over: the output steps of convolutions and of pooling.
#pragma once

#include <cstddef>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/core/shape.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Throws ShapeError if a sequence has fewer steps than `span`; `layer` names who says so.
constexpr void require_steps(std::string_view layer, std::size_t steps, std::size_t span) {
  if (steps < span) raise(ShapeError(sentence(layer, ": expected at least ", span, " steps, found ", steps)));
}

/// floor((steps - span) / stride) + 1, for a window of `span` steps that moves by `stride`.
///
/// Throws ShapeError if the window is longer than the sequence; `layer` names who says so.
constexpr std::size_t sliding_steps(std::string_view layer, std::size_t steps, std::size_t span, std::size_t stride) {
  require_steps(layer, steps, span);
  return (steps - span) / stride + 1;
}

/// Whether such a window fits into sequences of this shape, as far as the compiler knows their steps.
constexpr bool fits_into(Shape input, std::size_t span) { return input.steps == any_steps || input.steps >= span; }

/// The shape of the outputs: `features` numbers for every position; unknown steps stay unknown.
constexpr Shape sliding_shape(Shape input, std::size_t features, std::size_t span, std::size_t stride) {
  const bool is_known = input.steps != any_steps && input.steps != dynamic && fits_into(input, span);
  return sequence_shape(is_known ? (input.steps - span) / stride + 1 : input.steps, features);
}

}  // namespace rnnts::inline RNNTS_ABI::detail
