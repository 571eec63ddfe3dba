// expect: The rate of Dropout must be at least 0 and below 1.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::Dropout<1.0>, rnnts::Dense<1>> model;
