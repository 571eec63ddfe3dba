// expect: A Sequential has one layer at least after its Input.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>> model;
