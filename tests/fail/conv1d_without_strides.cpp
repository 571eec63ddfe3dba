// expect: The strides and the dilation_rate of Conv1D must be at least 1.
#include <rnnts/rnnts.hpp>

constexpr rnnts::Conv1DOptions nowhere{.strides = 0};

rnnts::Sequential<float, rnnts::Input<1>, rnnts::Conv1D<4, 3, rnnts::Linear, nowhere>> model;
