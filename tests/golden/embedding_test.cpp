// The case of Embedding.

#include "golden/models.hpp"

namespace {

using namespace rnnts;
using golden::layers;

const golden::Cases cases = {
    layers<Input<3>, Embedding<6, 2>, Dense<4, Tanh>, GlobalAveragePooling1D, Dense<2>>("embedding"),
};

}  // namespace
