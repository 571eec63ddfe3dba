// expect: SimpleRNN<0> has no state: the number of units must be at least 1.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::SimpleRNN<0>> model;
