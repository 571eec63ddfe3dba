// expect: The pool size and the strides of MaxPooling1D must be at least 1.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::MaxPooling1D<2, 0>> model;
