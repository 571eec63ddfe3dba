// expect: A callback is called with an EpochEnd<Net>&, as [](auto& end) is.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;

void train(Net& model, const std::vector<float>& series) {
  const auto stop = [](EpochEnd<Sequential<double, Input<1>, Dense<1>>>& end) { end.stop = end.loss < 0.1; };
  fit(model, series | views::window(3), MeanSquaredError{}, Adam{}, {.epochs = 5, .callbacks = {stop}});
}
