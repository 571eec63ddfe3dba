// expect: SLSTM needs a sequence, but the layer before it gives a vector: set its return_sequences.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::SLSTM<2>, rnnts::SLSTM<2>> model;
