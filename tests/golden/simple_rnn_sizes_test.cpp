// Cases of SimpleRNN of many sizes: below, at and above the widths of vectors, and up to those that a BLAS
// multiplies.

#include "golden/models.hpp"

namespace {

using namespace rnnts;
using golden::layers;

const golden::Cases cases = {
    layers<Input<1>, SimpleRNN<1>, Dense<1>>("rnn1_size"),   layers<Input<3>, SimpleRNN<2>, Dense<1>>("rnn2_size"),
    layers<Input<5>, SimpleRNN<4>, Dense<1>>("rnn4_size"),   layers<Input<1>, SimpleRNN<8>, Dense<1>>("rnn8_size"),
    layers<Input<1>, SimpleRNN<16>, Dense<1>>("rnn16_size"), layers<Input<3>, SimpleRNN<17>, Dense<1>>("rnn17_size"),
    layers<Input<3>, SimpleRNN<32>, Dense<1>>("rnn32_size"), layers<Input<1>, SimpleRNN<33>, Dense<1>>("rnn33_size"),
    layers<Input<5>, SimpleRNN<64>, Dense<1>>("rnn64_size"), layers<Input<8>, SimpleRNN<128>, Dense<1>>("rnn_large"),
};

}  // namespace
