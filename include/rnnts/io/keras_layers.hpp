// What Keras calls the layers of a net, and their options and weights.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/io/config_items.hpp"
#include "rnnts/io/json_value.hpp"
#include "rnnts/io/layer_list.hpp"
#include "rnnts/layers/layer.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A layer of ours and the one of Keras that computes the same.
struct KerasKind {
  std::string_view name;        ///< ours, by which Keras too names the group of its weights
  std::string_view class_name;  ///< Keras'
  /// Keras', as far as ours has them; those that `config()` tells in its order
  std::array<std::string_view, 9> options{};
  bool has_cell = false;  ///< whether its weights are those of a cell
};

inline constexpr std::array keras_kinds{
    KerasKind{"simple_rnn",
              "SimpleRNN",
              {"units", "activation", "use_bias", "return_sequences", "go_backwards", "dropout", "recurrent_dropout"},
              true},
    KerasKind{"lstm",
              "LSTM",
              {"units", "activation", "recurrent_activation", "use_bias", "return_sequences", "go_backwards", "dropout",
               "recurrent_dropout"},
              true},
    KerasKind{"gru",
              "GRU",
              {"units", "activation", "recurrent_activation", "use_bias", "return_sequences", "go_backwards",
               "reset_after", "dropout", "recurrent_dropout"},
              true},
    KerasKind{"bidirectional", "Bidirectional", {"merge_mode"}, true},
    KerasKind{"dense", "Dense", {"units", "activation", "use_bias"}},
    KerasKind{"layer_normalization", "LayerNormalization", {"epsilon", "center", "scale"}},
    KerasKind{"conv1d",
              "Conv1D",
              {"filters", "kernel_size", "activation", "padding", "strides", "dilation_rate", "use_bias"}},
    KerasKind{"max_pooling1d", "MaxPooling1D", {"pool_size", "strides"}},
    KerasKind{"average_pooling1d", "AveragePooling1D", {"pool_size", "strides"}},
    KerasKind{"global_max_pooling1d", "GlobalMaxPooling1D"},
    KerasKind{"global_average_pooling1d", "GlobalAveragePooling1D"},
    KerasKind{"flatten", "Flatten"},
    KerasKind{"dropout", "Dropout", {"rate"}},
    KerasKind{"repeat_vector", "RepeatVector", {"n"}},
};

/// Activations that Keras has by these names; a net may have others of its own.
inline constexpr std::array<std::string_view, 14> keras_activations{
    "linear", "tanh", "sigmoid", "relu",     "leaky_relu",   "softplus",    "elu",
    "selu",   "silu", "gelu",    "softsign", "hard_sigmoid", "exponential", "softmax"};

constexpr const KerasKind* find_keras_kind(std::string_view name) {
  const auto found = std::ranges::find(keras_kinds, name, &KerasKind::name);
  return found == keras_kinds.end() ? nullptr : &*found;
}

/// Whether Keras has such a layer. (By numbers: under the sanitizers g++ 12 takes no comparison with null for a
/// constant.)
template <Layer L> consteval bool is_keras_layer() {
  std::size_t kind = 0;
  while (kind < keras_kinds.size() && keras_kinds[kind].name != L::name) ++kind;
  if constexpr (requires { typename L::Wrapped; }) {
    return kind < keras_kinds.size() && is_keras_layer<typename L::Wrapped>();
  } else {
    return kind < keras_kinds.size();
  }
}

/// A layer as Keras describes it.
struct KerasLayer {
  std::string_view class_name;
  std::string ours;  ///< "0.gru"
  Json options = Json::object();
  std::vector<KerasLayer> wrapped = {};  ///< the two of a Bidirectional
};

/// The value that Keras' option must have, for it to compute what the layer does. `side` begins the names of its
/// weights, and `items` are those of its `config()`.
template <class T>
Json keras_option(std::string_view option, const ListedLayer<T>& layer, std::string_view side, ConfigItems& items) {
  const auto weight = [&](std::string_view name) {
    return std::ranges::find(layer.weights, sentence(side, name), &Weight<T>::name);
  };
  const auto has = [&](std::string_view name) { return weight(name) != layer.weights.end(); };
  if (option == "units" && has("recurrent_kernel")) return weight("recurrent_kernel")->shape.front();
  if (option == "units" || option == "filters") return layer.output.features;
  if (option == "kernel_size") return weight("kernel")->shape.front();
  if (option == "use_bias") return has("bias");
  if (option == "center") return has("beta");
  if (option == "scale") return has("gamma");
  if (option == "return_sequences") return layer.output.is_sequence;
  if (option == "go_backwards" || option == "reset_after") return items.take(option);
  if (option == "padding") return items.take("causal") ? "causal" : items.take("valid") ? "valid" : "unknown";
  if (option == "merge_mode") return items.take_value("merge");
  if (option == "n") return items.take_number<std::size_t>("steps");
  if (option == "epsilon") return items.take_number<double>(option);
  if (option == "rate" || option == "dropout") return layer.dropout;
  if (option == "recurrent_dropout") return layer.recurrent_dropout;
  if (option == "strides" || option == "pool_size" || option == "dilation_rate") {
    return items.take_number<std::size_t>(option);
  }
  return items.take_value(option);  // an activation
}

/// A layer, or one of the two of a Bidirectional, with this `config()`.
///
/// Throws ArgumentError if Keras has no such layer, option or activation.
template <class T>
KerasLayer keras_layer(const ListedLayer<T>& layer, std::string_view type, std::string_view config,
                       std::string_view side = "") {
  const std::string ours = side.empty() ? layer.name() : sentence(layer.name(), ".", side.substr(0, side.size() - 1));
  const KerasKind* const kind = find_keras_kind(type);
  if (kind == nullptr) throw ArgumentError(sentence(ours, ": Keras has no layer like ", type));
  KerasLayer keras{kind->class_name, ours};
  const std::size_t bracket = config.find(" [");  // of a layer that is wrapped
  ConfigItems items(config.substr(0, bracket));
  for (const std::string_view option : kind->options) {
    if (option.empty()) break;
    const Json& value = keras.options[std::string(option)] = keras_option(option, layer, side, items);
    if (option.ends_with("activation") &&
        std::ranges::find(keras_activations, value.get<std::string>()) == keras_activations.end()) {
      throw ArgumentError(sentence(ours, ": Keras has no ", option, " ", value.dump()));
    }
  }
  if (!items.left().empty()) {
    throw ArgumentError(sentence(ours, ": Keras has no option \"", items.left().front(), "\""));
  }
  if (bracket != std::string_view::npos) {  // " [0.lstm (steps, 4): activation tanh]"
    std::string_view wrapped = config.substr(bracket + 4);
    wrapped.remove_suffix(1);
    const std::string_view name = wrapped.substr(0, wrapped.find(' '));
    wrapped.remove_prefix(std::min(wrapped.find(": "), wrapped.size() - 2) + 2);
    for (const std::string_view of : {"forward.", "backward."}) {
      keras.wrapped.push_back(keras_layer(layer, name, wrapped, of));
    }
    bool& goes_backwards = keras.wrapped.back().options["go_backwards"].template get_ref<bool&>();
    goes_backwards = !goes_backwards;
  }
  return keras;
}

/// The groups of the weights of all layers: "gru", "dense", "gru_1".
inline std::vector<std::string> keras_groups(std::span<const std::string_view> layer_names) {
  std::vector<std::string> groups;
  for (std::size_t k = 0; k < layer_names.size(); ++k) {
    const auto before = std::ranges::count(layer_names.first(k), layer_names[k]);
    groups.push_back(sentence(layer_names[k], before == 0 ? "" : "_"));
    if (before > 0) groups.back() += std::to_string(before);
  }
  return groups;
}

/// Where Keras keeps the weights of these names of ours, in the order of the net: "1.bidirectional.forward.bias" in
/// "layers/bidirectional/forward_layer/cell/vars/2".
inline std::vector<std::string> keras_paths(std::span<const std::string_view> layer_names,
                                            std::span<const std::string> weights) {
  const auto groups = keras_groups(layer_names);
  std::vector<std::string> paths;
  std::string last_folder;
  std::size_t index = 0;
  for (const std::string_view weight : weights) {
    std::size_t layer = 0;
    std::from_chars(weight.data(), weight.data() + weight.size(), layer);
    std::string folder = "layers/" + groups[layer];
    for (const std::string_view side : {"forward", "backward"}) {
      if (weight.find(sentence(".", side, ".")) != std::string_view::npos) folder += sentence("/", side, "_layer");
    }
    folder += find_keras_kind(layer_names[layer])->has_cell ? "/cell/vars/" : "/vars/";
    index = folder == last_folder ? index + 1 : 0;
    paths.push_back(folder + std::to_string(index));
    last_folder = std::move(folder);
  }
  return paths;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
