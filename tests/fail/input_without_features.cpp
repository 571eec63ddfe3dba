// expect: Input<0> has no features: a step needs at least one number.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<0>, rnnts::SimpleRNN<5>> model;
