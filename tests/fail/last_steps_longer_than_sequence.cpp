// expect: LastSteps: the sequence is shorter than the number of its last steps that are asked for.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1, 3>, rnnts::LastSteps<4>> model;
