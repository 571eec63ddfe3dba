// The bytes of an ONNX file that computes what the layers of a model do.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/io/layer_list.hpp"
#include "rnnts/io/little_endian.hpp"
#include "rnnts/io/onnx_layers.hpp"
#include "rnnts/io/protobuf.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The value of an item of `config()`, as of "activation relu, go_backwards"; nothing if there is none of the name.
inline std::string_view config_value(std::string_view config, std::string_view name) {
  const std::size_t begin = config.starts_with(name) ? 0 : config.find(sentence(", ", name));
  if (begin == std::string_view::npos) return {};
  config.remove_prefix(begin + name.size() + (begin == 0 ? 1 : 3));
  return config.substr(0, config.find(','));
}

/// Writes layers as nodes, one after the other. Sequences are (batch, steps, features) at the input and the output, and
/// (steps, batch, features) where a recurrent layer needs them so.
template <Scalar T> class OnnxWriter {
 public:
  using Listed = ListedLayer<const T>;

  explicit OnnxWriter(const Shape& input) : input_(input) {}

  /// Throws ArgumentError if ONNX has no such layer or activation.
  void add(const Listed& layer) {
    name_ = layer.name();
    if (layer.type == "dropout") return;
    if (layer.type == "dense") {
      add_dense(layer);
    } else if (layer.type == "flatten") {
      set_order(false);
      node("Flatten", {last_}, integer("axis", 1));
      is_sequence_ = false;
    } else if (layer.type == "last_step") {
      set_order(true);
      node("Gather", {last_, integers("last", {}, {-1})}, integer("axis", 0));
      is_sequence_ = false;
    } else if (layer.type == "layer_normalization") {
      add_normalization(layer);
    } else {
      add_recurrent(layer);
    }
  }

  /// The file. `output` is the shape of what comes out.
  std::string file(const Shape& output) {
    name_ = "output";
    set_order(false);
    ProtobufWriter graph;
    graph.bytes(2, "rnnts");
    nodes_.push_back(node_message("Identity", {last_}, {"y"}, ""));
    for (const std::string& one : nodes_) graph.bytes(1, one);
    for (const std::string& one : tensors_) graph.bytes(5, one);
    graph.bytes(11, port("x", input_));
    graph.bytes(12, port("y", output));
    ProtobufWriter opset, model;
    opset.bytes(1, "").integer(2, 17);
    model.integer(1, 8).bytes(2, "rnnts").bytes(7, graph.message()).bytes(8, opset.message());
    return model.message();
  }

 private:
  static constexpr auto onnx_type =
      static_cast<std::int64_t>(std::same_as<T, float> ? OnnxType::float32 : OnnxType::float64);

  [[noreturn]] void refuse(std::string_view what) const {
    throw ArgumentError(sentence(name_, ": ONNX has no node for ", what));
  }

  static std::string attribute(std::string_view name, ProtobufWriter value, std::int64_t type) {
    return value.bytes(1, name).integer(20, type).message();
  }
  static std::string integer(std::string_view name, std::int64_t value) {
    return attribute(name, ProtobufWriter().integer(3, value), 2);
  }
  static std::string number(std::string_view name, double value) {
    return attribute(name, ProtobufWriter().number(2, static_cast<float>(value)), 1);
  }
  static std::string text(std::string_view name, std::string_view value) {
    return attribute(name, ProtobufWriter().bytes(4, value), 3);
  }
  static std::string permutation(std::initializer_list<std::int64_t> order) {
    ProtobufWriter value;
    for (const std::int64_t axis : order) value.integer(8, axis);
    return attribute("perm", value, 7);
  }

  std::string node_message(std::string_view type, const std::vector<std::string>& inputs,
                           const std::vector<std::string>& outputs, const std::string& attributes) const {
    ProtobufWriter node;
    for (const std::string& input : inputs) node.bytes(1, input);
    for (const std::string& output : outputs) node.bytes(2, output);
    node.bytes(3, outputs.back()).bytes(4, type);
    return node.message() + attributes;
  }

  static std::string fields(const auto&... attributes) {
    ProtobufWriter all;
    (all.bytes(5, attributes), ...);
    return all.message();
  }

  /// A node whose output is the next input.
  void node(std::string_view type, const std::vector<std::string>& inputs, const auto&... attributes) {
    last_ = sentence(name_, ".", type, "_", nodes_.size());
    nodes_.push_back(node_message(type, inputs, {last_}, fields(attributes...)));
  }

  std::string tensor(std::string_view name, std::span<const std::size_t> shape, std::int64_t type,
                     std::string_view numbers) {
    std::string full = sentence(name_, ".", name, "_", tensors_.size());
    ProtobufWriter tensor;
    for (const std::size_t extent : shape) tensor.integer(1, static_cast<std::int64_t>(extent));
    tensor.integer(2, type).bytes(8, full).bytes(9, numbers);
    tensors_.push_back(tensor.message());
    return full;
  }
  std::string integers(std::string_view name, std::span<const std::size_t> shape,
                       std::initializer_list<std::int64_t> values) {
    std::string bytes;
    for (const std::int64_t value : values) append_little_endian(bytes, value);
    return tensor(name, shape, static_cast<std::int64_t>(OnnxType::int64), bytes);
  }
  std::string list(std::string_view name, std::initializer_list<std::int64_t> values) {
    return integers(name, std::array{values.size()}, values);
  }
  std::string numbers(std::string_view name, std::span<const std::size_t> shape, std::span<const T> values) {
    std::string bytes;
    for (const T value : values) append_little_endian(bytes, value);
    return tensor(name, shape, onnx_type, bytes);
  }

  static const Weight<const T>* find(const Listed& layer, std::string_view name) {
    const auto found = std::ranges::find(layer.weights, name, &Weight<const T>::name);
    return found == layer.weights.end() ? nullptr : &*found;
  }
  std::string weight(const Weight<const T>& weight) { return numbers(weight.name, weight.shape, weight.values); }

  /// Transposes what is no vector, unless it is time-major, or batch-major, already.
  void set_order(bool time_major) {
    if (is_sequence_ && time_major != is_time_major_) node("Transpose", {last_}, permutation({1, 0, 2}));
    is_time_major_ = time_major;
  }

  void add_dense(const Listed& layer) {
    const auto *const kernel = find(layer, "kernel"), *const bias = find(layer, "bias");
    if (layer.input.is_sequence) {
      node("MatMul", {last_, weight(*kernel)});
      if (bias) node("Add", {last_, weight(*bias)});
    } else {
      std::vector<std::string> inputs{last_, weight(*kernel)};
      if (bias) inputs.push_back(weight(*bias));
      node("Gemm", inputs);
    }
    const auto name = config_value(layer.config, "activation");
    if (name == "linear") return;
    const auto found = std::ranges::find(onnx_activations, name, &OnnxActivation::name);
    if (found == onnx_activations.end()) refuse(sentence("the activation ", name));
    if (found->name == "selu") {
      node(found->node, {last_}, number("alpha", found->value), number("gamma", 1.0507009873554804934));
    } else if (found->name == "softmax" || found->attribute.empty()) {
      node(found->node, {last_});
    } else {
      node(found->node, {last_}, number(found->attribute, found->value));
    }
  }

  void add_normalization(const Listed& layer) {
    const std::size_t features = layer.output.features;
    const auto *const gamma = find(layer, "gamma"), *const beta = find(layer, "beta");
    const std::vector<T> ones(features, T(1));
    std::vector<std::string> inputs{
        last_, gamma ? weight(*gamma) : numbers("gamma", std::span(&features, 1), std::span<const T>(ones))};
    if (beta) inputs.push_back(weight(*beta));
    const auto text_of = config_value(layer.config, "epsilon");
    double epsilon = 0;
    std::from_chars(text_of.data(), text_of.data() + text_of.size(), epsilon);
    node("LayerNormalization", inputs, integer("axis", -1), number("epsilon", epsilon));
  }

  void add_recurrent(const Listed& layer) {
    const bool is_both = layer.type == "bidirectional";
    std::string_view config = layer.config, type = layer.type;
    if (is_both) {
      if (!config.starts_with("merge concat ["))
        refuse(sentence("a Bidirectional with ", config.substr(0, config.find(" ["))));
      config.remove_prefix(config.find("0.") + 2);
      type = config.substr(0, config.find(' '));
      config.remove_prefix(config.find(": ") + 2);
      config.remove_suffix(1);
    }
    const auto cell = std::ranges::find(onnx_cells, type, &OnnxCell::type);
    if (cell == onnx_cells.end()) throw ArgumentError(name_ + ": save_onnx has no such layer: see docs/onnx.md");
    const bool goes_backwards = config.find("go_backwards") != std::string_view::npos;
    const bool reset_after = config.find("reset_after") != std::string_view::npos;
    if (is_both && goes_backwards) refuse("a Bidirectional of layers with go_backwards");

    const std::vector<std::string> sides =
        is_both ? std::vector<std::string>{"forward.", "backward."} : std::vector<std::string>{""};
    const auto& shape = find(layer, sides[0] + "recurrent_kernel")->shape;
    const std::size_t units = shape[0], columns = shape[1], count = sides.size();
    ProtobufWriter activations;
    std::vector<T> w, r, b;
    for (const std::string& side : sides) {
      const auto append = [&](const Weight<const T>& from, std::vector<T>& to) {
        const std::size_t rows = from.values.size() / columns, begin = to.size();
        to.resize(begin + from.values.size());
        for (std::size_t k = 0; k < from.values.size(); ++k) {
          to[begin + onnx_place(*cell, rows, columns, k)] = from.values[k];
        }
      };
      append(*find(layer, side + "kernel"), w);
      append(*find(layer, side + "recurrent_kernel"), r);
      if (const auto* const bias = find(layer, side + "bias")) {
        for (std::size_t row = 0; row < bias->values.size() / columns; ++row) {
          append({"", {}, bias->values.subspan(row * columns, columns)}, b);
        }
        if (bias->values.size() == columns) b.resize(b.size() + columns);
      }
      for (std::size_t k = 0; k < std::max<std::size_t>(cell->gates - 1, 1); ++k) {
        const auto name = config_value(config, k == 0 && cell->gates > 1 ? "recurrent_activation" : "activation");
        const auto found = std::ranges::find(onnx_activations, name, &OnnxActivation::name);
        if (found == onnx_activations.end() || !is_recurrent(*found))
          refuse(sentence("a ", type, " with the activation ", name));
        activations.bytes(9, found->node);
      }
    }

    set_order(true);
    const std::size_t inputs = w.size() / (count * columns);
    std::vector<std::string> from{last_, numbers("W", std::array{count, columns, inputs}, std::span<const T>(w)),
                                  numbers("R", std::array{count, columns, units}, std::span<const T>(r))};
    if (!b.empty()) from.push_back(numbers("B", std::array{count, 2 * columns}, std::span<const T>(b)));
    const bool gives_all = layer.output.is_sequence;
    last_ = name_ + (gives_all ? ".Y" : ".Y_h");
    std::string attributes = fields(attribute("activations", activations, 8),
                                    text("direction", is_both          ? "bidirectional"
                                                      : goes_backwards ? "reverse"
                                                                       : "forward"),
                                    integer("hidden_size", static_cast<std::int64_t>(units)));
    if (cell->node == "GRU") attributes += fields(integer("linear_before_reset", reset_after));
    nodes_.push_back(
        node_message(cell->node, from, gives_all ? std::vector{last_} : std::vector{std::string(), last_}, attributes));
    is_sequence_ = gives_all;
    if (!is_both) {
      node("Squeeze", {last_, list("axis", {gives_all ? 1 : 0})});
    } else if (gives_all) {
      node("Transpose", {last_}, permutation({0, 2, 1, 3}));
      node("Reshape", {last_, list("shape", {0, 0, -1})});
    } else {
      node("Transpose", {last_}, permutation({1, 0, 2}));
      node("Reshape", {last_, list("shape", {0, -1})});
    }
    if (goes_backwards && gives_all) {
      constexpr std::int64_t before_first = std::numeric_limits<std::int64_t>::min();
      node("Slice", {last_, list("start", {-1}), list("end", {before_first}), list("axis", {0}), list("step", {-1})});
    }
  }

  /// The description of an input or an output.
  static std::string port(std::string_view name, const Shape& shape) {
    const auto axis = [](std::size_t extent, std::string_view otherwise) {
      ProtobufWriter one;
      if (extent > 0) return one.integer(1, static_cast<std::int64_t>(extent)).message();
      return one.bytes(2, otherwise).message();
    };
    ProtobufWriter extents, tensor, type, port;
    extents.bytes(1, axis(0, "batch"));
    if (shape.is_sequence) extents.bytes(1, axis(shape.steps, "steps"));
    extents.bytes(1, axis(shape.features, "features"));
    tensor.integer(1, onnx_type).bytes(2, extents.message());
    return port.bytes(1, name).bytes(2, type.bytes(1, tensor.message()).message()).message();
  }

  Shape input_;
  std::string name_, last_ = "x";
  std::vector<std::string> nodes_, tensors_;
  bool is_sequence_ = input_.is_sequence, is_time_major_ = false;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
