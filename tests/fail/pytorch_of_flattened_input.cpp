// expect: A state_dict does not say how many features come in
#include <rnnts/io/pytorch.hpp>
#include <rnnts/rnnts.hpp>

using namespace rnnts;

const auto net = load_pytorch<Sequential<float, Input<dynamic, 4>, Flatten, Dense<>>>("net.safetensors");
