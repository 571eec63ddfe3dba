// expect: PyTorch's GRU has its reset gate behind the product
#include <rnnts/io/pytorch.hpp>
#include <rnnts/rnnts.hpp>

using namespace rnnts;

const auto net = load_pytorch<Sequential<float, Input<2>, GRU<2, Tanh, Sigmoid, GRUOptions{.reset_after = false}>>>(
    "net.safetensors");
