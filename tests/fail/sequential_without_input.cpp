// expect: The second argument of Sequential is the shape of what goes in, such as Input<1> for one number per step
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::SimpleRNN<5>, rnnts::Dense<1>> model;
