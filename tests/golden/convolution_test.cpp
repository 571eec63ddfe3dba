// Cases of convolutions, of pooling, of RepeatVector and of LastSteps.

#include "golden/models.hpp"
#include "rnnts/kernels/activation.hpp"

namespace {

using namespace rnnts;
using golden::layers;

constexpr Conv1DOptions causal = {.padding = Padding::causal};
constexpr Conv1DOptions causal_strided = {.padding = Padding::causal, .strides = 3};
constexpr Conv1DOptions strided = {.strides = 2};
constexpr Conv1DOptions dilated = {.dilation_rate = 2, .use_bias = false};

template <std::size_t rate>
inline constexpr Conv1DOptions causal_dilated = {.padding = Padding::causal, .dilation_rate = rate};

const golden::Cases cases = {
    layers<Input<2>, Conv1D<4, 3, Tanh>>("conv1d_valid"),
    layers<Input<2>, Conv1D<4, 3, Tanh, causal>>("conv1d_causal"),
    layers<Input<2, 10>, Conv1D<3, 3, Linear, strided>>("conv1d_strided"),
    layers<Input<2>, Conv1D<3, 3, Linear, causal_strided>>("conv1d_causal_strided"),
    layers<Input<3, 9>, Conv1D<4, 3, SiLU, dilated>>("conv1d_dilated"),
    layers<Input<3>, Conv1D<4, 2, Tanh, causal_dilated<4>>>("conv1d_causal_dilated"),
    layers<Input<1>, Conv1D<6, 3, ReLU, causal>, Conv1D<5, 2, Tanh, causal_dilated<2>>, GlobalAveragePooling1D,
           Dense<2>>("conv1d_stacked"),

    layers<Input<4>, GlobalAveragePooling1D>("global_average_pooling1d"),
    layers<Input<4>, GlobalMaxPooling1D>("global_max_pooling1d"),
    layers<Input<2>, AveragePooling1D<3>>("average_pooling1d"),
    layers<Input<2>, AveragePooling1D<3, 2>>("average_pooling1d_overlapping"),
    layers<Input<2, 7>, MaxPooling1D<>>("max_pooling1d"),
    layers<Input<2>, MaxPooling1D<3, 1>>("max_pooling1d_overlapping"),

    layers<Input<2>, GlobalAveragePooling1D, Dense<3>, RepeatVector<4>, Dense<2>>("repeat_vector"),
    layers<Input<2>, ReturnSequences<SimpleRNN<4>>, LastSteps<3>, Dense<2>>("last_steps"),
};

}  // namespace
