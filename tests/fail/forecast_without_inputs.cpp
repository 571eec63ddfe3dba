// One output cannot be fed back as two inputs.
// expect: forecast feeds predictions back as inputs, so that the model needs as many outputs as inputs
#include <rnnts/rnnts.hpp>

using Model = rnnts::Sequential<float, rnnts::Input<2>, rnnts::SimpleRNN<5>, rnnts::Dense<1>>;

auto forecast(const Model& model, std::vector<std::array<float, 2>>& window) {
  return rnnts::forecast(model, window, 3);
}
