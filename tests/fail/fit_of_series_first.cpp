// expect: fit takes a model, a Sequential, as its first argument.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;

void train(Net& model, const std::vector<float>& series) {
  fit(series | views::window(3), model, MeanSquaredError{}, Adam{}, {.epochs = 5});
}
