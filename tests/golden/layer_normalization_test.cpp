// Cases of LayerNormalization.

#include "golden/models.hpp"

namespace {

using namespace rnnts;
using golden::layers;

constexpr LayerNormalizationOptions epsilon = {.epsilon = 0.1, .center = false};
constexpr LayerNormalizationOptions no_scale = {.scale = false};

const golden::Cases cases = {
    layers<Input<5>, LayerNormalization<>, Dense<2>>("layer_normalization"),
    layers<Input<5>, LayerNormalization<epsilon>, Dense<2>>("layer_normalization_epsilon"),
    layers<Input<5>, LayerNormalization<no_scale>, Dense<2>>("layer_normalization_no_scale"),
};

}  // namespace
