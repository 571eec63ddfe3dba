// For scripts/check_onnx: both_ways NET FOLDER writes the net with some weights as ours.onnx in the folder, what it
// predicts for input.f32, (8,12,3), to ours.f32, and what it predicts after it was loaded from there to again.f32.
// Where theirs.onnx is there, it loads that file and writes what it predicts to theirs.f32.
#include <rnnts/io/onnx.hpp>
#include <rnnts/rnnts.hpp>

#include <cmath>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "../support/exchange.hpp"

using namespace rnnts;

namespace {

using Run = std::function<void(const std::string& folder)>;

template <class T, class In = Input<>, class... Layers> Run run(const Layers&... layers) {
  return [=](const std::string& folder) {
    using Net = Sequential<T, In, Layers...>;
    const auto windows = read_windows<T>(folder);
    auto net = [&] {
      if constexpr (In::shape.steps == 0) {
        return Net{In(3), layers...};
      } else {
        return Net{seed(1)};
      }
    }();
    double angle = 1;
    for (const auto& weight : net.weights()) {
      for (auto& value : weight.values) value = static_cast<T>(0.4 * std::sin(angle += 0.7));
    }
    save_onnx(net, folder + "/ours.onnx", {.self_test = true});
    write_numbers(folder + "/ours.f32", net.predict(windows));
    write_numbers(folder + "/again.f32", load_onnx<Net>(folder + "/ours.onnx").predict(windows));
    if (std::filesystem::exists(folder + "/theirs.onnx")) {
      write_numbers(folder + "/theirs.f32", load_onnx<Net>(folder + "/theirs.onnx").predict(windows));
    }
  };
}

template <class Layer> using Steps = ReturnSequences<Layer>;
template <class Act> using Head = Dense<dynamic, Act>;

}  // namespace

int main(int count, char** arguments) {
  const GRU<dynamic, Tanh, Sigmoid, GRUOptions{.reset_after = false}> reset_before(7);
  const LSTM<dynamic, Tanh, Sigmoid, LSTMOptions{.use_bias = false}> no_bias(7);
  const SimpleRNN<dynamic, Tanh, SimpleRNNOptions{.return_sequences = true, .go_backwards = true}> backwards(7);
  const LSTM<dynamic, Tanh, Sigmoid, LSTMOptions{.go_backwards = true}> backwards_last(7);
  const Dense<> out(2);
  const std::map<std::string, Run> nets{
      {"rnn", run<float>(SimpleRNN<>(7), out)},
      {"gru", run<float>(GRU<>(7), out)},
      {"lstm", run<float>(LSTM<>(7), Head<ReLU>(5), Head<Softmax>(2))},
      {"gru_double", run<double>(GRU<>(7), out)},
      {"gru_reset_before", run<float>(reset_before, out)},
      {"lstm_no_bias", run<float>(no_bias, out)},
      {"gru_70", run<float>(GRU<>(70), out)},
      {"gru_stacked", run<float>(Steps<GRU<>>(7), Dropout<0.5>(), GRU<>(7), out)},
      {"lstm_steps", run<float>(Steps<LSTM<>>(7), Head<Sigmoid>(2))},
      {"gru_both", run<float>(Bidirectional(Steps<GRU<>>(7)), out)},
      {"lstm_both", run<float>(Bidirectional(LSTM<>(7)), out)},
      {"rnn_backwards", run<float>(backwards, backwards_last, out)},
      {"norm_last_step", run<float>(LayerNormalization<LayerNormalizationOptions{.epsilon = 1e-5}>(), Steps<GRU<>>(7),
                                    Head<LeakyReLU>(4), LastStep(), Head<HardSigmoid>(2))},
      {"flatten", run<float, Input<3, 12>>(Flatten(), Dense<4, SELU>(), Dense<2, ELU>())},
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
