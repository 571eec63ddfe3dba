// RMSprop: the gradient divided by the root of the mean of its squares.
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

/// v = rho v + (1 - rho) g^2;   s = learning_rate g / sqrt(v + epsilon);   w -= s, or with momentum
/// u = momentum u + s;   w -= u
///
/// With centered, m = rho m + (1 - rho) g, and the root is that of v - m^2 + epsilon, an estimate of the variance
/// (Graves 2013, arXiv:1308.0850). Tieleman and Hinton 2012, lecture 6.5 of "Neural Networks for Machine Learning", in
/// the form of Keras 3: epsilon stands under the root.
///
/// For weight decay and clipping see `update_weights`. Throws ArgumentError at the first update if an option cannot be
/// used.
struct RMSprop {
  LearningRate learning_rate = 1e-3;
  double rho = 0.9;
  double momentum = 0;
  double epsilon = 1e-7;
  bool centered = false;
  double weight_decay = 0;
  double clipnorm = 0;
  double clipvalue = 0;
  double global_clipnorm = 0;
  std::vector<std::string> exclude_from_weight_decay = {};

  template <Scalar T> struct Memory {
    PerWeight<T> v;
    PerWeight<T> m;         ///< with centered, else zero
    PerWeight<T> velocity;  ///< u, with momentum, else zero
    std::uint64_t updates = 0;

    static constexpr auto fields() {
      return std::tuple{Field{"v", &Memory::v}, Field{"m", &Memory::m}, Field{"velocity", &Memory::velocity},
                        Field{"updates", &Memory::updates}};
    }
  };
  template <HasFields Parameters> using State = Memory<ScalarOf<Parameters>>;

  template <HasFields Parameters>
  void update(Parameters& parameters, const Parameters& gradients, State<Parameters>& state) const {
    const double rate = begin_update<Parameters>(*this, state.updates, {{"rho", rho}, {"momentum", momentum}});
    update_weights(*this, rate, parameters, gradients, step<ScalarOf<Parameters>>(rate), state.v, state.m,
                   state.velocity);
  }

 private:
  template <Scalar T> auto step(double rate_now) const {
    const T alpha = static_cast<T>(rate_now), eps = static_cast<T>(epsilon);
    const T keep = static_cast<T>(rho), add = static_cast<T>(1 - rho), keep_velocity = static_cast<T>(momentum);
    return [=, centered = centered](T g, T& v, T& m, T& u) {
      v = keep * v + add * g * g;
      T variance = v;
      if (centered) {
        m = keep * m + add * g;
        variance = std::max(v - m * m, T(0));  // rounding may take it below 0
      }
      const T step = alpha * g / std::sqrt(variance + eps);
      if (keep_velocity == 0) return step;
      u = keep_velocity * u + step;
      return u;
    };
  }
};

}  // namespace rnnts::inline RNNTS_ABI
