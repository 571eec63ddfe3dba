// Input: the shape of what a model is given.
#pragma once

#include <cstddef>

#include "rnnts/core/shape.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Sequences of `Features` numbers per step: `Input<1>` of any length, `Input<1, 20>` of 20 steps.
template <std::size_t Features, std::size_t Steps = any_steps> struct Input {
  static_assert(Features > 0, "Input<0> has no features: a step needs at least one number.");

  static constexpr Shape shape = sequence_shape(Steps, Features);
};

}  // namespace rnnts::inline RNNTS_ABI
