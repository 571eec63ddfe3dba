// Keras' files for an AnyModel: their description in the words of our own files, and the way back.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/io/any_model.hpp"
#include "rnnts/io/any_net.hpp"
#include "rnnts/io/json_value.hpp"
#include "rnnts/io/keras.hpp"
#include "rnnts/io/keras_config.hpp"
#include "rnnts/io/keras_file.hpp"
#include "rnnts/io/keras_layers.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/io/self_test.hpp"
#include "rnnts/io/self_test_json.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The number of an option, or of a list of one; 0 if it is none.
inline std::size_t keras_number(const Json& value) {
  const Json& one = value.is_array() && value.size() == 1 ? value.front() : value;
  return one.is_number_unsigned() ? one.get<std::size_t>() : 0;
}

/// The item of `config()` that says the same as an option; nothing if sizes or weights do.
inline std::string config_item(std::string_view option, const Json& value) {
  if (option == "go_backwards" || option == "reset_after") return value == true ? std::string(option) : "";
  if (option == "padding") return value.is_string() ? value.get<std::string>() : "";
  if (option == "merge_mode") return value.is_string() ? "merge " + value.get<std::string>() : "";
  if (option == "n") return sentence("steps ", keras_number(value));
  if (option == "epsilon") return value.is_number() ? sentence(option, " ", value.get<double>()) : "";
  if (option.ends_with("activation")) return value.is_string() ? sentence(option, " ", value.get<std::string>()) : "";
  if (option == "strides" || option == "pool_size" || option == "dilation_rate") {
    return sentence(option, " ", keras_number(value));
  }
  return "";
}

/// A layer of Keras in the words of our own files. What it leaves out, a check of the whole net finds afterwards.
inline LayerDescription describe(const KerasConfig& file, const Json& found) {
  const std::string& class_name = file.member<std::string>(found, "class_name");
  const auto kind = std::ranges::find(keras_kinds, class_name, &KerasKind::class_name);
  if (kind == keras_kinds.end()) {
    throw ArgumentError(sentence("expected a layer that the library has, found a ", class_name));
  }
  const Json& config = file.config_of(found);
  const auto has = [&](const char* option) { return config.contains(option); };
  const auto rate = [&](const char* option) {
    return has(option) && config[option].is_number() ? config[option].get<double>() : 0;
  };
  LayerDescription layer;
  layer.type = kind->name;
  for (const std::string_view option : kind->options) {
    if (!option.empty() && config.contains(option)) {
      const std::string item = config_item(option, config[std::string(option)]);
      if (!item.empty()) layer.config += (layer.config.empty() ? "" : ", ") + item;
    }
  }
  for (const auto& [option, weight] : {std::pair{"use_bias", "bias"}, {"center", "beta"}, {"scale", "gamma"}}) {
    if (has(option) && config[option] == false) layer.absent.emplace_back(weight);
  }
  for (const char* const option : {"units", "filters"}) {
    if (has(option)) layer.features = keras_number(config[option]);
  }
  if (has("kernel_size")) layer.kernel_size = keras_number(config["kernel_size"]);
  if (has("return_sequences")) layer.is_sequence = config["return_sequences"] == true;
  layer.dropout = std::max(rate("dropout"), rate("rate"));
  layer.recurrent_dropout = rate("recurrent_dropout");
  if (layer.type == "bidirectional") {
    const LayerDescription wrapped = describe(file, config.contains("layer") ? config["layer"] : Json());
    layer.config += sentence(" [0.", wrapped.type, " ", wrapped.is_sequence ? "(steps, " : "(", wrapped.features,
                             "): ", wrapped.config, "]");
    layer.is_sequence = wrapped.is_sequence;
    layer.absent = wrapped.absent;
    layer.dropout = wrapped.dropout;
    layer.recurrent_dropout = wrapped.recurrent_dropout;
  }
  return layer;
}

/// A net as Keras' file has it, as `keras_net` of a model whose type is known.
template <Scalar T> struct AnyKerasNet {
  std::vector<KerasLayer> layers;
  std::vector<std::string> groups, paths;

  explicit AnyKerasNet(const AnyNet<T>& net) {
    std::vector<std::string_view> names;
    const auto listed = net.listed();
    for (const auto& layer : listed) {
      layers.push_back(keras_layer(layer, layer.type, layer.config));
      names.push_back(layer.type);
    }
    std::vector<std::string> weights;
    for (const auto& weight : net.weights()) weights.push_back(weight.name);
    groups = keras_groups(names);
    paths = keras_paths(names, weights);
  }
};

/// Throws ArgumentError as AnyNet does, FileError as `load_keras`.
template <Scalar T> AnyModel<T> load_any_keras(const std::filesystem::path& path, LoadOptions options) {
  const KerasFile file(path);
  const KerasConfig& config = *file.config();
  const std::size_t features = config.input_features();
  if (features == 0) {
    throw FileError(
        sentence(file.name(), ": does not say how many features go in: build the model before it is saved"));
  }
  std::vector<LayerDescription> layers;
  for (const Json& layer : config.layers()) {
    try {
      layers.push_back(describe(config, layer));
    } catch (const ArgumentError& error) {
      throw ArgumentError(sentence("layer ", layers.size(), ": ", error.what()));
    }
  }
  const bool needs_steps = std::ranges::find(layers, "flatten", &LayerDescription::type) != layers.end();
  AnyNet<T> net(sequence_shape(needs_steps ? config.input_steps() : any_steps, features), std::move(layers),
                file.size() / sizeof(float));
  const AnyKerasNet<T> keras(net);
  config.check(features, keras.layers);
  auto weights = net.weights();
  file.check_nothing_is_left(keras.groups, keras.paths);
  read_keras_weights<T>(file, keras.paths, weights, options.allow_non_finite);
  AnyModel<T> model(std::move(net));
  if (const auto test = keras_self_test<T>(file, options)) check_self_test(file.name(), model, *test);
  return model;
}

/// The bytes of a .keras file. Throws ArgumentError if Keras has no such layer, FileError for a number that is not
/// finite, unless that is allowed.
template <Scalar T> std::string any_keras_file(const AnyModel<T>& model, const std::string& name, SaveOptions options) {
  const AnyNet<T>& net = model.net();
  const AnyKerasNet<T> keras(net);
  std::vector<Weight<const T>> weights;
  for (const auto& weight : net.weights()) weights.push_back({weight.name, weight.shape, weight.values});
  constexpr std::string_view type = std::same_as<T, float> ? "float32" : "float64";
  return keras_file<T>(name, keras_config(net.input, keras.layers, keras.groups, type).dump(), keras.groups,
                       keras.paths, weights, options.allow_non_finite,
                       options.self_test ? self_test_json(make_self_test(name, model)) : "");
}

}  // namespace rnnts::inline RNNTS_ABI::detail
