// Input: the shape of what a model is given.
#pragma once

#include <cstddef>

#include "rnnts/core/shape.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Sequences of `Features` numbers per step: `Input<1>` of any length, `Input<1, 20>` of 20 steps. The same chosen when
/// the program runs: `Input(1)` and `Input(1, 20)`, of the types `Input<>` and `Input<dynamic, dynamic>`.
template <std::size_t Features = dynamic, std::size_t Steps = any_steps> struct Input {
  static_assert(Features > 0, "Input<0> has no features: a step needs at least one number.");

  static constexpr Shape shape = sequence_shape(Steps, Features);

  [[no_unique_address]] detail::Extent<Features> features;
  [[no_unique_address]] detail::Extent<Steps> steps;

  constexpr Input()
    requires(Features != dynamic && Steps != dynamic)
  = default;

  constexpr explicit Input(std::size_t chosen_features)
    requires(Features == dynamic && Steps != dynamic)
      : features(chosen_features) {}
  constexpr Input(std::size_t chosen_features, std::size_t chosen_steps)
    requires(Features == dynamic && Steps == dynamic)
      : features(chosen_features), steps(chosen_steps) {}

  /// As `shape`, with what was chosen.
  constexpr Shape chosen() const { return sequence_shape(steps, features); }
};

Input(std::size_t) -> Input<dynamic>;
Input(std::size_t, std::size_t) -> Input<dynamic, dynamic>;

}  // namespace rnnts::inline RNNTS_ABI
