// Cases of LSTM of many sizes.

#include "golden/models.hpp"

namespace {

using namespace rnnts;
using golden::layers;

const golden::Cases cases = {
    layers<Input<1>, LSTM<1>, Dense<1>>("lstm1_size"),   layers<Input<3>, LSTM<2>, Dense<1>>("lstm2_size"),
    layers<Input<5>, LSTM<4>, Dense<1>>("lstm4_size"),   layers<Input<1>, LSTM<8>, Dense<1>>("lstm8_size"),
    layers<Input<1>, LSTM<16>, Dense<1>>("lstm16_size"), layers<Input<3>, LSTM<17>, Dense<1>>("lstm17_size"),
    layers<Input<3>, LSTM<32>, Dense<1>>("lstm32_size"), layers<Input<1>, LSTM<33>, Dense<1>>("lstm33_size"),
    layers<Input<5>, LSTM<64>, Dense<1>>("lstm64_size"),
};

}  // namespace
