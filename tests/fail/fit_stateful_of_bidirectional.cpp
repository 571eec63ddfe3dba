// expect: fit_stateful needs layers that carry their state from one sequence to the next
#include <rnnts/rnnts.hpp>

using namespace rnnts;

using Every = GRU<3, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>;

void train(Sequential<float, Input<1>, Bidirectional<Every>, Dense<1>>& model, const std::vector<float>& series) {
  fit_stateful(model, series | views::window(1), MeanSquaredError{}, Adam{});
}
