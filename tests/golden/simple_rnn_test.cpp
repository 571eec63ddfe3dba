// Cases of SimpleRNN, but for those of its sizes.

#include "golden/models.hpp"
#include "rnnts/kernels/activation.hpp"

namespace {

using namespace rnnts;
using golden::layers;
using golden::NoLoss;

template <std::size_t N, class Act = Tanh, SimpleRNNOptions options = SimpleRNNOptions{}>
using Sequences = SimpleRNN<N, Act, SimpleRNNOptions{.return_sequences = true, .use_bias = options.use_bias}>;

template <std::size_t N> using Backwards = SimpleRNN<N, Tanh, SimpleRNNOptions{.go_backwards = true}>;

constexpr SimpleRNNOptions no_bias = {.use_bias = false};

const golden::Cases cases = {
    layers<Input<1>, SimpleRNN<1>>("rnn1_20"),
    layers<Input<1>, SimpleRNN<5>, Dense<1, Sigmoid>>("rnn5_dense_sigmoid_20_b1"),
    layers<Input<1>, SimpleRNN<5>, Dense<1, Sigmoid>>("rnn5_dense_sigmoid_20_b10"),
    layers<Input<1>, SimpleRNN<5>, Dense<1, Sigmoid>>("rnn5_dense_sigmoid_20_b64", MeanAbsoluteError{}),
    layers<Input<2>, SimpleRNN<4, Linear>, Dense<1>>("rnn_linear"),
    layers<Input<2>, SimpleRNN<5, ReLU>, Dense<1>>("rnn_relu"),
    layers<Input<2>, SimpleRNN<5, Tanh, no_bias>, Dense<1, Linear, DenseOptions{.use_bias = false}>>("rnn_no_bias"),
    layers<Input<2>, Sequences<6>, Dense<2>>("rnn_sequences"),
    layers<Input<3>, Sequences<7>, SimpleRNN<4>, Dense<1>>("rnn_stacked"),
    layers<Input<2>, Backwards<5>, Dense<1>>("rnn_backwards"),
    layers<Input<1>, SimpleRNN<8>, Dense<1>>("rnn_long"),
    layers<Input<40>, SimpleRNN<6>, Dense<1>>("rnn_wide_input"),
    layers<Input<2>, SimpleRNN<5>, Dense<1>>("rnn_initial_state"),

    layers<Input<4>, SimpleRNN<4>>("keras_simple_rnn", NoLoss{}),
    layers<Input<4>, Backwards<4>>("keras_simple_rnn_go_backwards", NoLoss{}),
    layers<Input<3>, Backwards<4>>("keras_simple_rnn_masked_go_backwards_0", NoLoss{}),
    layers<Input<3>, SimpleRNN<4>>("keras_simple_rnn_masked_0", NoLoss{}),
    layers<Input<3>, SimpleRNN<4>>("keras_simple_rnn_masked_1", NoLoss{}),
    layers<Input<3>, Sequences<2>>("keras_simple_rnn_masked_sequences_0", NoLoss{}),
    layers<Input<3>, SimpleRNN<4>>("keras_simple_rnn_initial_state", NoLoss{}),
    layers<Input<3>, Backwards<4>>("keras_simple_rnn_initial_state_go_backwards", NoLoss{}),
    layers<Input<4>, Sequences<3, Linear, no_bias>, SimpleRNN<2, Linear, no_bias>>("keras_stacked_linear", NoLoss{}),
    layers<Input<4>, Sequences<3, Linear, no_bias>, Sequences<2, Linear, no_bias>>("keras_stacked_linear_sequences",
                                                                                   NoLoss{}),

    layers<Input<2>, SimpleRNN<4, Tanh, no_bias>>("onnx_simple_rnn_defaults", NoLoss{}),
    layers<Input<3>, SimpleRNN<5>>("onnx_simple_rnn_with_initial_bias", NoLoss{}),
};

}  // namespace
