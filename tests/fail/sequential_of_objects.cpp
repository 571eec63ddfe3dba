// expect: Sequential takes the types of layers, not objects
// expect: Of objects, a model is made by sequential<float>(Input(1), SimpleRNN(5), Dense(1)).
#include <rnnts/rnnts.hpp>

using namespace rnnts;

Sequential model{Input<1>{}, SimpleRNN<5>{}, Dense<1>{}};
