// Cases of models without a recurrent layer.

#include "golden/models.hpp"
#include "rnnts/kernels/activation.hpp"

namespace {

using namespace rnnts;
using golden::layers;
using golden::NoLoss;

const golden::Cases cases = {
    layers<Input<2, 4>, Flatten, Dense<6, Exponential>, Dense<2>>("dense_exponential"),
    layers<Input<2, 4>, Flatten, Dense<6, LeakyReLU>, Dense<2>>("dense_leaky_relu"),
    layers<Input<2, 4>, Flatten, Dense<6>, Dense<2>>("dense_linear"),
    layers<Input<2, 4>, Flatten, Dense<6, ReLU>, Dense<2>>("dense_relu"),
    layers<Input<2, 4>, Flatten, Dense<6, Sigmoid>, Dense<2>>("dense_sigmoid"),
    layers<Input<2, 4>, Flatten, Dense<6, SiLU>, Dense<2>>("dense_silu"),
    layers<Input<2, 4>, Flatten, Dense<6, Softplus>, Dense<2>>("dense_softplus"),
    layers<Input<2, 4>, Flatten, Dense<6, Tanh>, Dense<2>>("dense_tanh"),
    layers<Input<1, 20>, Flatten, Dense<1>>("perceptron_20"),
    layers<Input<4>, Dense<1, Linear, DenseOptions{.use_bias = false}>>("keras_time_distributed_dense", NoLoss{}),
};

}  // namespace
