// SGD: stochastic gradient descent, with momentum.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "rnnts/optimizers/learning_rate.hpp"
#include "rnnts/optimizers/optimizer.hpp"
#include "rnnts/optimizers/update_weights.hpp"

namespace rnnts::inline v0 {

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

  template <HasFields Parameters> struct State {
    Parameters velocity;
    std::uint64_t updates = 0;
  };

  template <HasFields Parameters>
  void update(Parameters& parameters, const Parameters& gradients, State<Parameters>& state) const {
    const double rate = begin_update(*this, parameters, state.updates, {{"momentum", momentum}});
    if (momentum == 0) {
      const auto formula = [rate]<Scalar T>(std::type_identity<T>) {
        return [rate = static_cast<T>(rate)](T g) { return rate * g; };
      };
      return update_weights(*this, rate, parameters, gradients, formula);
    }
    const auto formula = [rate, this]<Scalar T>(std::type_identity<T>) {
      return [rate = static_cast<T>(rate), keep = static_cast<T>(momentum), nesterov = nesterov](T g, T& v) {
        v = keep * v + rate * g;
        return nesterov ? keep * v + rate * g : v;
      };
    };
    update_weights(*this, rate, parameters, gradients, formula, state.velocity);
  }
};

}  // namespace rnnts::inline v0
