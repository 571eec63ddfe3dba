// The first SimpleRNN gives its last state only, a vector of 5.
// expect: SimpleRNN needs a sequence, but the layer before it gives a vector: set its return_sequences.
// expect: Shape{5, 1, false}
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::SimpleRNN<5>, rnnts::SimpleRNN<3>> model;
