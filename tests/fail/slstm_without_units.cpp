// expect: SLSTM<0> has no state: the number of units must be at least 1.
#include <rnnts/rnnts.hpp>

rnnts::Sequential<float, rnnts::Input<1>, rnnts::SLSTM<0>> model;
