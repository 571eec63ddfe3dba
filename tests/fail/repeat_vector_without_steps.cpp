// expect: RepeatVector<0> gives no sequence: the number of steps must be at least 1.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::LSTM<4>, rnnts::RepeatVector<0>> model;
