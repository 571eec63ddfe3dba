// expect: The activations of GRU are functions of one number, as Tanh is; Softmax is one of a whole row.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

Sequential<float, Input<1>, GRU<4, Softmax>, Dense<1>> model;
