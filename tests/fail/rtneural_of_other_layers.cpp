// expect further down: RTNeural has no such layer
// expect further down: RTNeural's GRU has tanh and sigmoid as activations, reset_after and a bias
// expect further down: RTNeural runs step by step: its Conv1D has causal padding
// expect further down: The activations of RTNeural are tanh, relu, sigmoid, softmax and elu
#include <rnnts/io/rtneural.hpp>
#include <rnnts/rnnts.hpp>

using namespace rnnts;

template struct detail::RTNeuralKindOf<SimpleRNN<2>>;
template struct detail::RTNeuralKindOf<GRU<2, Tanh, Sigmoid, GRUOptions{.reset_after = false}>>;
template struct detail::RTNeuralKindOf<Conv1D<2, 3>>;
template struct detail::RTNeuralKindOf<Dense<2, GELU>>;
