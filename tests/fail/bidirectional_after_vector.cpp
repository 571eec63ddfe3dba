// expect: Bidirectional needs a sequence, but the layer before it gives a vector: set its return_sequences.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

Sequential<float, Input<1>, GRU<3>, Bidirectional<GRU<3>>> model;
