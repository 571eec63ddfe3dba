// expect: MaxPooling1D: the pool is longer than the sequence, so that there is no output.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1, 3>, rnnts::MaxPooling1D<4>> model;
