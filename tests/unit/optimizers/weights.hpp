// Weights to optimize.
#pragma once

#include <array>

#include "rnnts/core/fields.hpp"
#include "rnnts/tensor/tensor.hpp"

struct Weights {
  rnnts::Tensor<double, 2> w;

  static constexpr auto fields() { return std::tuple{rnnts::Field{"w", &Weights::w}}; }
};

/// Weights of the given values.
inline Weights weights(double a, double b) {
  Weights result;
  result.w(0) = a;
  result.w(1) = b;
  return result;
}

/// The gradient of w0^2 / 2 + 5 w1^2.
inline Weights gradient_of_bowl(const Weights& at) { return weights(at.w(0), 10 * at.w(1)); }

/// Four gradients of `Weights`. What an optimizer makes of them from (1, -3), in double, Keras 3.15.1 says too:
///
///     w = keras.Variable(numpy.array([1.0, -3.0]), dtype="float64")
///     for g in gradients: optimizer.apply([numpy.array(g)], [w])        # KERAS_BACKEND=jax, JAX_ENABLE_X64=1
inline const std::array four_gradients{weights(0.5, -2), weights(0.25, 1), weights(-1.5, 0.75), weights(0.125, -0.5)};

template <class O> Weights after_four_updates(const O& optimizer) {
  Weights w = weights(1, -3);
  typename O::template State<Weights> state;
  for (const auto& g : four_gradients) optimizer.update(w, g, state);
  return w;
}
