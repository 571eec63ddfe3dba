// expect: The epsilon of LayerNormalization must be above 0.
#include <rnnts/rnnts.hpp>

constexpr rnnts::LayerNormalizationOptions none{.epsilon = 0};

rnnts::Sequential<float, rnnts::Input<4>, rnnts::LayerNormalization<none>> model;
