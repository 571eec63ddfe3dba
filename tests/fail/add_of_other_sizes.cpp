// expect: The branches of Add must have the same number of outputs.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::Add<rnnts::Dense<2>, rnnts::Dense<3>>> model;
