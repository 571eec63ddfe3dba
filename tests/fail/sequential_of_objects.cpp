// expect: Sequential takes the types of layers, not objects
#include <rnnts/rnnts.hpp>

using namespace rnnts;

Sequential model{Input<1>{}, SimpleRNN<5>{}, Dense<1>{}};
