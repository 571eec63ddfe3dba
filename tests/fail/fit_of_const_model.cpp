// expect: fit changes the weights of the model, which is const here.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;

void train(const Net& model, const std::vector<float>& series) {
  fit(model, series | views::window(3), MeanSquaredError{}, Adam{}, {.epochs = 5});
}
