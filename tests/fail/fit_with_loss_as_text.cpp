// expect: fit takes a loss by its type, such as MeanSquaredError{}, not as text.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;

void train(Net& model, const std::vector<float>& series) {
  fit(model, series | views::window(3), "mse", Adam{}, {.epochs = 5});
}
