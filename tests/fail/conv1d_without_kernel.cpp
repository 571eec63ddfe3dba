// expect: Conv1D<N, 0> has no kernel: its size must be at least 1.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::Conv1D<4, 0>> model;
