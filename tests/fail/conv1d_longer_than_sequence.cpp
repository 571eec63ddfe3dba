// expect: Conv1D: the kernel is longer than the sequence, so that there is no output: (kernel size - 1) * dilation_rate + 1 must be at most the number of steps, or the padding causal.
#include <rnnts/rnnts.hpp>

constexpr rnnts::Conv1DOptions wide{.dilation_rate = 10};

rnnts::Sequential<float, rnnts::Input<1, 20>, rnnts::Conv1D<4, 3, rnnts::Linear, wide>> model;
