// Adam: steps of about the learning rate, whatever the scale of the gradients.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "rnnts/optimizers/optimizer.hpp"

namespace rnnts::inline v0 {

/// m += (1 - beta_1) (g - m);   v += (1 - beta_2) (g^2 - v);   w -= alpha m / (sqrt(v) + epsilon) with
/// alpha = learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t) in update t = 1, 2, …
///
/// Kingma and Ba 2014, arXiv:1412.6980, in the form that ends their section 2, which is the one of Keras:
/// epsilon is not scaled by the correction of v.
struct Adam {
  double learning_rate = 1e-3;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;

  template <HasFields Parameters> struct State {
    Parameters m, v;
    std::uint64_t updates = 0;
  };

  template <HasFields Parameters>
  void update(Parameters& parameters, const Parameters& gradients, State<Parameters>& state) const {
    const auto t = static_cast<double>(++state.updates);
    const double alpha = learning_rate * std::sqrt(1 - std::pow(beta_2, t)) / (1 - std::pow(beta_1, t));
    visit_fields([&](const FieldInfo&, auto& w, const auto& g, auto& m, auto& v) { update_tensor(alpha, w, g, m, v); },
                 parameters, gradients, state.m, state.v);
  }

 private:
  template <class Tensor>
  void update_tensor(double alpha_of_step, Tensor& weights, const Tensor& gradient, Tensor& mean,
                     Tensor& variance) const {
    using T = typename Tensor::value_type;
    const T alpha = static_cast<T>(alpha_of_step), eps = static_cast<T>(epsilon);
    const T new_mean = static_cast<T>(1 - beta_1), new_variance = static_cast<T>(1 - beta_2);
    T *const w = weights.data(), *const m = mean.data(), *const v = variance.data();
    const T* const g = gradient.data();
    for (std::size_t i = 0; i < Tensor::size; ++i) {
      m[i] += new_mean * (g[i] - m[i]);
      v[i] += new_variance * (g[i] * g[i] - v[i]);
      w[i] -= alpha * m[i] / (std::sqrt(v[i]) + eps);
    }
  }
};

}  // namespace rnnts::inline v0
