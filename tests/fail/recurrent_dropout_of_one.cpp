// expect: The dropout rates of LSTM must be at least 0 and below 1.
#include <rnnts/rnnts.hpp>

using namespace rnnts;

Sequential<float, Input<1>, LSTM<3, Tanh, Sigmoid, LSTMOptions{.recurrent_dropout = 1}>> model;
