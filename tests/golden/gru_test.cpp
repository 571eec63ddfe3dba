// Cases of GRU, but for those of its sizes.

#include "golden/models.hpp"

namespace {

using namespace rnnts;
using golden::layers;
using golden::NoLoss;

template <std::size_t N> using Sequences = GRU<N, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>;
template <std::size_t N> using Backwards = GRU<N, Tanh, Sigmoid, GRUOptions{.go_backwards = true}>;
template <std::size_t N> using NoBias = GRU<N, Tanh, Sigmoid, GRUOptions{.use_bias = false}>;
template <std::size_t N, bool use_bias = true>
using ResetBefore = GRU<N, Tanh, Sigmoid, GRUOptions{.use_bias = use_bias, .reset_after = false}>;

const golden::Cases cases = {
    layers<Input<1>, GRU<8>, Dense<1>>("gru_long"),
    layers<Input<40>, GRU<6>, Dense<1>>("gru_wide_input"),
    layers<Input<2>, GRU<5, ReLU>, Dense<1>>("gru_relu"),
    layers<Input<2>, ResetBefore<6>, Dense<1>>("gru_reset_before"),
    layers<Input<2>, Backwards<5>, Dense<1>>("gru_backwards"),
    layers<Input<2>, NoBias<5>, Dense<1, Linear, DenseOptions{.use_bias = false}>>("gru_no_bias"),
    layers<Input<2>, Sequences<6>, Dense<2>>("gru_sequences"),
    layers<Input<3>, Sequences<7>, GRU<4>, Dense<1>>("gru_stacked"),
    layers<Input<2>, GRU<5>, Dense<1>>("gru_initial_state"),

    layers<Input<4>, GRU<3>>("keras_gru", NoLoss{}),
    layers<Input<4>, Backwards<3>>("keras_gru_go_backwards", NoLoss{}),
    layers<Input<3>, Backwards<2>>("keras_gru_masked_go_backwards_0", NoLoss{}),
    layers<Input<3>, Sequences<2>>("keras_gru_masked_sequences_0", NoLoss{}),
    layers<Input<4>, NoBias<3>>("keras_gru_no_bias", NoLoss{}),
    layers<Input<3>, GRU<2>>("keras_gru_initial_state", NoLoss{}),
    layers<Input<3>, Backwards<2>>("keras_gru_initial_state_go_backwards", NoLoss{}),

    layers<Input<2>, ResetBefore<5, false>>("onnx_gru_defaults", NoLoss{}),
    layers<Input<3>, ResetBefore<3>>("onnx_gru_with_initial_bias", NoLoss{}),
};

}  // namespace
