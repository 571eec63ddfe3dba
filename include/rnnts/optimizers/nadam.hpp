// Nadam: Adam with Nesterov's momentum.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "rnnts/optimizers/learning_rate.hpp"
#include "rnnts/optimizers/optimizer.hpp"
#include "rnnts/optimizers/update_weights.hpp"

namespace rnnts::inline RNNTS_ABI {

/// With b[t] = beta_1 (1 - 0.96^t / 2) and B[t] = b[1] b[2] … b[t], in update t = 1, 2, …
///
/// m and v as in `Adam`;   m̂ = b[t+1] m / (1 - B[t+1]) + (1 - b[t]) g / (1 - B[t]);   v̂ = v / (1 - beta_2^t);
/// w -= learning_rate m̂ / (sqrt(v̂) + epsilon)
///
/// Dozat 2016, "Incorporating Nesterov momentum into Adam", as in Keras 3: m itself is averaged with beta_1.
///
/// For weight decay and clipping see `update_weights`. Throws ArgumentError at the first update if an option cannot be
/// used.
struct Nadam {
  LearningRate learning_rate = 1e-3;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  double weight_decay = 0;
  double clipnorm = 0;
  double clipvalue = 0;
  double global_clipnorm = 0;
  std::vector<std::string> exclude_from_weight_decay = {};

  template <Scalar T> struct Memory {
    PerWeight<T> m, v;
    double product = 1;  ///< B[t]
    std::uint64_t updates = 0;

    static constexpr auto fields() {
      return std::tuple{Field{"m", &Memory::m}, Field{"v", &Memory::v}, Field{"product", &Memory::product},
                        Field{"updates", &Memory::updates}};
    }
  };
  template <HasFields Parameters> using State = Memory<ScalarOf<Parameters>>;

  template <HasFields Parameters>
  void update(Parameters& parameters, const Parameters& gradients, State<Parameters>& state) const {
    const double rate = begin_update<Parameters>(*this, state.updates, {{"beta_1", beta_1}, {"beta_2", beta_2}});
    const auto t = static_cast<double>(state.updates);
    state.product *= decay_of_mean(t);
    update_weights(*this, rate, parameters, gradients, step<ScalarOf<Parameters>>(rate, t, state.product), state.m,
                   state.v);
  }

 private:
  double decay_of_mean(double t) const { return beta_1 * (1 - std::pow(0.96, t) / 2); }

  /// `product` is that of b[1] to b[t].
  template <Scalar T> auto step(double rate_now, double t, double product) const {
    const double b = decay_of_mean(t), b_next = decay_of_mean(t + 1);
    const T rate_m = static_cast<T>(rate_now * b_next / (1 - product * b_next));
    const T rate_g = static_cast<T>(rate_now * (1 - b) / (1 - product));
    const T correct = static_cast<T>(1 / (1 - std::pow(beta_2, t))), eps = static_cast<T>(epsilon);
    const T new_mean = static_cast<T>(1 - beta_1), new_variance = static_cast<T>(1 - beta_2);
    return [=](T g, T& m, T& v) {
      m += new_mean * (g - m);
      v += new_variance * (g * g - v);
      return (rate_m * m + rate_g * g) / (std::sqrt(correct * v) + eps);
    };
  }
};

}  // namespace rnnts::inline RNNTS_ABI
