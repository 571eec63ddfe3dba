// expect: The pool size and the strides of AveragePooling1D must be at least 1.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::AveragePooling1D<2, 0>> model;
