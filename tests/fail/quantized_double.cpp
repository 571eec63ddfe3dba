// What a quantized net computes in is float.
// expect: Quantized computes in float
#include <rnnts/rnnts.hpp>

using Net = rnnts::Sequential<double, rnnts::Input<1>, rnnts::GRU<8>, rnnts::Dense<1>>;

auto small(const Net& net) { return rnnts::quantized<std::int8_t>(net); }
