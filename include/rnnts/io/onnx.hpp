// load_onnx and save_onnx: models as ONNX files, which exporters write and many runtimes run. Not part of rnnts.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/layer_list.hpp"
#include "rnnts/io/onnx_file.hpp"
#include "rnnts/io/onnx_graph.hpp"
#include "rnnts/io/onnx_layers.hpp"
#include "rnnts/io/onnx_writer.hpp"
#include "rnnts/io/protobuf.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/io/self_test.hpp"
#include "rnnts/io/self_test_json.hpp"
#include "rnnts/io/sizes.hpp"
#include "rnnts/model/sequential.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// Whether ONNX has such a layer, as far as its type says it.
template <Layer L> consteval bool is_onnx_layer() {
  if constexpr (requires { typename L::Wrapped; }) {
    return is_onnx_layer<typename L::Wrapped>();
  } else {
    constexpr std::string_view others[]{"dense", "flatten", "last_step", "dropout", "layer_normalization"};
    return std::ranges::find(others, L::name) != std::end(others) ||
           std::ranges::find(onnx_cells, L::name, &OnnxCell::type) != onnx_cells.end();
  }
}

template <class Stack> struct OnnxStack;
template <class... Layers> struct OnnxStack<Stack<Layers...>> {
  static_assert((is_onnx_layer<Layers>() && ...),
                "This net has a layer that load_onnx and save_onnx do not know. They know Dense, SimpleRNN, LSTM, GRU, "
                "Bidirectional of these, LayerNormalization, Flatten, LastStep and Dropout.");
  using type = Stack<Layers...>;
};

template <Model M> auto list_onnx_layers(auto& parameters, const Shape& input) {
  return list_layers<typename OnnxStack<typename M::Stack>::type>(parameters, input);
}

/// The layers of a file, each with that of the model; those that have no node are left out.
///
/// Throws FileError if there are others, or more or fewer.
template <class T>
std::vector<std::pair<const ListedLayer<T>*, const OnnxLayer*>> pair_up(const std::string& file,
                                                                        const std::vector<ListedLayer<T>>& listed,
                                                                        const std::vector<OnnxLayer>& found) {
  std::vector<std::pair<const ListedLayer<T>*, const OnnxLayer*>> pairs;
  std::size_t at = 0;
  const auto take = [&](const ListedLayer<T>& layer, std::string_view type) {
    if (at == found.size() || found[at].type != type) {
      throw FileError(sentence(file, ": does not fit the model: ", layer.name(), ": expected a node for ", type,
                               ", found ", at == found.size() ? "the output" : found[at].node + " for ",
                               at == found.size() ? "" : found[at].type));
    }
    return &found[at++];
  };
  for (const ListedLayer<T>& layer : listed) {
    if (layer.type == "dropout") continue;
    pairs.emplace_back(&layer, take(layer, layer.type));
    const bool gives_last = layer.input.is_sequence && !layer.output.is_sequence;
    if (gives_last && !pairs.back().second->cell.empty() && !pairs.back().second->is_bidirectional) {
      take(layer, "last_step");
    }
  }
  if (at < found.size()) {
    throw FileError(sentence(file, ": does not fit the model: expected the output, found ", found[at].node, " for ",
                             found[at].type));
  }
  return pairs;
}

/// Whether a weight does nothing, so that a layer without it computes the same.
inline bool is_idle(const OnnxWeight& weight) {
  const double idle = weight.name == "gamma" ? 1 : 0;
  const bool may_be = weight.name == "gamma" || weight.name == "beta" || weight.name.ends_with("bias");
  return may_be && std::ranges::all_of(weight.numbers, [idle](double number) { return number == idle; });
}

/// Checks everything, and then sets the weights of these layers.
template <class T>
void read_onnx(const std::string& file, const std::vector<ListedLayer<T>>& listed, const std::vector<OnnxLayer>& found,
               bool allow_non_finite) {
  std::vector<std::pair<const Weight<T>*, const OnnxWeight*>> weights;
  for (const auto& [layer, other] : pair_up(file, listed, found)) {
    const auto refuse = [&](const auto& expected, const auto& is) {
      throw FileError(sentence(file, ": does not fit the model: ", layer->name(), ", in ", other->node, ": expected ",
                               expected, ", found ", is));
    };
    if (layer->config != other->config()) {
      refuse(sentence("\"", layer->config, "\""), sentence("\"", other->config(), "\""));
    }
    for (const Weight<T>& weight : layer->weights) {
      const auto same = std::ranges::find(other->weights, weight.name, &OnnxWeight::name);
      if (same == other->weights.end()) refuse(weight.name, "none");
      if (same->shape != weight.shape) {
        refuse(sentence(weight.name, " of ", shape_text(weight.shape)), shape_text(same->shape));
      }
      if (same->is_double && sizeof(T) < sizeof(double)) {
        refuse(sentence(weight.name, " of float32"), "float64, which a model of double takes");
      }
      for (const double number : same->numbers) {
        if (!allow_non_finite && !std::isfinite(static_cast<T>(number))) {
          refuse(sentence(weight.name, " of finite numbers"),
                 sentence(number, "; others are allowed by LoadOptions::allow_non_finite"));
        }
      }
      weights.emplace_back(&weight, &*same);
    }
    for (const OnnxWeight& weight : other->weights) {
      const bool is_known = std::ranges::find(layer->weights, weight.name, &Weight<T>::name) != layer->weights.end();
      if (!is_known && !is_idle(weight)) refuse(sentence("no ", weight.name), shape_text(weight.shape));
    }
  }
  for (const auto& [weight, from] : weights) {
    std::ranges::transform(from->numbers, weight->values.begin(), [](double number) { return static_cast<T>(number); });
  }
}

/// The features that the first weights are for or, where these are behind a Flatten, that the file says; 0 if neither.
inline std::size_t onnx_inputs(const OnnxFile& file, const std::vector<OnnxLayer>& found) {
  for (const OnnxLayer& layer : found) {
    if (layer.type == "flatten") break;
    if (!layer.weights.empty()) return layer.weights.front().shape.front();
  }
  return onnx_features(file);
}

/// The sizes of a file as the text of one of ours says them, for a model whose sizes a run chooses.
template <Model M>
std::string onnx_sizes(const OnnxFile& file, const std::vector<OnnxLayer>& found, std::uint64_t& numbers) {
  const typename M::Parameters none;
  std::string text = sentence("input (", onnx_inputs(file, found), ")\n");
  const auto listed = list_onnx_layers<M>(none, M::Stack::input);
  for (const auto& [layer, other] : pair_up(file.name(), listed, found)) {
    for (const OnnxWeight& weight : other->weights) {
      text += sentence(layer->name(), ".", weight.name, ": ", shape_text(weight.shape), "\n");
      numbers += weight.numbers.size();
    }
  }
  return text;
}

/// Throws FileError if the file says another number of features than this.
inline void check_onnx_inputs(const OnnxFile& file, std::size_t expected) {
  const std::size_t features = onnx_features(file);
  if (features != 0 && features != expected) {
    throw FileError(sentence(file.name(), ": does not fit the model: expected an input of ", expected,
                             " features, found ", features));
  }
}

/// That of a file, if it has one that is to be run. Throws FileError if it is none.
template <Scalar T> std::optional<SelfTest<T>> onnx_self_test(const OnnxFile& file, LoadOptions options) {
  if (file.self_test().empty() || !options.self_test) return {};
  return self_test_of_json<T>(file.name(), file.self_test());
}

template <Model M>
void load_onnx(M& model, const OnnxFile& file, const std::vector<OnnxLayer>& found, LoadOptions options) {
  check_onnx_inputs(file, model.input_shape().features);
  read_tested(file.name(), model, onnx_self_test<typename M::scalar>(file, options), [&](M& read) {
    read_onnx(file.name(), list_onnx_layers<M>(read.parameters(), read.input_shape()), found, options.allow_non_finite);
  });
}

template <Model M> M model_of_onnx(const OnnxFile& file, LoadOptions options) {
  const auto found = onnx_layers(file);
  M model = [&] {
    if constexpr (has_chosen_sizes<M>) {
      std::uint64_t numbers = 0;
      const std::string sizes = onnx_sizes<M>(file, found, numbers);
      return M(model_of_sizes(std::type_identity<typename M::Bare>(), file.name(), sizes,
                              numbers * sizeof(typename M::scalar)));
    } else {
      return not_drawn<M>();
    }
  }();
  load_onnx(model, file, found, options);
  return model;
}

/// The bytes of a file of these layers, with the text of a self-test, if there is one.
template <class T>
std::string onnx_bytes(const std::vector<ListedLayer<const T>>& listed, const Shape& input, const std::string& file,
                       SaveOptions options, std::string_view self_test) {
  const bool needs_steps = std::ranges::find(listed, "flatten", &ListedLayer<const T>::type) != listed.end();
  const auto any = [needs_steps](Shape shape) {
    if (!needs_steps) shape.steps = any_steps;
    return shape;
  };
  OnnxWriter<T> writer(any(input));
  for (const auto& layer : listed) {
    for (const auto& weight : layer.weights) {
      const auto found = std::ranges::find_if(weight.values, [](T number) { return !std::isfinite(number); });
      if (found == weight.values.end() || options.allow_non_finite) continue;
      throw FileError(sentence(file, ": ", layer.name(), ".", weight.name, ": expected finite numbers, found ", *found,
                               "; others are allowed by SaveOptions::allow_non_finite"));
    }
    writer.add(layer);
  }
  std::string bytes = writer.file(any(listed.back().output));
  if (!self_test.empty()) {
    ProtobufWriter entry, metadata;
    entry.bytes(1, onnx_self_test_name).bytes(2, self_test);
    bytes += metadata.bytes(14, entry.message()).message();
  }
  return bytes;
}

template <Model M> std::string onnx_bytes(const M& model, const std::string& file, SaveOptions options) {
  return onnx_bytes(list_onnx_layers<M>(model.parameters(), model.input_shape()), model.input_shape(), file, options,
                    options.self_test ? self_test_json(make_self_test(file, model)) : "");
}

}  // namespace detail

/// Sets the weights of a model to those of an ONNX file, whose graph is a chain of layers as the model has them:
///
/// - SimpleRNN, LSTM, GRU, Bidirectional of one of them: RNN, LSTM, GRU, of all directions, with first states of zero
/// - Dense: Gemm, or MatMul and Add, and its activation
/// - LayerNormalization: LayerNormalization
/// - Flatten: Flatten or Reshape
/// - LastStep: Gather or Slice
/// - Dropout: none, or Dropout
///
/// Transpose, Reshape, Squeeze, Unsqueeze, Slice, Gather and Concat between them are followed as far as they move axes
/// or put both directions together, and those that move constants are computed.
///
/// Throws FileError, and leaves the model as it was, if the file cannot be read, is no ONNX file, or is damaged; if a
/// node is none of these, or has another option, activation or weight than the layer, with its name, what was
/// expected and what was found; if its numbers are more precise than those of the model; if a weight is not finite and
/// `options` do not allow it; or if it has a self-test that fails, as in `load`.
template <Model M> void load_onnx(M& model, const std::filesystem::path& path, LoadOptions options = {}) {
  const detail::OnnxFile file(path);
  detail::load_onnx(model, file, detail::onnx_layers(file), options);
}

/// The model of a file: `const auto model = load_onnx<Net>("net.onnx")`. Where only a run knows the sizes of a model,
/// those of the file are taken. Throws FileError as above.
template <Model M> M load_onnx(const std::filesystem::path& path, LoadOptions options = {}) {
  return detail::model_of_onnx<M>(detail::OnnxFile(path), options);
}

/// Writes a model as an ONNX file (operator set 17) with an input "x", (batch, steps, features), and an output "y",
/// both for any number of samples and steps, but for that of steps where the model has a Flatten. The same model gives
/// the same bytes. A self-test that `options` ask for is a text among the metadata, `rnnts.self_test`.
///
/// Throws FileError, and leaves a file that was there as it was, if that fails, or if a weight is not finite and
/// `options` do not allow it; ArgumentError if ONNX has no node for an activation or an option.
template <Model M> void save_onnx(const M& model, const std::filesystem::path& path, SaveOptions options = {}) {
  detail::write_file(path, detail::onnx_bytes(model, path.string(), options));
}

}  // namespace rnnts::inline RNNTS_ABI
