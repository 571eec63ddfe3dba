// expect: gradcheck needs double: differences of floats are too coarse.
#include <rnnts/rnnts.hpp>

auto result = rnnts::gradcheck<rnnts::Sequential<float, rnnts::Input<1>, rnnts::Dense<1>>>();
