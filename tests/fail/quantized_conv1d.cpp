// A convolution has a kernel that is not quantized, and must not be left out without a word.
// expect: Quantized takes Dense, recurrent layers and layers without a kernel, one after the other
#include <rnnts/rnnts.hpp>

using Net = rnnts::Sequential<float, rnnts::Input<1>, rnnts::Conv1D<4, 3>, rnnts::LastStep, rnnts::Dense<1>>;

auto small(const Net& net) { return rnnts::quantized<std::int8_t>(net); }
