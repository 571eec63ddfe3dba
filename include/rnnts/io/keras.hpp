// load_keras and save_keras: models in the files of Keras 3. Needs nlohmann-json, and is not part of rnnts.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/keras_config.hpp"
#include "rnnts/io/keras_file.hpp"
#include "rnnts/io/keras_layers.hpp"
#include "rnnts/io/layer_list.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/io/self_test.hpp"
#include "rnnts/io/self_test_json.hpp"
#include "rnnts/io/sizes.hpp"
#include "rnnts/model/sequential.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

template <class Stack> struct KerasStack;
template <class... Layers> struct KerasStack<Stack<Layers...>> {
  static_assert((is_keras_layer<Layers>() && ...),
                "This net has a layer that Keras has not: SLSTM, LastStep, LastSteps, Concatenate, Add, Residual and "
                "layers of your own, or an Embedding, which here takes other inputs too: these cannot be loaded from "
                "its files, nor saved to them. docs/keras.md lists those that can.");

  static constexpr std::array<std::string_view, sizeof...(Layers)> names{Layers::name...};
};

/// A net as its Keras file has it.
struct KerasNet {
  std::vector<KerasLayer> layers;
  std::vector<std::string> groups, paths;  ///< of the layers, and of all weights
};

/// Throws ArgumentError if Keras has no such option or activation.
template <Model M> KerasNet keras_net(const M& model) {
  constexpr auto& names = KerasStack<typename M::Stack>::names;
  KerasNet net{{}, keras_groups(names), {}};
  std::vector<std::string> weights;
  for (const auto& layer : list_layers<typename M::Stack>(model.parameters(), model.input_shape())) {
    net.layers.push_back(keras_layer(layer, layer.type, layer.config));
    for (const auto& weight : layer.weights) weights.push_back(layer.name() + "." + weight.name);
  }
  net.paths = keras_paths(names, weights);
  return net;
}

/// That of a file, if it has one that is to be run. Throws FileError if it is none.
template <Scalar T> std::optional<SelfTest<T>> keras_self_test(const KerasFile& file, LoadOptions options) {
  if (!file.self_test() || !options.self_test) return {};
  return self_test_of_json<T>(file.name(), *file.self_test());
}

template <Model M> void load_keras(M& model, const KerasFile& file, LoadOptions options) {
  using T = typename M::scalar;
  const KerasNet net = [&] {
    try {
      return keras_net(model);
    } catch (const ArgumentError& error) {
      throw FileError(sentence(file.name(), ": does not fit the model: ", error.what()));
    }
  }();
  if (file.config()) file.config()->check(model.input_shape().features, net.layers);
  file.check_nothing_is_left(net.groups, net.paths);
  read_tested(file.name(), model, keras_self_test<T>(file, options), [&](M& read) {
    auto weights = read.weights();
    read_keras_weights<T>(file, net.paths, weights, options.allow_non_finite);
  });
}

/// The first layer of a stack that has weights, or how many layers there are if none has.
template <class Stack> consteval std::size_t first_with_weights() {
  return []<std::size_t... K>(std::index_sequence<K...>) {
    std::size_t first = 0;
    static_cast<void>(((tensor_count<typename Stack::template At<K>::Parameters>() == 0 && ++first) && ...));
    return first;
  }(std::make_index_sequence<Stack::count>());
}

/// The sizes of a file as the text of one of ours says them, for a model whose sizes a run chooses.
template <Model M> std::string keras_sizes(const KerasFile& file) {
  constexpr auto& names = KerasStack<typename M::Stack>::names;
  std::vector<std::string> weights;
  visit_infos<typename M::Parameters>([&](const FieldInfo& field) { weights.push_back(field.path()); });
  const auto paths = keras_paths(names, weights);
  // What goes in is what the first weights are for, as layers before them give as many features, but for Flatten.
  std::size_t features = 0;
  const std::size_t first = first_with_weights<typename M::Stack>();
  if (std::ranges::find(std::span(names).first(first), "flatten") != std::span(names).first(first).end()) {
    if (!file.config()) {
      throw FileError(sentence(file.name(),
                               ": does not say how many features go in, as its first weights stand behind a Flatten: "
                               "make the model, and load into it"));
    }
    features = file.config()->input_features();
  }
  std::string text;
  for (std::size_t k = 0; k < paths.size(); ++k) {
    const auto& shape = file.array(paths[k], weights[k]).shape;
    if (k == 0 && features == 0 && !shape.empty())
      features = shape[shape.size() - std::min<std::size_t>(shape.size(), 2)];
    text += sentence(weights[k], ": ", shape_text(shape), "\n");
  }
  return sentence("input (", features, ")\n", text);
}

}  // namespace detail

/// Sets the weights of a model to those of a file that Keras 3 or `save_keras` wrote: a `.keras` file, whose
/// description of the layers is compared with those of the model, or a `.weights.h5` file, which has the names and
/// shapes of the weights alone. Weights of float32 are widened for a model of double.
///
/// Of a file, these are skipped: the optimizer's state and all else about the training (initializers, regularizers,
/// constraints, rates of dropout, seeds, loss), the names that the user gave, the number of steps,
/// `unroll` and `zero_output_for_mask`.
///
/// Throws FileError, and leaves the model as it was, if the file cannot be read, is damaged or of another kind; if a
/// layer, an option, an activation or a weight is missing, left over, in another order or of another shape, with its
/// name, what was expected and what was found; if its numbers are more precise than those of the model; if a weight
/// is not finite and `options` do not allow it; or if the file has a self-test, of `save_keras` or scripts/to_rnnts.py,
/// that fails, as in `load`.
template <Model M> void load_keras(M& model, const std::filesystem::path& path, LoadOptions options = {}) {
  detail::load_keras(model, detail::KerasFile(path), options);
}

/// The model of a file: `const auto model = load_keras<Net>("net.keras")`. Where only a run knows the sizes of a model,
/// those of the file are taken. Throws FileError as above.
template <Model M> M load_keras(const std::filesystem::path& path, LoadOptions options = {}) {
  const detail::KerasFile file(path);
  M model = [&] {
    if constexpr (detail::has_chosen_sizes<M>) {
      return M(detail::model_of_sizes(std::type_identity<typename M::Bare>(), file.name(), detail::keras_sizes<M>(file),
                                      file.size() * sizeof(typename M::scalar) / sizeof(float)));
    } else {
      return detail::not_drawn<M>();
    }
  }();
  detail::load_keras(model, file, options);
  return model;
}

/// Writes a model to a file that `keras.models.load_model` takes, if the name ends in `.keras`, or
/// `model.load_weights`, if it ends in `.weights.h5`. The same model gives the same bytes. Initializers and
/// regularizers are not written: Keras takes its own if the training goes on there.
///
/// Throws FileError, and leaves a file that was there as it was, if that fails, or if a weight is not finite and
/// `options` do not allow it; ArgumentError if an activation or an option is none of Keras', or if `options` ask for a
/// self-test in a `.weights.h5` file.
template <Model M> void save_keras(const M& model, const std::filesystem::path& path, SaveOptions options = {}) {
  using T = typename M::scalar;
  const bool has_weights_alone = detail::is_keras_weights(path);
  if (has_weights_alone && options.self_test) detail::refuse_self_test(path.string(), "a .weights.h5 file");
  const detail::KerasNet net = detail::keras_net(model);
  constexpr std::string_view type = std::same_as<T, float> ? "float32" : "float64";
  const std::string config =
      has_weights_alone ? "" : detail::keras_config(model.input_shape(), net.layers, net.groups, type).dump();
  const std::string self_test =
      options.self_test ? detail::self_test_json(detail::make_self_test(path.string(), model)) : "";
  detail::write_file(path, detail::keras_file<T>(path.string(), config, net.groups, net.paths, model.weights(),
                                                 options.allow_non_finite, self_test));
}

}  // namespace rnnts::inline RNNTS_ABI
