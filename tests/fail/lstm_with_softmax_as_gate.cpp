// expect: The activations of LSTM are functions of one number, as Tanh is; Softmax is one of a whole row.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

Sequential<float, Input<1>, LSTM<4, Tanh, Softmax>, Dense<1>> model;
