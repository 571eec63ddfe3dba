// expect: fit trains the model that it is given, which must not be a temporary
#include <rnnts/rnnts.hpp>

using namespace rnnts;

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;

void train(const std::vector<float>& series) {
  fit(Net{seed(7)}, series | views::window(3), MeanSquaredError{}, Adam{}, {.epochs = 5});
}
