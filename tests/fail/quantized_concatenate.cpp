// Branches have kernels that are not quantized, and must not be left out without a word.
// expect: Quantized takes Dense, recurrent layers and layers without a kernel, one after the other
#include <rnnts/rnnts.hpp>

using Net = rnnts::Sequential<float, rnnts::Input<1>, rnnts::Concatenate<rnnts::GRU<4>, rnnts::LSTM<4>>>;

auto small(const Net& net) { return rnnts::quantized<std::int8_t>(net); }
