// expect: fit takes the loss before the optimizer; here they are swapped.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;

void train(Net& model, const std::vector<float>& series) {
  fit(model, series | views::window(3), Adam{}, MeanSquaredError{}, {.epochs = 5});
}
