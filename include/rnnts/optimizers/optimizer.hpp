// What an optimizer is.
#pragma once

#include "rnnts/core/fields.hpp"

namespace rnnts::inline RNNTS_ABI {

/// An optimizer is a value with its options, such as the learning rate, and what it remembers of a set of
/// weights between two updates is a value too: `State<Parameters>`, value-initialized at the start. `update(parameters,
/// gradients, state)` changes the weights once.
template <class O, class Parameters>
concept Optimizer = HasFields<Parameters> &&
                    requires(const O& optimizer, Parameters& p, const Parameters& dp,
                             typename O::template State<Parameters>& state) { optimizer.update(p, dp, state); };

}  // namespace rnnts::inline RNNTS_ABI
