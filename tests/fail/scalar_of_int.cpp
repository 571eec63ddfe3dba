// expect: The first argument of Sequential is the type of its numbers, float or double
#include <rnnts/rnnts.hpp>

rnnts::Sequential<int, rnnts::Input<1>, rnnts::Dense<1>> model;
