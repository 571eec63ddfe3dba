// expect: fit takes an optimizer, such as Adam{}, as its fourth argument.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;

void train(Net& model, const std::vector<float>& series) {
  fit(model, series | views::window(3), MeanSquaredError{}, 1e-3, {.epochs = 5});
}
