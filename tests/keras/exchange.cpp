// What scripts/check_keras calls for each of its nets: loads Keras' files and predicts, draws other weights, saves them
// for Keras and predicts again.
//
// exchange NAME FOLDER: reads keras.keras, keras.weights.h5 and input.bin (three extents, then the numbers, all of 4
// bytes); writes from_keras.bin, from_weights.bin, ours.keras, ours.weights.h5 and ours.bin, which are numbers alone.
// For airline, it reads train.bin in place of keras.weights.h5, and writes neither from_weights.bin nor
// ours.weights.h5.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../support/exchange.hpp"
#include "rnnts/io/keras.hpp"
#include "rnnts/rnnts.hpp"

using namespace rnnts;

namespace {

template <class T> auto read_input(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<std::uint32_t, 3> extents{};
  file.read(reinterpret_cast<char*>(extents.data()), sizeof extents);
  return read_windows<T>(file, extents[0], extents[1], extents[2]);
}

template <class T, class... Layers> void exchange(const std::filesystem::path& folder) {
  using Net = Sequential<T, Layers...>;
  const auto x = read_input<T>(folder / "input.bin");
  Net net = load_keras<Net>(folder / "keras.keras");
  write_numbers(folder / "from_keras.bin", net.predict(x));
  for (const auto& weight : net.weights()) std::ranges::fill(weight.values, T(0));
  load_keras(net, folder / "keras.weights.h5");
  write_numbers(folder / "from_weights.bin", net.predict(x));

  Random random(seed(11));
  for (const auto& weight : net.weights()) {
    for (T& value : weight.values) value = static_cast<T>(random.uniform(-0.6, 0.6));
  }
  save_keras(net, folder / "ours.keras");
  save_keras(net, folder / "ours.weights.h5");
  write_numbers(folder / "ours.bin", net.predict(x));
}

/// The tutorial's net: one that Keras has trained predicts the windows of input.bin, and one that is trained here with
/// those of train.bin, whose last steps are the labels.
void exchange_airline(const std::filesystem::path& folder) {
  using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1, Sigmoid>>;
  const auto x = read_input<float>(folder / "input.bin"), train = read_input<float>(folder / "train.bin");
  write_numbers(folder / "from_keras.bin", load_keras<Net>(folder / "keras.keras").predict(x));

  const std::size_t steps = train.shape()[1] - 1;
  std::vector<std::pair<std::vector<float>, float>> windows;
  for (std::size_t k = 0; k < train.shape()[0]; ++k) {
    const float* const first = &train(k, 0, 0);
    windows.emplace_back(std::vector<float>(first, first + steps), first[steps]);
  }
  Net net(seed(1));
  fit(net, windows, MeanSquaredError{}, Adam{.learning_rate = 1e-3}, {.epochs = 50, .batch_size = 1, .verbose = false});
  save_keras(net, folder / "ours.keras");
  write_numbers(folder / "ours.bin", net.predict(x));
}

constexpr SimpleRNNOptions sequences{.return_sequences = true};
constexpr LSTMOptions lstm_sequences{.return_sequences = true};
constexpr GRUOptions gru_sequences{.return_sequences = true};

struct Row {
  std::string_view name;
  void (*exchange)(const std::filesystem::path& folder);
};

const std::array rows{
    Row{"SimpleRNN", exchange<float, Input<>, SimpleRNN<>, Dense<>>},
    Row{"LSTM", exchange<float, Input<>, LSTM<>, Dense<>>},
    Row{"GRU", exchange<float, Input<>, GRU<>, Dense<>>},
    Row{"GRU, reset before", exchange<float, Input<>, GRU<dynamic, Tanh, Sigmoid, GRUOptions{.reset_after = false}>>},
    Row{"GRU, double", exchange<double, Input<>, GRU<>, Dense<>>},
    Row{"go_backwards, no bias",
        exchange<float, Input<>,
                 LSTM<dynamic, Softsign, HardSigmoid, LSTMOptions{.go_backwards = true, .use_bias = false}>,
                 Dense<dynamic, Softmax, DenseOptions{.use_bias = false}>>},
    Row{"stacked", exchange<float, Input<3>, LSTM<8, Tanh, Sigmoid, lstm_sequences>,
                            GRU<5, Tanh, Sigmoid, gru_sequences>, Dropout<0.2>, GRU<4>, Dense<6, ReLU>, Dense<2>>},
    Row{"Bidirectional LSTM", exchange<float, Input<>, Bidirectional<LSTM<>>, Dense<>>},
    Row{"Bidirectional GRU, summed",
        exchange<float, Input<>, Bidirectional<GRU<dynamic, Tanh, Sigmoid, gru_sequences>, Merge::sum>>},
    Row{"LayerNormalization",
        exchange<float, Input<>, SimpleRNN<dynamic, Tanh, sequences>, LayerNormalization<>, Dense<dynamic, GELU>>},
    Row{"Conv1D, causal",
        exchange<float, Input<>,
                 Conv1D<dynamic, 3, SiLU, Conv1DOptions{.padding = Padding::causal, .dilation_rate = 2}>, GRU<>>},
    Row{"Conv1D, pooling, Flatten", exchange<float, Input<3, 20>, Conv1D<4, 3, ELU, Conv1DOptions{.strides = 2}>,
                                             MaxPooling1D<2>, AveragePooling1D<2, 1>, Flatten, Dense<2>>},
    Row{"global pooling, RepeatVector",
        exchange<float, Input<>, GlobalAveragePooling1D, RepeatVector<4>, LSTM<>, Dense<>>},
    Row{"airline", exchange_airline},
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::cerr << "Usage: exchange NAME FOLDER\n";
    return 2;
  }
  const auto row = std::ranges::find(rows, std::string_view(arguments[1]), &Row::name);
  if (row == rows.end()) {
    std::cerr << "exchange has no net " << arguments[1] << "\n";
    return 2;
  }
  try {
    row->exchange(arguments[2]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
