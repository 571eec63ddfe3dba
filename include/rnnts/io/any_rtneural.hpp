// RTNeural's JSON for an AnyModel: its layers in the words of our own files, and the way back.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/io/any_model.hpp"
#include "rnnts/io/any_net.hpp"
#include "rnnts/io/config_items.hpp"
#include "rnnts/io/rtneural.hpp"
#include "rnnts/io/rtneural_json.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

inline constexpr std::string_view rtneural_lstm = "activation tanh, recurrent_activation sigmoid",
                                  rtneural_gru = "activation tanh, recurrent_activation sigmoid, reset_after";

/// Throws ArgumentError if there is no such layer.
inline LayerDescription describe(const RTNeuralLayer& found) {
  LayerDescription layer;
  const bool is_dense = found.type == "time-distributed-dense";
  layer.type = is_dense ? "dense" : found.type;
  layer.features = found.units;
  layer.is_sequence = true;
  layer.kernel_size = found.kernel_size;
  layer.config = sentence("activation ", found.activation.empty() ? "linear" : found.activation);
  if (layer.type == "conv1d") layer.config += sentence(", causal, strides 1, dilation_rate ", found.dilation);
  if (layer.type == "lstm") layer.config = rtneural_lstm;
  if (layer.type == "gru") layer.config = rtneural_gru;
  if (layer.type != "dense" && layer.type != "conv1d" && layer.type != "lstm" && layer.type != "gru") {
    throw ArgumentError(sentence("expected a dense, conv1d, gru or lstm, found a ", found.type));
  }
  return layer;
}

/// What RTNeural calls a layer. Throws ArgumentError if it has no such one.
template <class T> RTNeuralKind rtneural_kind(const ListedLayer<T>& layer) {
  const auto refuse = [&] {
    throw ArgumentError(sentence(layer.name(),
                                 ": RTNeural has no such layer; those that it has are Dense, GRU, LSTM and causal "
                                 "Conv1D, with a bias and the usual activations"));
  };
  if (layer.type == "dropout") return {};
  RTNeuralKind kind{.type = layer.type};
  ConfigItems items(layer.config);
  if (layer.weights.empty() || layer.weights.back().name != "bias") refuse();
  if (layer.type == "lstm" && layer.config == rtneural_lstm) return {.type = "lstm", .activation = "tanh", .gates = 4};
  if (layer.type == "gru" && layer.config == rtneural_gru) return {.type = "gru", .activation = "tanh", .gates = 3};
  if (layer.type != "dense" && layer.type != "conv1d") refuse();
  kind.activation = items.take_value("activation");
  constexpr std::array<std::string_view, 6> known{"linear", "tanh", "relu", "sigmoid", "softmax", "elu"};
  const auto activation = std::ranges::find(known, kind.activation);
  if (activation == known.end()) refuse();
  kind.activation = *activation == "linear" ? "" : *activation;
  if (layer.type == "conv1d") {
    if (!items.take("causal") || items.take_number<std::size_t>("strides") != 1) refuse();
    kind.kernel_size = layer.weights.front().shape.front();
    kind.dilation = items.take_number<std::size_t>("dilation_rate");
  }
  return kind;
}

/// Throws ArgumentError as AnyNet does, FileError as `load_rtneural`.
template <Scalar T> AnyModel<T> load_any_rtneural(const std::filesystem::path& path) {
  const auto file = rtneural_file(path);
  std::vector<LayerDescription> layers;
  std::size_t numbers = 0;
  for (const RTNeuralLayer& layer : file.layers) {
    layers.push_back(describe(layer));
    for (const auto& weight : layer.weights) numbers += weight.values.size();
  }
  AnyNet<T> net(sequence_shape(any_steps, file.features), std::move(layers), numbers);
  const auto listed = net.listed();
  std::vector<RTNeuralKind> kinds;
  for (const auto& layer : listed) kinds.push_back(rtneural_kind(layer));
  read_rtneural(file, path.string(), file.features, listed, kinds);
  return AnyModel<T>(std::move(net));
}

/// The text of a file. Throws ArgumentError if RTNeural has no such layer, FileError for a number that is not finite.
template <Scalar T> std::string any_rtneural_file(const AnyNet<T>& net, const std::string& name) {
  const auto listed = read_only(net.listed());
  std::vector<RTNeuralKind> kinds;
  for (const auto& layer : listed) kinds.push_back(rtneural_kind(layer));
  return rtneural_text(name, net.input.features, listed, kinds);
}

}  // namespace rnnts::inline RNNTS_ABI::detail
