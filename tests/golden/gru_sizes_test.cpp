// Cases of GRU of many sizes.

#include "golden/models.hpp"

namespace {

using namespace rnnts;
using golden::layers;

const golden::Cases cases = {
    layers<Input<1>, GRU<1>, Dense<1>>("gru1_size"),   layers<Input<3>, GRU<2>, Dense<1>>("gru2_size"),
    layers<Input<5>, GRU<4>, Dense<1>>("gru4_size"),   layers<Input<1>, GRU<8>, Dense<1>>("gru8_size"),
    layers<Input<1>, GRU<16>, Dense<1>>("gru16_size"), layers<Input<3>, GRU<17>, Dense<1>>("gru17_size"),
    layers<Input<3>, GRU<32>, Dense<1>>("gru32_size"), layers<Input<1>, GRU<33>, Dense<1>>("gru33_size"),
    layers<Input<5>, GRU<64>, Dense<1>>("gru64_size"),
};

}  // namespace
