// expect: Quantized takes Dense, recurrent layers and layers without a kernel, one after the other
#include <rnnts/rnnts.hpp>

using Net = rnnts::Sequential<float, rnnts::Input<2>, rnnts::Cycle<rnnts::Period{}, rnnts::GRU<16>, rnnts::Dense<4>>>;

auto small(const Net& net) { return rnnts::quantized<std::int8_t>(net); }
