// AdamW: Adam with weight decay.
#pragma once

#include <string>
#include <vector>

#include "rnnts/optimizers/adam.hpp"

namespace rnnts::inline RNNTS_ABI {

/// `Adam` with a weight_decay of 0.004 unless another is given: before each update w -= learning_rate weight_decay w
/// (Loshchilov and Hutter 2017, arXiv:1711.05101). As in Keras 3, every optimizer can do that.
struct AdamW {
  LearningRate learning_rate = 1e-3;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  bool amsgrad = false;
  double weight_decay = 0.004;
  double clipnorm = 0;
  double clipvalue = 0;
  double global_clipnorm = 0;
  std::vector<std::string> exclude_from_weight_decay = {};

  template <HasFields Parameters> using State = detail::AdamState<ScalarOf<Parameters>>;

  template <HasFields Parameters>
  void update(Parameters& parameters, const Parameters& gradients, State<Parameters>& state) const {
    const auto w = detail::tensors(parameters);
    const auto g = detail::tensors(gradients);
    detail::update_adam<AdamW, ScalarOf<Parameters>>(*this, detail::visit_infos<Parameters>, w, g, state);
  }
};

}  // namespace rnnts::inline RNNTS_ABI
