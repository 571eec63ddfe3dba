// expect further down: PyTorch has no module with the weights of this layer
// expect further down: PyTorch's LSTM has tanh and sigmoid as activations
// expect further down: PyTorch has no layer that only goes backwards
// expect further down: PyTorch's RNN has tanh or relu as activation
// expect further down: PyTorch's bidirectional layers concatenate
// expect further down: PyTorch's LayerNorm has no bias without a weight
#include <rnnts/io/pytorch_module.hpp>
#include <rnnts/rnnts.hpp>

using namespace rnnts;

template struct detail::TorchModuleOf<SLSTM<2>>;
template struct detail::TorchModuleOf<LSTM<2, ReLU>>;
template struct detail::TorchModuleOf<GRU<2, Tanh, Sigmoid, GRUOptions{.go_backwards = true}>>;
template struct detail::TorchModuleOf<SimpleRNN<2, Sigmoid>>;
template struct detail::TorchModuleOf<Bidirectional<GRU<2>, Merge::sum>>;
template struct detail::TorchModuleOf<LayerNormalization<LayerNormalizationOptions{.scale = false}>>;
