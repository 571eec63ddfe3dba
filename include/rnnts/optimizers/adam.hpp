// Adam: steps of about the learning rate, whatever the scale of the gradients.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "rnnts/optimizers/learning_rate.hpp"
#include "rnnts/optimizers/optimizer.hpp"
#include "rnnts/optimizers/update_weights.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

template <Scalar T> struct AdamState {
  PerWeight<T> m, v;
  PerWeight<T> v_max;  ///< with amsgrad, else empty
  std::uint64_t updates = 0;

  static constexpr auto fields() {
    return std::tuple{Field{"m", &AdamState::m}, Field{"v", &AdamState::v}, Field{"v_max", &AdamState::v_max},
                      Field{"updates", &AdamState::updates}};
  }
};

/// What Adam and AdamW, which differ in their defaults alone, do to one number in update t.
template <Scalar T, class O> auto adam_step(const O& adam, double learning_rate, double t) {
  const double corrected = learning_rate * std::sqrt(1 - std::pow(adam.beta_2, t)) / (1 - std::pow(adam.beta_1, t));
  const T alpha = static_cast<T>(corrected), eps = static_cast<T>(adam.epsilon);
  const T new_mean = static_cast<T>(1 - adam.beta_1), new_variance = static_cast<T>(1 - adam.beta_2);
  return [=](T g, T& m, T& v, auto&... v_max) {
    m += new_mean * (g - m);
    v += new_variance * (g * g - v);
    T largest = v;
    ((largest = v_max = std::max(v_max, v)), ...);
    return alpha * m / (std::sqrt(largest) + eps);
  };
}

/// One update of either, the same for all sets of weights of one scalar type.
template <class O, Scalar T>
void update_adam(const O& adam, InfosVisit visit_all, Tensors<T> w, Tensors<const T> g, AdamState<T>& state) {
  const double rate = begin_update(adam, state.updates, {{"beta_1", adam.beta_1}, {"beta_2", adam.beta_2}}, visit_all);
  const auto step = adam_step<T>(adam, rate, static_cast<double>(state.updates));
  if (adam.amsgrad) {
    update_tensors(adam, rate, visit_all, step, w, g, state.m, state.v, state.v_max);
  } else {
    update_tensors(adam, rate, visit_all, step, w, g, state.m, state.v);
  }
}

}  // namespace detail

/// m += (1 - beta_1) (g - m);   v += (1 - beta_2) (g^2 - v);   w -= alpha m / (sqrt(v) + epsilon) with
/// alpha = learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t) in update t = 1, 2, …
///
/// Kingma and Ba 2014, arXiv:1412.6980, in the form that ends their section 2, which is the one of Keras:
/// epsilon is not scaled by the correction of v. With amsgrad the largest v so far takes the place of v in the step
/// (Reddi, Kale and Kumar 2018, arXiv:1904.09237).
///
/// For weight decay and clipping see `update_weights`. Throws ArgumentError at the first update if an option cannot be
/// used.
struct Adam {
  LearningRate learning_rate = 1e-3;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  bool amsgrad = false;
  double weight_decay = 0;
  double clipnorm = 0;
  double clipvalue = 0;
  double global_clipnorm = 0;
  std::vector<std::string> exclude_from_weight_decay = {};

  template <HasFields Parameters> using State = detail::AdamState<ScalarOf<Parameters>>;

  template <HasFields Parameters>
  void update(Parameters& parameters, const Parameters& gradients, State<Parameters>& state) const {
    const auto w = detail::tensors(parameters);
    const auto g = detail::tensors(gradients);
    detail::update_adam<Adam, ScalarOf<Parameters>>(*this, detail::visit_infos<Parameters>, w, g, state);
  }
};

}  // namespace rnnts::inline RNNTS_ABI
