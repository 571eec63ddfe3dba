// expect: In their order they are epochs, steps, batch_size, seed, validation, callbacks, threads, work_per_thread, verbose.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

using Net = Sequential<float, Input<1>, GRU<5, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>, Dense<1>>;

void train(Net& model, const std::vector<float>& series) {
  fit_stateful(model, series | views::window(1), MeanSquaredError{}, Adam{}, {.step = 5});
}
