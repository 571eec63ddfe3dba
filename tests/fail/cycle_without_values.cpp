// expect: Cycle needs values beside the phase, which is the last input of each step.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::Cycle<rnnts::Period{}, rnnts::GRU<4>>> model;
