// A stream refers to its model, which would be gone before the first step.
// expect: deleted
// expect: stream.hpp
#include <rnnts/rnnts.hpp>

using Net = rnnts::Sequential<float, rnnts::Input<1>, rnnts::Dense<1>>;

rnnts::Stream stream(rnnts::load<Net>("net.rnnts"));
