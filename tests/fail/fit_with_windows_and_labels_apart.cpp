// expect: fit takes windows and labels as one range of pairs, as series | views::window(look_back) is, or
// tensor_samples(x, y) of two tensors
#include <rnnts/rnnts.hpp>

using namespace rnnts;

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;

void train(Net& model, const std::vector<std::vector<float>>& x, const std::vector<float>& y) {
  fit(model, x, y, MeanSquaredError{}, Adam{}, {.epochs = 5});
}
