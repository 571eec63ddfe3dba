// What a net has to multiply and add, counted from its shape: the matrix products. Activations, biases, the loss and
// the optimizer come on top.
#pragma once

#include <cstddef>

namespace bench {

/// A recurrent layer and Dense(1) on its last state. `gates` is how many numbers per unit a step computes.
struct RecurrentSizes {
  std::size_t gates, inputs, units, steps, batch;
};

constexpr std::size_t recurrence_multiply_adds(const RecurrentSizes& s) {
  return s.batch * (s.steps - 1) * s.units * s.gates * s.units;  // h[-1] = 0 costs nothing
}

constexpr std::size_t forward_multiply_adds(const RecurrentSizes& s) {
  const std::size_t input = s.batch * s.steps * s.inputs * s.gates * s.units, dense = s.batch * s.units;
  return input + recurrence_multiply_adds(s) + dense;
}

/// The forward pass, as much again for the gradients by the weights, and those by states and by the input of Dense.
constexpr std::size_t backward_multiply_adds(const RecurrentSizes& s) {
  return 2 * forward_multiply_adds(s) + recurrence_multiply_adds(s) + s.batch * s.units;
}

}  // namespace bench
