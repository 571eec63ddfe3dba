// expect: The loss needs another number of outputs than the model has: two for each label of GaussianNegativeLogLikelihood
#include <rnnts/rnnts.hpp>

using namespace rnnts;

void train(Sequential<float, Input<1>, GRU<3>, Dense<1>>& model, const std::vector<float>& series) {
  fit(model, series | views::window(5), GaussianNegativeLogLikelihood{}, Adam{});
}
