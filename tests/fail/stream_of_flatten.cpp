// Flatten needs a whole window, a stream has single steps.
// expect: Stream needs layers that run step by step; Flatten, pooling, convolutions that are not causal, and what reads backwards need a whole window.
#include <rnnts/rnnts.hpp>

using Perceptron = rnnts::Sequential<float, rnnts::Input<1, 20>, rnnts::Flatten, rnnts::Dense<1>>;

auto stream(const Perceptron& model) { return rnnts::Stream(model); }
