// Cases of LSTM, but for those of its sizes.

#include "golden/models.hpp"

namespace {

using namespace rnnts;
using golden::layers;
using golden::NoLoss;

template <std::size_t N> using Sequences = LSTM<N, Tanh, Sigmoid, LSTMOptions{.return_sequences = true}>;
template <std::size_t N> using Backwards = LSTM<N, Tanh, Sigmoid, LSTMOptions{.go_backwards = true}>;
template <std::size_t N> using NoBias = LSTM<N, Tanh, Sigmoid, LSTMOptions{.use_bias = false}>;

const golden::Cases cases = {
    layers<Input<1>, LSTM<8>, Dense<1>>("lstm_long"),
    layers<Input<40>, LSTM<6>, Dense<1>>("lstm_wide_input"),
    layers<Input<2>, LSTM<5, ReLU>, Dense<1>>("lstm_relu"),
    layers<Input<2>, LSTM<5, Tanh, HardSigmoid>, Dense<1>>("lstm_hard_sigmoid"),
    layers<Input<2>, Backwards<5>, Dense<1>>("lstm_backwards"),
    layers<Input<2>, NoBias<5>, Dense<1, Linear, DenseOptions{.use_bias = false}>>("lstm_no_bias"),
    layers<Input<2>, Sequences<6>, Dense<2>>("lstm_sequences"),
    layers<Input<3>, Sequences<7>, LSTM<4>, Dense<1>>("lstm_stacked"),
    layers<Input<2>, LSTM<5>, Dense<1>>("lstm_initial_state"),

    layers<Input<4>, LSTM<3>>("keras_lstm", NoLoss{}),
    layers<Input<4>, Backwards<3>>("keras_lstm_go_backwards", NoLoss{}),
    layers<Input<3>, Backwards<2>>("keras_lstm_masked_go_backwards_0", NoLoss{}),
    layers<Input<3>, Sequences<2>>("keras_lstm_masked_sequences_0", NoLoss{}),
    layers<Input<4>, NoBias<3>>("keras_lstm_no_bias", NoLoss{}),
    layers<Input<3>, LSTM<2>>("keras_lstm_initial_state", NoLoss{}),
    layers<Input<3>, Backwards<2>>("keras_lstm_initial_state_go_backwards", NoLoss{}),
    layers<Input<4>, Sequences<1>, LSTM<1>>("keras_stacked_lstm_masked_1", NoLoss{}),

    layers<Input<2>, NoBias<3>>("onnx_lstm_defaults", NoLoss{}),
    layers<Input<3>, LSTM<4>>("onnx_lstm_with_initial_bias", NoLoss{}),
};

}  // namespace
