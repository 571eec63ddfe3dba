// expect: LastSteps needs a sequence, but the layer before it gives a vector
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::LSTM<4>, rnnts::LastSteps<3>> model;
