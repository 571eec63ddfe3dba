// expect: fit does not take these options: a name is misspelt or a value of another type.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;

void train(Net& model, const std::vector<float>& series) {
  const auto history = fit(model, series | views::window(3), MeanSquaredError{}, Adam{},
                           {.epochs = 5, .validation_split = 0.2, .verbose = false});
}
