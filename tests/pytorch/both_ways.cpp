// For scripts/check_pytorch: both_ways NET FOLDER loads theirs.safetensors from the folder and writes what the net
// predicts for input.f32, (8,12,3), to theirs.f32; then it writes a net with other weights as ours.safetensors, and
// what that one predicts to ours.f32.
#include <rnnts/io/pytorch.hpp>
#include <rnnts/rnnts.hpp>

#include <cmath>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "../support/exchange.hpp"

using namespace rnnts;

namespace {

template <class T, class... Layers> void both_ways(const std::string& folder, const PyTorchOptions& options) {
  using Net = Sequential<T, Input<>, Layers...>;
  const auto windows = read_windows<T>(folder);

  auto net = load_pytorch<Net>(folder + "/theirs.safetensors", options);
  write_numbers(folder + "/theirs.f32", net.predict(windows));

  double angle = 1;
  for (const auto& weight : net.weights()) {
    for (auto& value : weight.values) value = static_cast<T>(0.4 * std::sin(angle += 0.7));
  }
  save_pytorch(net, folder + "/ours.safetensors", options);
  write_numbers(folder + "/ours.f32", net.predict(windows));
}

using Run = std::function<void(const std::string& folder)>;

template <class T, class... Layers> Run run(const PyTorchOptions& options) {
  return [options](const std::string& folder) { both_ways<T, Layers...>(folder, options); };
}

template <class Layer> using Steps = ReturnSequences<Layer>;
constexpr LayerNormalizationOptions as_in_pytorch{.epsilon = 1e-5};

}  // namespace

int main(int count, char** arguments) {
  const std::map<std::string, Run> nets{
      {"rnn", run<float, SimpleRNN<>, Dense<>>({.modules = {"rnn", "head"}})},
      {"rnn_relu", run<float, SimpleRNN<dynamic, ReLU>, Dense<>>({.modules = {"rnn", "head"}})},
      {"gru", run<float, GRU<>, Dense<>>({.modules = {"rnn", "head"}})},
      {"lstm", run<float, LSTM<>, Dense<>>({.modules = {"rnn", "head"}})},
      {"gru_double", run<double, GRU<>, Dense<>>({.modules = {"rnn", "head"}})},
      {"lstm_no_bias",
       run<float, LSTM<dynamic, Tanh, Sigmoid, LSTMOptions{.use_bias = false}>, Dense<>>({.modules = {"rnn", "head"}})},
      {"rnn_stacked", run<float, Steps<SimpleRNN<>>, SimpleRNN<>, Dense<>>({.modules = {"rnn", "rnn", "head"}})},
      {"gru_stacked",
       run<float, Steps<GRU<>>, Steps<GRU<>>, GRU<>, Dense<>>({.modules = {"rnn", "rnn", "rnn", "head"}})},
      {"lstm_stacked", run<float, Steps<LSTM<>>, Dropout<0.5>, LSTM<>, Dense<>>({.modules = {"rnn", "rnn", "head"}})},
      {"gru_modules", run<float, Steps<GRU<>>, GRU<>, Dense<>>({.modules = {"first", "second", "head"}})},
      {"rnn_both", run<float, Bidirectional<SimpleRNN<>>, Dense<>>({.modules = {"rnn", "head"}})},
      {"gru_both", run<float, Bidirectional<Steps<GRU<>>>, Dense<>>({.modules = {"rnn", "head"}})},
      {"lstm_both_stacked",
       run<float, Bidirectional<Steps<LSTM<>>>, Bidirectional<LSTM<>>, Dense<>>({.modules = {"rnn", "rnn", "head"}})},
      {"conv_norm", run<float, Conv1D<dynamic, 3, ReLU>, LayerNormalization<as_in_pytorch>, GRU<>, Dense<>>(
                        {.modules = {"conv", "norm", "rnn", "head"}})},
  };
  if (count != 3 || !nets.contains(arguments[1])) {
    std::cerr << "Usage: both_ways NET FOLDER\n";
    return 2;
  }
  try {
    nets.at(arguments[1])(arguments[2]);
  } catch (const Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
