// expect: Scalar
#include <rnnts/rnnts.hpp>

rnnts::Sequential<int, rnnts::Input<1>, rnnts::Dense<1>> model;
