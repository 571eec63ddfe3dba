// What runs on the small device: a net of constant weights, one step for each input, and its output.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "device.hpp"
#include "inputs.hpp"
// [net]
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/model/bare_sequential.hpp"
#include "rnnts/model/stream.hpp"
#include "weights.hpp"

using Net = rnnts::BareSequential<float, rnnts::Input<1>, rnnts::LSTM<16>, rnnts::Dense<1>>;

consteval Net::Parameters weights() {
  Net::Parameters p;
  auto& [lstm, dense] = p.layers;
  std::ranges::copy(lstm_kernel, lstm.kernel.begin());
  std::ranges::copy(lstm_recurrent_kernel, lstm.recurrent_kernel.begin());
  std::ranges::copy(lstm_bias, lstm.bias.begin());
  std::ranges::copy(dense_kernel, dense.kernel.begin());
  std::ranges::copy(dense_bias, dense.bias.begin());
  return p;
}

constinit const Net net{weights()};  // in read-only memory
// [/net]

constinit rnnts::Stream<Net> stream{net};

void device::program() {
  for (std::size_t step = 0; step < steps; ++step) {
    const float x = input(step);
    // [step]
    const float y = stream.step(x)[0];
    // [/step]
    device::write_line(std::bit_cast<std::uint32_t>(y));
  }
}
