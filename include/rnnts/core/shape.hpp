// The shape of what flows between layers.
#pragma once

#include <cstddef>

#include "rnnts/core/abi.hpp"
#include "rnnts/core/extent.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Number of steps that only a run knows: `Input<3>` takes sequences of any length.
inline constexpr std::size_t any_steps = 0;

/// One sample's shape: a vector of `features` numbers, or a sequence of such vectors. Among what the compiler knows, a
/// size that the program chooses when it runs is `dynamic`.
///
/// Batches are laid out time-major, (steps, batch, features); a vector is a sequence of one step. The batch
/// size is known at run time only.
struct Shape {
  std::size_t features = 0;
  std::size_t steps = 1;     ///< `any_steps` where it is known at run time only
  bool is_sequence = false;  ///< whether the step dimension is part of the shape: (steps, features) or (features)

  friend constexpr bool operator==(const Shape&, const Shape&) = default;
};

/// Shape of a vector of `features` numbers.
constexpr Shape vector_shape(std::size_t features) { return {.features = features}; }

/// Shape of a sequence of `steps` vectors of `features` numbers.
constexpr Shape sequence_shape(std::size_t steps, std::size_t features) {
  return {.features = features, .steps = steps, .is_sequence = true};
}

}  // namespace rnnts::inline RNNTS_ABI
