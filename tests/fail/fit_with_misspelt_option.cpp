// expect: fit does not take these options: a name is misspelt or a value of another type.
// expect: In their order they are epochs, batch_size, shuffle, seed, validation, sample_weights, callbacks, threads, work_per_thread, verbose, ranks, initial_states.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>;

void train(Net& model, const std::vector<float>& series) {
  fit(model, series | views::window(3), MeanSquaredError{}, Adam{}, {.epoch = 5});
}
