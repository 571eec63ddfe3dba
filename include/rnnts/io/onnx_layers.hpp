// Layers as ONNX has them, in terms of ours.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/onnx_node.hpp"
#include "rnnts/layers/stack.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// An activation of ours and the node that computes the same.
struct OnnxActivation {
  std::string_view name, node;
  std::string_view attribute = "";  ///< that says one of its constants
  double value = 0, otherwise = 0;  ///< what that is with us, and where a node does not say it
};

/// Those with a constant are none of a recurrent node here.
inline constexpr std::array onnx_activations{
    OnnxActivation{"tanh", "Tanh"},
    OnnxActivation{"sigmoid", "Sigmoid"},
    OnnxActivation{"relu", "Relu"},
    OnnxActivation{"softsign", "Softsign"},
    OnnxActivation{"softplus", "Softplus"},
    OnnxActivation{"exponential", "Exp"},
    OnnxActivation{"softmax", "Softmax", "axis", -1, -1},
    OnnxActivation{"leaky_relu", "LeakyRelu", "alpha", 0.2, 0.01},
    OnnxActivation{"elu", "Elu", "alpha", 1, 1},
    OnnxActivation{"selu", "Selu", "alpha", 1.6732632423543772848, 1.67326319217681884765625},
    OnnxActivation{"hard_sigmoid", "HardSigmoid", "alpha", 1.0 / 6, 0.2},
};

/// Whether a recurrent node has it.
constexpr bool is_recurrent(const OnnxActivation& activation) {
  return activation.attribute.empty() && activation.node != "Exp";
}

/// A recurrent layer of ours, the operator, and where its gates are.
struct OnnxCell {
  std::string_view type, node;
  std::size_t gates;
  std::array<std::size_t, 4> places;  ///< in ONNX of each gate of ours
};

inline constexpr std::array onnx_cells{OnnxCell{"simple_rnn", "RNN", 1, {0}}, OnnxCell{"gru", "GRU", 3, {0, 1, 2}},
                                       OnnxCell{"lstm", "LSTM", 4, {0, 2, 3, 1}}};

struct OnnxWeight {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<double> numbers;
  bool is_double = false;
};

/// A layer that one or more nodes stand for, in our terms.
struct OnnxLayer {
  std::string node;  ///< which one, or the first
  std::string_view type;
  std::string items = {};  ///< of `config()`; of both in a bidirectional layer
  std::vector<OnnxWeight> weights = {};
  std::string_view cell = {};  ///< of a recurrent layer
  std::size_t units = 0;  ///< 0 of a Flatten whose steps the file does not say
  bool goes_backwards = false, is_bidirectional = false, gives_sequence = true;
  bool has_activation = false;  ///< of a dense layer

  /// What ours tells by `config()`.
  std::string config() const {
    if (!is_bidirectional) return items;
    const Shape shape{.features = units, .is_sequence = gives_sequence};
    return sentence("merge concat [0.", cell, " ", features_text(shape), ": ", items, "]");
  }
};

/// Where number `at` of our matrix (rows, gates N), or of our bias with rows of 1, is in that of ONNX, (gates N, rows).
inline std::size_t onnx_place(const OnnxCell& cell, std::size_t rows, std::size_t columns, std::size_t at) {
  const std::size_t units = columns / cell.gates, column = at % columns;
  return (cell.places[column / units] * units + column % units) * rows + at / columns;
}

/// A weight with the numbers of a tensor in its order.
inline OnnxWeight onnx_weight(std::string name, const OnnxTensor& tensor, std::vector<std::size_t> shape, auto place) {
  OnnxWeight weight{std::move(name), std::move(shape), {}, tensor.type == OnnxType::float64};
  const std::size_t size =
      std::accumulate(weight.shape.begin(), weight.shape.end(), std::size_t{1}, std::multiplies<>());
  for (std::size_t k = 0; k < size; ++k) weight.numbers.push_back(tensor.number(place(k)));
  return weight;
}

/// The activations of a recurrent node, checked to be the same in both directions and in both places of an LSTM.
inline std::string onnx_cell_items(const OnnxNode& node, const OnnxCell& cell, std::size_t directions) {
  auto given = node.strings("activations");
  const std::size_t count = cell.gates == 1 ? 1 : cell.gates - 1;  // 1, 2, 3 of RNN, GRU, LSTM
  if (given.empty()) {
    for (std::size_t d = 0; d < directions; ++d) {
      if (count > 1) given.push_back("Sigmoid");
      for (std::size_t k = 1; k < count || (k == 1 && count == 1); ++k) given.push_back("Tanh");
    }
  }
  if (given.size() != count * directions) {
    node.refuse(sentence(count * directions, " activations"), std::to_string(given.size()));
  }
  const auto name_of = [&](std::size_t k) {
    const auto found = std::ranges::find(onnx_activations, given[k], &OnnxActivation::node);
    if (found == onnx_activations.end() || !is_recurrent(*found)) {
      node.refuse("activations out of Tanh, Sigmoid, Relu, Softsign and Softplus", given[k]);
    }
    return found->name;
  };
  for (std::size_t k = count; k < given.size(); ++k) {
    if (given[k] != given[k - count]) node.refuse("the same activations in both directions", given[k]);
  }
  if (count == 3 && given[1] != given[2]) {
    node.refuse("the same activation of the cell's input and output", sentence(given[1], " and ", given[2]));
  }
  std::string items = sentence("activation ", name_of(count == 1 ? 0 : 1));
  if (count > 1) items += sentence(", recurrent_activation ", name_of(0));
  return items;
}

/// The layer of a recurrent node, of whose inputs `w`, `r` and `b` are constants and the others are none or zeros; `b`
/// may be null. Throws FileError if there is none of ours like it.
inline OnnxLayer onnx_recurrent(const OnnxNode& node, const OnnxCell& cell, std::string_view producer,
                                const OnnxTensor& w, const OnnxTensor& r, const OnnxTensor* b) {
  node.allow({"activations", "direction", "hidden_size", "layout", "input_forget", "linear_before_reset"});
  const auto direction = node.string("direction", "forward");
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional") {
    node.refuse("a direction forward, reverse or bidirectional", direction);
  }
  if (node.integer("layout", 0) != 0) node.refuse("layout 0", "1");
  if (node.integer("input_forget", 0) != 0) node.refuse("input_forget 0", "1");
  const bool reset_after = node.integer("linear_before_reset", 0) != 0;
  if (cell.type == "gru" && !reset_after && producer == "pytorch") {
    node.refuse("linear_before_reset 1, as PyTorch's GRU computes",
                "none, which is a fault of its exporter: export again with onnxscript 0.7.2 or newer, or save the "
                "state_dict as safetensors and use load_pytorch");
  }
  const std::size_t directions = direction == "bidirectional" ? 2 : 1;
  const std::size_t units = r.shape.size() == 3 ? r.shape[2] : 0, columns = cell.gates * units;
  const std::size_t inputs = w.shape.size() == 3 ? w.shape[2] : 0;
  const auto check = [&](std::string_view name, const OnnxTensor& tensor, const std::vector<std::size_t>& shape) {
    if (tensor.is_integer()) node.refuse(sentence(name, " of floating-point numbers"), "integers");
    if (tensor.shape != shape) node.refuse(sentence(name, " of ", shape_text(shape)), shape_text(tensor.shape));
  };
  check("R", r, {directions, columns, units});
  check("W", w, {directions, columns, inputs});
  if (b != nullptr) check("B", *b, {directions, 2 * columns});
  if (node.integer("hidden_size", static_cast<std::int64_t>(units)) != static_cast<std::int64_t>(units)) {
    node.refuse(sentence("a hidden_size of ", units, ", as R has it"), std::to_string(node.integer("hidden_size", 0)));
  }

  OnnxLayer layer{node.text(), directions == 2 ? "bidirectional" : cell.type, onnx_cell_items(node, cell, directions)};
  layer.cell = cell.type;
  layer.units = units;
  layer.goes_backwards = direction == "reverse";
  layer.is_bidirectional = directions == 2;
  if (layer.goes_backwards) layer.items += ", go_backwards";
  if (cell.type == "gru" && reset_after) layer.items += ", reset_after";
  for (std::size_t d = 0; d < directions; ++d) {
    const std::string side = directions == 1 ? "" : d == 0 ? "forward." : "backward.";
    const auto of_rows = [&](std::size_t rows) {
      return [&cell, rows, columns, d](std::size_t at) {
        return d * rows * columns + onnx_place(cell, rows, columns, at);
      };
    };
    layer.weights.push_back(onnx_weight(side + "kernel", w, {inputs, columns}, of_rows(inputs)));
    layer.weights.push_back(onnx_weight(side + "recurrent_kernel", r, {units, columns}, of_rows(units)));
    if (b == nullptr) continue;
    OnnxWeight bias = onnx_weight(side + "bias", *b, {2, columns}, [&](std::size_t at) {
      return (2 * d + at / columns) * columns + onnx_place(cell, 1, columns, at % columns);
    });
    if (cell.type != "gru" || !reset_after) {
      for (std::size_t k = 0; k < columns; ++k) bias.numbers[k] += bias.numbers[columns + k];
      bias.numbers.resize(columns);
      bias.shape = {columns};
    }
    layer.weights.push_back(std::move(bias));
  }
  return layer;
}

/// The activation that a node is, or null if it is none. Throws FileError if its constants are others than ours.
inline const OnnxActivation* onnx_activation(const OnnxNode& node, std::size_t rank, std::int64_t opset) {
  const auto found = std::ranges::find(onnx_activations, node.type, &OnnxActivation::node);
  if (found == onnx_activations.end()) return nullptr;
  node.allow({found->attribute, found->name == "selu" ? "gamma" : found->name == "hard_sigmoid" ? "beta" : ""});
  const auto check = [&](std::string_view attribute, double expected, double value) {
    if (std::abs(value - expected) > 1e-6) node.refuse(sentence(attribute, " ", expected), sentence(value));
  };
  if (found->name == "softmax") {
    const std::int64_t axis = node.integer("axis", opset < 13 ? 1 : -1);
    const auto last = static_cast<std::int64_t>(rank) - 1;
    if ((axis != -1 && axis != last) || (opset < 13 && rank != 2)) {
      node.refuse("the axis of the features", std::to_string(axis));
    }
  } else if (!found->attribute.empty()) {
    check(found->attribute, found->value, node.number(found->attribute, static_cast<float>(found->otherwise)));
  }
  if (found->name == "selu") check("gamma", 1.0507009873554804934, node.number("gamma", 1.05070102214813232421875F));
  if (found->name == "hard_sigmoid") check("beta", 0.5, node.number("beta", 0.5F));
  return &*found;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
