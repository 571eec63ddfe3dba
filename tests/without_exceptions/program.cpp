// Compiled without exceptions: a stream gives what the whole window gives, and layers that need whole windows run. With
// an argument: what would throw ends the program.
#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <vector>

#include "layers.hpp"  // all of them
#include "rnnts/model/bare_sequential.hpp"
#include "rnnts/model/stream.hpp"

using namespace rnnts;

namespace {

constexpr SimpleRNNOptions every_state{.return_sequences = true};
constexpr LSTMOptions every_output{.return_sequences = true};
constexpr GRUOptions every_step{.return_sequences = true};
constexpr Conv1DOptions causal{.padding = Padding::causal};

using Streaming = BareSequential<float, Input<2>, Conv1D<4, 3, Tanh, causal>, LayerNormalization<>, Dropout<0.5>,
                                 Residual<Dense<4, ReLU>>, Concatenate<LSTM<3, Tanh, Sigmoid, every_output>, Identity>,
                                 GRU<5, Tanh, Sigmoid, every_step>, SimpleRNN<4, Tanh, every_state>, Dense<1>>;

using Windows =
    BareSequential<float, Input<1>, Conv1D<4, 3>, MaxPooling1D<2>, AveragePooling1D<2>,
                   Add<Conv1D<2, 2>, Branch<Conv1D<3, 2>, Dense<2>>>, Bidirectional<GRU<3>>, RepeatVector<4>,
                   Concatenate<GlobalMaxPooling1D, GlobalAveragePooling1D, LastStep>, Dense<1>>;

template <class Net> Net make() {
  Net net;
  float x = 0;
  for (const auto numbers : tensors(net.parameters())) {
    for (float& number : numbers) number = 0.5f * std::sin(x += 1);
  }
  return net;
}

template <class Net> std::vector<float> forward(const Net& net, const std::vector<float>& window) {
  constexpr std::size_t I = Net::input.features, N = Net::output.features;
  const std::size_t steps = window.size() / I;
  std::vector<float> y(detail::output_steps<Net>(net.parameters(), steps) * N);
  typename Net::Tape tape;
  Net::forward(net.parameters(), {window.data(), steps, 1}, tape, {y.data(), y.size() / N, 1});
  return y;
}

}  // namespace

int main(int count, char**) {
  std::vector<float> window;
  for (int t = 0; t < 40; ++t) window.push_back(std::cos(static_cast<float>(t)));
  if (count > 1) {
    window.resize(3);  // one step after the convolution, which is too short for the first pooling
    std::signal(SIGABRT, [](int) { std::_Exit(0); });
    forward(make<Windows>(), window);
    return 1;
  }

  const Streaming streaming = make<Streaming>();
  const std::vector<float> expected = forward(streaming, window);
  Stream stream(streaming);
  float largest = 0;
  for (std::size_t t = 0; t < expected.size(); ++t) {
    const float y = stream.step(std::span<const float, 2>(&window[2 * t], 2))[0];
    largest = std::max(largest, std::abs(y - expected[t]));
  }
  const float y = forward(make<Windows>(), window)[0];
  std::printf("largest difference of a stream: %g; output of a window: %g\n", static_cast<double>(largest),
              static_cast<double>(y));
  return largest < 1e-5f && std::isfinite(y) ? 0 : 1;
}
