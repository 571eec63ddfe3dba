// Adagrad: a learning rate of its own for each weight, which falls with the squares of its gradients.
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

/// sum += g^2;   w -= learning_rate g / sqrt(initial_accumulator_value + sum + epsilon)
///
/// Duchi, Hazan and Singer 2011, as in Keras 3, whose accumulator starts from its initial value; here that is added
/// where it is used, so that the sum starts from zero.
///
/// For weight decay and clipping see `update_weights`. Throws ArgumentError at the first update if an option cannot be
/// used.
struct Adagrad {
  LearningRate learning_rate = 1e-3;
  double initial_accumulator_value = 0.1;
  double epsilon = 1e-7;
  double weight_decay = 0;
  double clipnorm = 0;
  double clipvalue = 0;
  double global_clipnorm = 0;
  std::vector<std::string> exclude_from_weight_decay = {};

  template <Scalar T> struct Memory {
    PerWeight<T> sum;
    std::uint64_t updates = 0;

    static constexpr auto fields() {
      return std::tuple{Field{"sum", &Memory::sum}, Field{"updates", &Memory::updates}};
    }
  };
  template <HasFields Parameters> using State = Memory<ScalarOf<Parameters>>;

  template <HasFields Parameters>
  void update(Parameters& parameters, const Parameters& gradients, State<Parameters>& state) const {
    const double rate = begin_update<Parameters>(*this, state.updates, {});
    update_weights(*this, rate, parameters, gradients, step<ScalarOf<Parameters>>(rate), state.sum);
  }

 private:
  template <Scalar T> auto step(double rate_now) const {
    const T alpha = static_cast<T>(rate_now), offset = static_cast<T>(initial_accumulator_value + epsilon);
    return [=](T g, T& sum) {
      sum += g * g;
      return alpha * g / std::sqrt(sum + offset);
    };
  }
};

}  // namespace rnnts::inline RNNTS_ABI
