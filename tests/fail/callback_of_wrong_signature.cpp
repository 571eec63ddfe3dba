// expect: A callback is called with an EpochEnd<Net>&, as [](auto& end) is.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;

void train(Net& model, const std::vector<float>& series) {
  const auto print = [](int epoch, double loss) { std::printf("%d: %f\n", epoch, loss); };
  fit(model, series | views::window(3), MeanSquaredError{}, Adam{}, {.epochs = 5, .callbacks = {print}});
}
