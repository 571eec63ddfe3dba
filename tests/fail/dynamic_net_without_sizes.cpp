// expect: Some sizes of this net are chosen when the program runs, and so it is made of its layers as objects
// expect: auto net = sequential<float>(Input(3), GRU(32), Dense(14))
#include <rnnts/rnnts.hpp>

using namespace rnnts;

Sequential<float, Input<>, GRU<>, Dense<>> net;
