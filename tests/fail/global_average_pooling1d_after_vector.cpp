// expect: GlobalAveragePooling1D needs a sequence, but the layer before it gives a vector: set its return_sequences.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::LSTM<4>, rnnts::GlobalAveragePooling1D> model;
