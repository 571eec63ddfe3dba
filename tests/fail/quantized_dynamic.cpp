// A quantized net is for streams of sizes that the compiler knows.
// expect: Quantized needs sizes that are template arguments
#include <rnnts/rnnts.hpp>

using Net = rnnts::Sequential<float, rnnts::Input<>, rnnts::GRU<>, rnnts::Dense<1>>;

auto small(const Net& net) { return rnnts::quantized<std::int8_t>(net); }
