// Cases of Bidirectional, around each recurrent layer.

#include "golden/models.hpp"

namespace {

using namespace rnnts;
using golden::layers;
using golden::NoLoss;

template <std::size_t N> using SimpleRNNSequences = SimpleRNN<N, Tanh, SimpleRNNOptions{.return_sequences = true}>;
template <std::size_t N> using GRUSequences = GRU<N, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>;
template <std::size_t N> using LSTMSequences = LSTM<N, Tanh, Sigmoid, LSTMOptions{.return_sequences = true}>;

template <class Wrapped> using Average = Bidirectional<Wrapped, Merge::ave>;
template <class Wrapped> using Sum = Bidirectional<Wrapped, Merge::sum>;

const golden::Cases cases = {
    layers<Input<2>, Bidirectional<SimpleRNNSequences<4>>, Dense<2>>("rnn_bidirectional_concat"),
    layers<Input<2>, Average<SimpleRNNSequences<4>>, Dense<2>>("rnn_bidirectional_ave"),
    layers<Input<2>, Bidirectional<GRUSequences<4>>, Dense<2>>("gru_bidirectional_concat"),
    layers<Input<2>, Average<GRUSequences<4>>, Dense<2>>("gru_bidirectional_ave"),
    layers<Input<2>, Bidirectional<LSTMSequences<4>>, Dense<2>>("lstm_bidirectional_concat"),
    layers<Input<2>, Average<LSTMSequences<4>>, Dense<2>>("lstm_bidirectional_ave"),

    layers<Input<4>, Bidirectional<SimpleRNN<2>>>("keras_bidirectional_concat", NoLoss{}),
    layers<Input<4>, Average<SimpleRNN<2>>>("keras_bidirectional_ave", NoLoss{}),
    layers<Input<4>, Sum<GRUSequences<2>>>("keras_bidirectional_gru_sum_sequences", NoLoss{}),
    layers<Input<3>, Bidirectional<GRU<2>>>("keras_bidirectional_gru_masked_1", NoLoss{}),
    layers<Input<3>, Bidirectional<LSTM<2>>>("keras_bidirectional_lstm_final_states", NoLoss{}),
};

}  // namespace
