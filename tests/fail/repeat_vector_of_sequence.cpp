// expect: RepeatVector needs a vector, but the layer before it gives a sequence: leave out its return_sequences, or write LastStep between them.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::RepeatVector<3>> model;
