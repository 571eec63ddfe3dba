// Weights to optimize.
#pragma once

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
