// expect: The units of a layer are a template argument: Dense<1>, not Dense(1).
#include <rnnts/rnnts.hpp>

using namespace rnnts;

Sequential<float, Input<1>, SimpleRNN(5), Dense(1)> model;
