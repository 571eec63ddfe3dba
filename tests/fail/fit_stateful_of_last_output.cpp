// expect: fit_stateful needs a model that gives an output for every step: set return_sequences of its layers.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

void train(Sequential<float, Input<1>, GRU<3>, Dense<1>>& model, const std::vector<float>& series) {
  fit_stateful(model, series | views::window(1), MeanSquaredError{}, Adam{});
}
