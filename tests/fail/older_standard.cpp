// flags: -std=c++17
// expect: rnnts needs C++20: compile with -std=c++20
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::Dense<1>> model;
