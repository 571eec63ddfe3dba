// expect: The activations and options of a layer are template arguments: Dense<1, Sigmoid>
// expect: Dense<dynamic, Sigmoid>(units)
#include <rnnts/rnnts.hpp>

using namespace rnnts;

const auto model = sequential<float>(Input(1), SimpleRNN(5), Dense(1, Sigmoid{}));
