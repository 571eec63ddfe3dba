// expect: What follows the Input of a Sequential are layers, such as Dense<1>.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::Dense<5>, rnnts::Tanh, rnnts::Dense<1>> model;
