// expect: Conv1D<0, K> has no outputs: the number of filters must be at least 1.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::Conv1D<0, 3>> model;
