// SGD: stochastic gradient descent, with momentum.
#pragma once

#include <cstddef>

#include "rnnts/optimizers/optimizer.hpp"

namespace rnnts::inline v0 {

/// v = momentum v - learning_rate g;   w += v, or with nesterov w += momentum v - learning_rate g. As in
/// Keras 3.
struct SGD {
  double learning_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;

  template <HasFields Parameters> struct State {
    Parameters velocity;
  };

  template <HasFields Parameters>
  void update(Parameters& parameters, const Parameters& gradients, State<Parameters>& state) const {
    visit_fields([this](const FieldInfo&, auto& w, const auto& g, auto& v) { this->update_tensor(w, g, v); },
                 parameters, gradients, state.velocity);
  }

 private:
  template <class Tensor> void update_tensor(Tensor& weights, const Tensor& gradient, Tensor& velocity) const {
    using T = typename Tensor::value_type;
    const T rate = static_cast<T>(learning_rate), keep = static_cast<T>(momentum);
    T *const w = weights.data(), *const v = velocity.data();
    const T* const g = gradient.data();
    for (std::size_t i = 0; i < Tensor::size; ++i) {
      v[i] = keep * v[i] - rate * g[i];
      w[i] += nesterov ? keep * v[i] - rate * g[i] : v[i];
    }
  }
};

}  // namespace rnnts::inline v0
