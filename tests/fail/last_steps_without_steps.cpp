// expect: LastSteps<0> gives no sequence: the number of steps must be at least 1.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::LastSteps<0>> model;
