// expect: Cycle needs a sequence: the windows themselves, with the phase in the last input.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<2>, rnnts::GRU<4>, rnnts::Cycle<rnnts::Period{}, rnnts::Dense<4>>> model;
