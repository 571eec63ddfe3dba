// expect: Dense<0> has no outputs: the number of units must be at least 1.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::Dense<0>> model;
