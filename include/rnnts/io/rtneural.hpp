// load_rtneural and save_rtneural: the weights of a model as the JSON of RTNeural, a library that runs small nets on
// audio. Needs nlohmann-json, and is not part of rnnts.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/core/never.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/layer_list.hpp"
#include "rnnts/io/rtneural_json.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/io/sizes.hpp"
#include "rnnts/kernels/activation.hpp"
#include "rnnts/layers/conv1d.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/model/sequential.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// What the JSON says of a layer, but for its units and weights.
struct RTNeuralKind {
  std::string_view type;  ///< nothing for what is not written, as it does nothing but in training
  std::string_view activation = "";
  std::size_t gates = 0;                      ///< of a recurrent layer
  std::size_t kernel_size = 0, dilation = 0;  ///< of a convolution
};

template <class Act>
concept RTNeuralActivation = std::same_as<Act, Linear> || std::same_as<Act, Tanh> || std::same_as<Act, ReLU> ||
                             std::same_as<Act, Sigmoid> || std::same_as<Act, Softmax> || std::same_as<Act, ELU>;

template <class Act>
inline constexpr std::string_view rtneural_activation = std::same_as<Act, Linear> ? std::string_view() : Act::name;

/// `kind` is what a layer stands for.
template <class Specification> struct RTNeuralKindOf {
  static_assert(never<Specification>,
                "RTNeural has no such layer, or its JSON does not say enough of it. Those that it has are Dense, GRU, "
                "LSTM and Conv1D.");
  static constexpr RTNeuralKind kind{};
};

template <double rate> struct RTNeuralKindOf<Dropout<rate>> {
  static constexpr RTNeuralKind kind{};
};

template <std::size_t N, class Act, DenseOptions options> struct RTNeuralKindOf<Dense<N, Act, options>> {
  static_assert(options.use_bias, "RTNeural's layers have a bias.");
  static_assert(RTNeuralActivation<Act>, "The activations of RTNeural are tanh, relu, sigmoid, softmax and elu.");
  static constexpr RTNeuralKind kind{.type = "dense", .activation = rtneural_activation<Act>};
};

template <std::size_t F, std::size_t K, class Act, Conv1DOptions options>
struct RTNeuralKindOf<Conv1D<F, K, Act, options>> {
  static_assert(options.use_bias, "RTNeural's layers have a bias.");
  static_assert(RTNeuralActivation<Act>, "The activations of RTNeural are tanh, relu, sigmoid, softmax and elu.");
  static_assert(options.padding == Padding::causal && options.strides == 1,
                "RTNeural runs step by step: its Conv1D has causal padding, and strides of 1.");
  static constexpr RTNeuralKind kind{
      .type = "conv1d", .activation = rtneural_activation<Act>, .kernel_size = K, .dilation = options.dilation_rate};
};

template <std::size_t N, class Act, class RecurrentAct, GRUOptions options>
struct RTNeuralKindOf<GRU<N, Act, RecurrentAct, options>> {
  static_assert(
      std::same_as<Act, Tanh> && std::same_as<RecurrentAct, Sigmoid> && options.reset_after && options.use_bias &&
          !options.go_backwards,
      "RTNeural's GRU has tanh and sigmoid as activations, reset_after and a bias, and goes forwards: GRU<N>.");
  static constexpr RTNeuralKind kind{.type = "gru", .activation = "tanh", .gates = 3};
};

template <std::size_t N, class Act, class RecurrentAct, LSTMOptions options>
struct RTNeuralKindOf<LSTM<N, Act, RecurrentAct, options>> {
  static_assert(std::same_as<Act, Tanh> && std::same_as<RecurrentAct, Sigmoid> && options.use_bias &&
                    !options.go_backwards,
                "RTNeural's LSTM has tanh and sigmoid as activations and a bias, and goes forwards: LSTM<N>.");
  static constexpr RTNeuralKind kind{.type = "lstm", .activation = "tanh", .gates = 4};
};

template <class T, class Input, class... Layers>
constexpr auto rtneural_kinds(std::type_identity<BareSequential<T, Input, Layers...>>) {
  return std::array{RTNeuralKindOf<Layers>::kind...};
}

/// Throws FileError with the first thing in which a layer of a file is not this one, but for sizes.
inline void check_kind(const std::string& where, const RTNeuralKind& kind, std::size_t weights,
                       const RTNeuralLayer& found) {
  const auto check = [&](std::string_view what, const auto& expected, const auto& is) {
    if (expected != is) throw FileError(sentence(where, what, ": expected ", expected, ", found ", is));
  };
  const bool is_dense = found.type == "time-distributed-dense";  // the same where each step is one
  check("type", sentence("\"", kind.type, "\""), sentence("\"", is_dense ? "dense" : found.type, "\""));
  // The activation of a recurrent layer is the only one that RTNeural has, and may be left out.
  if (kind.gates == 0 || !found.activation.empty()) {
    check("activation", sentence("\"", kind.activation, "\""), sentence("\"", found.activation, "\""));
  }
  check("kernel_size", kind.kernel_size, found.kernel_size);
  check("dilation", kind.dilation, found.dilation);
  check("number of weights", weights, found.weights.size());
}

/// The layers of a file, one for each of these that is not left out. Throws FileError where they are other ones.
template <class T>
std::vector<std::pair<const ListedLayer<T>*, const RTNeuralLayer*>> pair_up(const RTNeuralReader& file,
                                                                            const std::string& name,
                                                                            const std::vector<ListedLayer<T>>& listed,
                                                                            std::span<const RTNeuralKind> kinds) {
  std::vector<std::pair<const ListedLayer<T>*, const RTNeuralLayer*>> pairs;
  for (const auto& layer : listed) {
    const RTNeuralKind& kind = kinds[layer.index];
    if (kind.type.empty()) continue;
    if (pairs.size() == file.layers.size()) {
      throw FileError(sentence(name, ": expected a layer for ", layer.name(), ", found only ", pairs.size()));
    }
    const RTNeuralLayer& found = file.layers[pairs.size()];
    check_kind(sentence(name, ": ", layer.name(), ": "), kind, layer.weights.size(), found);
    pairs.emplace_back(&layer, &found);
  }
  if (pairs.size() < file.layers.size()) {
    throw FileError(sentence(name, ": expected ", pairs.size(), " layers, found ", file.layers.size()));
  }
  return pairs;
}

/// Checks everything, and then sets the weights of these layers.
template <class T>
void read_rtneural(const RTNeuralReader& file, const std::string& name, std::size_t features,
                   const std::vector<ListedLayer<T>>& listed, std::span<const RTNeuralKind> kinds) {
  if (file.features != features) {
    throw FileError(sentence(name, ": in_shape: expected ", features, " features, found ", file.features));
  }
  const auto pairs = pair_up(file, name, listed, kinds);
  for (const auto& [layer, found] : pairs) {
    if (found->units != layer->output.features) {
      throw FileError(sentence(name, ": ", layer->name(), ": expected a shape of ", layer->output.features,
                               " outputs, found ", found->units));
    }
    for (std::size_t w = 0; w < layer->weights.size(); ++w) {
      const auto& [shape, values] = found->weights[w];
      const auto refuse = [&](const std::string& expected, const std::string& is) {
        throw FileError(
            sentence(name, ": ", layer->name(), ".", layer->weights[w].name, ": expected ", expected, ", found ", is));
      };
      if (shape != layer->weights[w].shape) refuse(shape_text(layer->weights[w].shape), shape_text(shape));
      for (const double value : values) {
        if (!std::isfinite(static_cast<T>(value))) refuse("numbers that the model can hold", sentence(value));
      }
    }
  }
  for (const auto& [layer, found] : pairs) {
    for (std::size_t w = 0; w < layer->weights.size(); ++w) {
      std::ranges::transform(found->weights[w].values, layer->weights[w].values.begin(),
                             [](double value) { return static_cast<T>(value); });
    }
  }
}

/// A model with weights of zero, of the sizes that a file has.
template <class T, class Input, class... Layers>
BareSequential<T, Input, Layers...> model_of_rtneural(std::type_identity<BareSequential<T, Input, Layers...>> net,
                                                      const RTNeuralReader& file, const std::string& name,
                                                      std::span<const RTNeuralKind> kinds) {
  using Stack = typename BareSequential<T, Input, Layers...>::Stack;
  const typename Stack::Parameters none;
  const auto listed = list_layers<Stack>(none, Input::shape);
  std::string text = sentence("input (", file.features, ")\n");
  std::size_t numbers = 0;
  for (const auto& [layer, found] : pair_up(file, name, listed, kinds)) {
    for (std::size_t w = 0; w < layer->weights.size(); ++w) {
      const auto& [shape, values] = found->weights[w];
      const std::size_t gates = kinds[layer->index].gates;
      const bool of_state = layer->weights[w].name == "recurrent_kernel";
      if (gates != 0 && (shape.empty() || shape.back() % gates != 0 || shape.back() / gates != found->units ||
                         (of_state && shape.front() != found->units))) {  // the model could be larger than the file
        throw FileError(sentence(name, ": ", layer->name(), ".", layer->weights[w].name, ": expected one for ",
                                 found->units, " units, found ", shape_text(shape)));
      }
      text += sentence(layer->name(), ".", layer->weights[w].name, ": ", shape_text(shape), "\n");
      numbers += values.size();
    }
  }
  return model_of_sizes(net, name, text, numbers * sizeof(T));
}

inline RTNeuralReader rtneural_file(const std::filesystem::path& path) {
  std::string content;
  InputFile(path).read(content, std::numeric_limits<std::size_t>::max());
  RTNeuralReader reader(path.string());
  reader.read(content);
  return reader;
}

/// The text of a file with these layers.
template <class T>
std::string rtneural_text(const std::string& file, std::size_t features,
                          const std::vector<ListedLayer<const T>>& listed, std::span<const RTNeuralKind> kinds) {
  std::string json = sentence("{\"in_shape\": [null, null, ", features, "],\n \"layers\": [");
  std::string_view between = "\n";
  for (const auto& layer : listed) {
    const RTNeuralKind& kind = kinds[layer.index];
    if (kind.type.empty()) continue;
    json += sentence(between, "  {\"type\": \"", kind.type, "\", \"activation\": \"", kind.activation,
                     "\", \"shape\": [null, null, ", layer.output.features, "],\n");
    if (kind.kernel_size != 0) {
      json += sentence("   \"kernel_size\": [", kind.kernel_size, "], \"dilation\": [", kind.dilation, "],\n");
    }
    json += "   \"weights\": [";
    for (const auto& weight : layer.weights) {
      for (const T value : weight.values) {
        if (std::isfinite(value)) continue;
        throw FileError(sentence(file, ": ", layer.name(), ".", weight.name,
                                 ": expected finite numbers, as JSON has no others, found ", value));
      }
      if (&weight != &layer.weights.front()) json += ",\n    ";
      append_nested<T>(json, weight.shape, weight.values);
    }
    json += "]}";
    between = ",\n";
  }
  return json + "]}\n";
}

}  // namespace detail

/// Sets the weights of a model of Dense, GRU, LSTM and causal Conv1D to those of a file in RTNeural's JSON, as its
/// Python function `save_model` writes it. Other layers do not compile, but Dropout, which does nothing there. RTNeural
/// runs step by step: what the model gives for the last step is what it gives for that step.
///
/// Throws FileError, and leaves the model as it was, if the file cannot be read, is no such JSON, or if a layer is
/// missing, left over, or of another type, activation or shape.
template <Model M> void load_rtneural(M& model, const std::filesystem::path& path) {
  static constexpr auto kinds = detail::rtneural_kinds(std::type_identity<typename M::Bare>());
  detail::read_rtneural(detail::rtneural_file(path), path.string(), model.input_shape().features,
                        detail::list_layers<typename M::Stack>(model.parameters(), model.input_shape()), kinds);
}

/// The model of a file. Where only a run knows the sizes of a model, those of the file are taken. Throws as above.
template <Model M> M load_rtneural(const std::filesystem::path& path) {
  static constexpr auto kinds = detail::rtneural_kinds(std::type_identity<typename M::Bare>());
  const auto file = detail::rtneural_file(path);
  M model = [&] {
    if constexpr (detail::has_chosen_sizes<M>) {
      return M(detail::model_of_rtneural(std::type_identity<typename M::Bare>(), file, path.string(), kinds));
    } else {
      return detail::not_drawn<M>();
    }
  }();
  detail::read_rtneural(file, path.string(), model.input_shape().features,
                        detail::list_layers<typename M::Stack>(model.parameters(), model.input_shape()), kinds);
  return model;
}

/// Writes the weights of such a model as RTNeural's JSON, each number as short as it is exact.
///
/// Throws FileError, and leaves a file that was there as it was, if that fails, or if a weight is not finite, for which
/// JSON has no number.
template <Model M> void save_rtneural(const M& model, const std::filesystem::path& path) {
  static constexpr auto kinds = detail::rtneural_kinds(std::type_identity<typename M::Bare>());
  const auto listed = detail::list_layers<typename M::Stack>(model.parameters(), model.input_shape());
  detail::write_file(path, detail::rtneural_text(path.string(), model.input_shape().features, listed, kinds));
}

}  // namespace rnnts::inline RNNTS_ABI
