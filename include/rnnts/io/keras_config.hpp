// config.json of a Keras file, which describes the layers: written, and compared with a net.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/io/json_value.hpp"
#include "rnnts/io/keras_layers.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Options of Keras' layers that ours have not, with the value that computes what ours do.
inline const Json& keras_fixed_options() {
  static const Json fixed{{"data_format", "channels_last"}, {"groups", 1},       {"axis", -1},
                          {"rms_scaling", false},           {"keepdims", false}, {"padding", "valid"},
                          {"return_state", false},          {"stateful", false}, {"quantization_config", nullptr}};
  return fixed;
}

/// Whether an option changes nothing but the training, the layer's name, how fast it is, or what it does with a mask,
/// which no layer of ours gives.
inline bool is_skipped_keras_option(std::string_view option) {
  constexpr std::array<std::string_view, 10> skipped{
      "name", "trainable", "unit_forget_bias",    "dropout", "recurrent_dropout", "rate", "noise_shape",
      "seed", "unroll",    "zero_output_for_mask"};
  return std::ranges::find(skipped, option) != skipped.end() || option.ends_with("_initializer") ||
         option.ends_with("_regularizer") || option.ends_with("_constraint");
}

/// As a message shows it.
inline std::string shown_json(const Json& value) {
  constexpr std::size_t longest = 60;
  const std::string text = value.dump();
  return text.size() <= longest ? text : text.substr(0, longest) + "…";
}

/// A class of Keras as it stands in a file.
inline Json keras_object(std::string_view class_name, Json config) {
  return {{"module", "keras.layers"}, {"class_name", class_name}, {"config", config}, {"registered_name", nullptr}};
}

/// A layer as it stands in a file. `type` is that of its numbers.
inline Json keras_object(const KerasLayer& layer, std::string_view name, std::string_view type) {
  Json config{{"name", name}, {"trainable", true}, {"dtype", type}};
  config.update(layer.options);
  if (!layer.wrapped.empty()) {
    config["layer"] = keras_object(layer.wrapped[0], "forward", type);
    config["backward_layer"] = keras_object(layer.wrapped[1], "backward", type);
  }
  return keras_object(layer.class_name, config);
}

/// The whole config.json of a net, whose layers have these names.
inline Json keras_config(const Shape& input, std::span<const KerasLayer> layers, std::span<const std::string> names,
                         std::string_view type) {
  const Json steps = input.steps == any_steps ? Json() : Json(input.steps);
  const Json shape = Json::array({nullptr, steps, input.features});
  Json list = Json::array({keras_object(
      "InputLayer", {{"batch_shape", shape}, {"dtype", type}, {"sparse", false}, {"name", "input_layer"}})});
  for (std::size_t k = 0; k < layers.size(); ++k) list.push_back(keras_object(layers[k], names[k], type));
  Json model = keras_object(
      "Sequential",
      {{"name", "sequential"}, {"trainable", true}, {"dtype", type}, {"layers", list}, {"build_input_shape", shape}});
  model["module"] = "keras";
  return model;
}

/// A config.json that is compared with a net.
class KerasConfig {
 public:
  /// `name` begins each message. Throws FileError unless it describes a Sequential.
  KerasConfig(std::string_view name, std::string_view text) : name_(name), json_(parse_json(text_name(), text)) {
    const std::string& class_name = member<std::string>(json_, "class_name");
    if (class_name != "Sequential") {
      fail("expected a Sequential, found a model of the class ", class_name,
           "; where its layers follow each other, save keras.Sequential(model.layers)");
    }
    layers_ = &member<Json::array_t>(config_of(json_), "layers");
    if (!layers_->empty() && member<std::string>(layers_->front(), "class_name") == "InputLayer") first_ = 1;
  }

  KerasConfig(const KerasConfig&) = delete;
  KerasConfig& operator=(const KerasConfig&) = delete;

  /// Numbers per step that go in; 0 if it does not say so, as of a net that was never built.
  std::size_t input_features() const {
    if (first_ == 0) return 0;
    const auto& shape = member<Json::array_t>(config_of(layers_->front()), "batch_shape");
    if (shape.size() != 3 || !shape[2].is_number_unsigned()) {
      fail("expected inputs of the shape (batch, steps, features), found ", shown_json(shape));
    }
    return shape[2].get<std::size_t>();
  }

  /// The steps that go in; `any_steps` if it does not say so.
  std::size_t input_steps() const {
    if (input_features() == 0) return any_steps;
    const Json& steps = config_of(layers_->front())["batch_shape"][1];
    return steps.is_number_unsigned() ? steps.get<std::size_t>() : any_steps;
  }

  /// As they stand in the file, without one for the input.
  std::span<const Json> layers() const { return std::span(*layers_).subspan(first_); }

  /// A member of an object, which must be there and be of this type. Throws FileError.
  template <class T> const T& member(const std::same_as<Json> auto& object, const char* key) const {
    if (!object.is_object() || !object.contains(key)) fail("config.json: expected \"", key, "\", found none");
    const auto* const found = object[key].template get_ptr<const T*>();
    if (found == nullptr) fail("config.json: expected another \"", key, "\", found ", shown_json(object[key]));
    return *found;
  }

  const Json& config_of(const Json& object) const {
    static_cast<void>(member<Json::object_t>(object, "config"));
    return object["config"];
  }

  /// Throws FileError unless these are the layers, for an input of so many features.
  void check(std::size_t features, std::span<const KerasLayer> layers) const {
    if (first_ != 0 && input_features() != features) {
      fail_to_fit("expected inputs of ", features, " features, found ", input_features());
    }
    const std::span<const Json> found = this->layers();
    for (std::size_t k = 0; k < std::max(layers.size(), found.size()); ++k) {
      if (k >= layers.size()) {
        fail_to_fit("expected ", layers.size(), " layers, found one more, ", described(found[k]));
      }
      if (k >= found.size())
        fail_to_fit("expected ", layers[k].ours, ", a ", layers[k].class_name, ", found no more layers");
      check_layer(layers[k], found[k]);
    }
  }

 private:
  std::string text_name() const { return sentence(name_, ": config.json"); }

  void check_layer(const KerasLayer& expected, const Json& found) const {
    if (member<std::string>(found, "class_name") != expected.class_name || !found.contains("registered_name") ||
        !found["registered_name"].is_null()) {
      fail_to_fit(expected.ours, ": expected a ", expected.class_name, ", found ", described(found));
    }
    const Json& config = config_of(found);
    const std::string where = sentence(expected.ours, ", in Keras ", described(found));
    for (const auto& [option, value] : expected.options.items()) {
      if (!config.contains(option)) fail_to_fit(where, ": expected ", option, " ", shown_json(value), ", found none");
    }
    for (const auto& [option, value] : config.items()) {
      if (is_skipped_keras_option(option)) continue;
      if (option == "dtype") {
        check_type(where, value);
      } else if (!expected.wrapped.empty() && (option == "layer" || option == "backward_layer")) {
        check_layer(expected.wrapped[option != "layer"], value);
      } else {
        check_option(where, option, expected.options.contains(option) ? expected.options : keras_fixed_options(),
                     value);
      }
    }
    if (!expected.wrapped.empty() && (!config.contains("layer") || !config.contains("backward_layer"))) {
      fail_to_fit(where, ": expected a layer and a backward_layer");
    }
  }

  void check_option(const std::string& where, const std::string& option, const Json& options, const Json& found) const {
    if (!options.contains(option)) fail_to_fit(where, ": expected no option ", option, ", found ", shown_json(found));
    const bool is_list_of_one = found.is_array() && found.size() == 1;  // as the kernel_size of a Conv1D
    if ((is_list_of_one ? found.front() : found) != options[option]) {
      fail_to_fit(where, ": expected ", option, " ", shown_json(options[option]), ", found ", shown_json(found));
    }
  }

  /// Numbers of another type than that of the weights are computed with where a policy mixes them.
  void check_type(const std::string& where, const Json& policy) const {
    const Json type = policy.is_object() ? Json(member<std::string>(config_of(policy), "name")) : policy;
    if (type != "float32" && type != "float64") {
      fail_to_fit(where, ": expected the dtype float32 or float64, found ", shown_json(type));
    }
  }

  std::string described(const Json& layer) const {
    return sentence(member<std::string>(layer, "class_name"), " ",
                    shown_json(member<std::string>(config_of(layer), "name")));
  }

  template <class... Parts> [[noreturn]] void fail(const Parts&... parts) const {
    throw FileError(sentence(name_, ": ", parts...));
  }
  template <class... Parts> [[noreturn]] void fail_to_fit(const Parts&... parts) const {
    fail("does not fit the model: ", parts...);
  }

  std::string name_;
  Json json_;
  const Json::array_t* layers_;
  std::size_t first_ = 0;  ///< of those that are layers of ours too
};

}  // namespace rnnts::inline RNNTS_ABI::detail
