// Cases of SLSTM.

#include "golden/models.hpp"

namespace {

using namespace rnnts;
using golden::layers;

const golden::Cases cases = {
    layers<Input<1>, SLSTM<1>, Dense<1>>("slstm1_size"),
    layers<Input<5>, SLSTM<4>, Dense<1>>("slstm4_size"),
    layers<Input<1>, SLSTM<8>, Dense<1>>("slstm8_size"),
    layers<Input<3>, SLSTM<17>, Dense<1>>("slstm17_size"),
    layers<Input<3>, SLSTM<32>, Dense<1>>("slstm32_size"),
    layers<Input<1>, SLSTM<8>, Dense<1>>("slstm_long"),
    layers<Input<2>, SLSTM<5, SLSTMOptions{.use_bias = false}>, Dense<1, Linear, DenseOptions{.use_bias = false}>>(
        "slstm_no_bias"),
    layers<Input<2>, SLSTM<5>, Dense<1>>("slstm_saturated"),
    layers<Input<2>, ReturnSequences<SLSTM<6>>, Dense<2>>("slstm_sequences"),
    layers<Input<3>, ReturnSequences<SLSTM<6>>, GRU<5>, Dense<1>>("slstm_under_gru", MeanAbsoluteError{}),
};

}  // namespace
