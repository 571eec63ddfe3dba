// The nets of headers that the program has written give what they gave there, and are told from others.
#include <concepts>
#include <cstdint>

#include "gru.hpp"
#include "lstm_int16.hpp"
#include "lstm_int8.hpp"

using namespace rnnts;

static_assert(std::same_as<gru::Net, BareSequential<float, Input<2>, GRU<2>, Dense<1>>>);

constexpr LSTMOptions every_step{.return_sequences = true};
using Small = BareSequential<float, Input<1>, LSTM<16, Tanh, Sigmoid, every_step>, Dense<1>>;
static_assert(std::same_as<lstm_int8::Net, Quantized<std::int8_t, Small>>);
static_assert(std::same_as<lstm_int16::Net, Quantized<std::int16_t, Small>>);

int main() {
  const bool is_equal = gru::self_test() && lstm_int8::self_test() && lstm_int16::self_test();
  const bool is_compared = !gru::self_test(-1) && !lstm_int8::self_test(-1) && !lstm_int16::self_test(-1);
  return is_equal && is_compared ? 0 : 1;
}
