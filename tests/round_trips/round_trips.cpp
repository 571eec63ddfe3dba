// For scripts/round_trips, which calls it twice for each net, with others in between:
// round_trips send NET FOLDER writes a net with some weights in each format that has its layers, as ours.keras,
// ours.safetensors and ours.onnx, and what it predicts for input.f32, (8,12,3), to ours.f32.
// round_trips receive NET FOLDER reads what is there of back.keras and back.safetensors, and writes what these predict
// to back_keras.f32 and back_pytorch.f32; theirs.keras goes to theirs.f32, and through RTNeural's format to
// rtneural.f32 where that has such layers.
#include <rnnts/io/keras.hpp>
#include <rnnts/io/onnx.hpp>
#include <rnnts/io/pytorch.hpp>
#include <rnnts/io/rtneural.hpp>
#include <rnnts/rnnts.hpp>

#include <filesystem>
#include <iostream>
#include <map>
#include <string>

#include "../support/exchange.hpp"

using namespace rnnts;
using Folder = std::filesystem::path;

namespace {

/// Keras has them all.
struct Formats {
  bool pytorch = false, onnx = false, rtneural = false;
};
constexpr Formats all{true, true, true}, no_rtneural{true, true, false};

struct Trip {
  void (*send)(const Folder& folder);
  void (*receive)(const Folder& folder);
};

template <Formats formats, class... Layers> void send(const Folder& folder) {
  Sequential<float, Input<3>, Layers...> net(seed(1));
  Random random(seed(2));
  for (const auto& weight : net.weights()) {
    for (float& value : weight.values) value = static_cast<float>(random.uniform(-0.6, 0.6));
  }
  write_numbers(folder / "ours.f32", net.predict(read_windows<float>(folder)));
  save_keras(net, folder / "ours.keras");
  if constexpr (formats.pytorch) save_pytorch(net, folder / "ours.safetensors");
  if constexpr (formats.onnx) save_onnx(net, folder / "ours.onnx");
}

template <Formats formats, class... Layers> void receive(const Folder& folder) {
  using Net = Sequential<float, Input<3>, Layers...>;
  const auto windows = read_windows<float>(folder);
  if (exists(folder / "back.keras")) {
    write_numbers(folder / "back_keras.f32", load_keras<Net>(folder / "back.keras").predict(windows));
    const auto theirs = load_keras<Net>(folder / "theirs.keras");
    write_numbers(folder / "theirs.f32", theirs.predict(windows));
    if constexpr (formats.rtneural) {
      save_rtneural(theirs, folder / "rtneural.json");
      write_numbers(folder / "rtneural.f32", load_rtneural<Net>(folder / "rtneural.json").predict(windows));
    }
  }
  if constexpr (formats.pytorch) {
    if (exists(folder / "back.safetensors")) {
      write_numbers(folder / "back_pytorch.f32", load_pytorch<Net>(folder / "back.safetensors").predict(windows));
    }
  }
}

template <Formats formats, class... Layers> constexpr Trip trip() {
  return {send<formats, Layers...>, receive<formats, Layers...>};
}

template <class Layer> using Steps = ReturnSequences<Layer>;
using ResetBefore = GRU<7, Tanh, Sigmoid, GRUOptions{.reset_after = false}>;
using Causal = Conv1D<4, 3, ReLU, Conv1DOptions{.padding = Padding::causal}>;
using Normalization = LayerNormalization<LayerNormalizationOptions{.epsilon = 1e-5}>;

const std::map<std::string, Trip> trips{
    {"SimpleRNN", trip<no_rtneural, SimpleRNN<7>, Dense<2>>()},
    {"LSTM", trip<all, LSTM<7>, Dense<2>>()},
    {"GRU", trip<all, GRU<7>, Dense<2>>()},
    {"GRU, reset before", trip<Formats{.onnx = true}, ResetBefore, Dense<2>>()},
    {"Bidirectional LSTM", trip<no_rtneural, Bidirectional<LSTM<7>>, Dense<2>>()},
    {"Bidirectional GRU, all steps", trip<no_rtneural, Bidirectional<Steps<GRU<7>>>, Dense<2>>()},
    {"two LSTM", trip<all, Steps<LSTM<7>>, LSTM<5>, Dense<2>>()},
    {"LSTM, GRU, two Dense", trip<all, Steps<LSTM<7>>, GRU<5>, Dense<4, ReLU>, Dense<2>>()},
    {"LayerNormalization", trip<no_rtneural, Steps<GRU<7>>, Normalization, LSTM<5>, Dense<2>>()},
    {"Conv1D", trip<Formats{.pytorch = true}, Conv1D<4, 3, ReLU>, GRU<7>, Dense<2>>()},
    {"Conv1D, causal", trip<Formats{.rtneural = true}, Causal, GRU<7>, Dense<2>>()},
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 4 || !trips.contains(arguments[2])) {
    std::cerr << "Usage: round_trips send|receive NET FOLDER\n";
    return 2;
  }
  const Trip& trip = trips.at(arguments[2]);
  try {
    (std::string(arguments[1]) == "send" ? trip.send : trip.receive)(arguments[3]);
  } catch (const Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
