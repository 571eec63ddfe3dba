// SGD: stochastic gradient descent, with momentum.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "rnnts/optimizers/learning_rate.hpp"
#include "rnnts/optimizers/optimizer.hpp"
#include "rnnts/optimizers/update_weights.hpp"

namespace rnnts::inline RNNTS_ABI {

/// w -= learning_rate g; with momentum v = momentum v + learning_rate g; w -= v, or with nesterov
/// w -= momentum v + learning_rate g. As in Keras 3, where v has the other sign.
///
/// For weight decay and clipping see `update_weights`. Throws ArgumentError at the first update if an option cannot be
/// used.
struct SGD {
  LearningRate learning_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;
  double weight_decay = 0;
  double clipnorm = 0;
  double clipvalue = 0;
  double global_clipnorm = 0;
  std::vector<std::string> exclude_from_weight_decay = {};

  template <Scalar T> struct Memory {
    PerWeight<T> velocity;  ///< v, with momentum, else empty
    std::uint64_t updates = 0;

    static constexpr auto fields() {
      return std::tuple{Field{"velocity", &Memory::velocity}, Field{"updates", &Memory::updates}};
    }
  };
  template <HasFields Parameters> using State = Memory<ScalarOf<Parameters>>;

  template <HasFields Parameters>
  void update(Parameters& parameters, const Parameters& gradients, State<Parameters>& state) const {
    using T = ScalarOf<Parameters>;
    const double rate = begin_update<Parameters>(*this, state.updates, {{"momentum", momentum}});
    if (momentum == 0) {
      update_weights(*this, rate, parameters, gradients, plain_step<T>(rate));
    } else {
      update_weights(*this, rate, parameters, gradients, momentum_step<T>(rate), state.velocity);
    }
  }

 private:
  template <Scalar T> static auto plain_step(double rate_now) {
    return [rate = static_cast<T>(rate_now)](T g) { return rate * g; };
  }

  template <Scalar T> auto momentum_step(double rate_now) const {
    const T rate = static_cast<T>(rate_now), keep = static_cast<T>(momentum);
    return [=, nesterov = nesterov](T g, T& v) {
      v = keep * v + rate * g;
      return nesterov ? keep * v + rate * g : v;
    };
  }
};

}  // namespace rnnts::inline RNNTS_ABI
