// expect: The layers in a Cycle end with a vector, the values after the window.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<2>, rnnts::Cycle<rnnts::Period{}, rnnts::Dense<4>>> model;
