// expect: The branches of Concatenate and Add must give the same kind of output: all vectors, or all sequences of as many steps.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::Concatenate<rnnts::Dense<2>, rnnts::GRU<3>>> model;
