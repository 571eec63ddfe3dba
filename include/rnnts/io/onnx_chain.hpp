// The layers that nodes of an ONNX graph are, one behind the other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/onnx_arguments.hpp"
#include "rnnts/io/onnx_data.hpp"
#include "rnnts/io/onnx_file.hpp"
#include "rnnts/io/onnx_layers.hpp"
#include "rnnts/io/onnx_node.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

using OnnxConstants = std::vector<const OnnxConstant*>;

/// The layers so far. Each `add_…` takes the output of the last one, checks the node, and makes `data` its output.
class OnnxChain {
 public:
  explicit OnnxChain(const OnnxFile& file) : file_(file) {}

  std::vector<OnnxLayer>& layers() { return layers_; }

  /// … of both outputs of the node: of all steps, and of those that each direction has reached.
  std::pair<OnnxData, OnnxData> add_recurrent(const OnnxNode& node, const OnnxCell& cell, const OnnxData& in,
                                              const OnnxConstants& constants) {
    const auto tensor = [&](std::size_t k, std::string_view name) -> const OnnxTensor* {
      if (node.input(k).empty()) return nullptr;
      const auto* const found = constants[k] ? std::get_if<OnnxTensor>(constants[k]) : nullptr;
      if (found == nullptr) node.refuse(sentence(name, " as a constant"), "something else");
      return found;
    };
    const OnnxTensor *const w = tensor(1, "W"), *const r = tensor(2, "R"), *const b = tensor(3, "B");
    if (w == nullptr || r == nullptr) node.refuse("W and R", "none");
    if (!node.input(4).empty()) node.refuse("no sequence_lens", "some");
    for (const std::size_t k : {std::size_t{5}, std::size_t{6}}) {
      if (node.input(k).empty()) continue;
      if (constants[k] == nullptr || !is_zero(*constants[k])) node.refuse("first states of zero", "others");
    }
    if (!node.input(7).empty()) node.refuse("no peepholes", "some");
    if (in.axes.size() != 3 || in.kinds() != std::vector{Kind::steps, Kind::batch, Kind::features})
      node.refuse("(steps, batch, features)", in.text());
    OnnxData all = consumed(node, in);
    OnnxLayer layer = onnx_recurrent(node, cell, file_.producer(), *w, *r, b);
    const OnnxAxis features{Kind::features, static_cast<std::int64_t>(layer.units)};
    const OnnxAxis direction{Kind::direction, layer.is_bidirectional ? 2 : 1};
    all.axes = {in.axes[0], direction, in.axes[1], features};
    append(std::move(layer), all);
    OnnxData reached = all;
    reached.axes.erase(reached.axes.begin());
    reached.steps = OnnxData::Steps::reached;
    return {std::move(all), std::move(reached)};
  }

  void add_dense(const OnnxNode& node, OnnxData& data, const OnnxConstants& constants) {
    const bool is_gemm = node.type == "Gemm";
    node.allow({"alpha", "beta", "transA", "transB"});
    if (node.integer("transA", 0) != 0 || node.number("alpha", 1) != 1 || node.number("beta", 1) != 1) {
      node.refuse("alpha 1, beta 1 and transA 0", "others");
    }
    const bool is_transposed = node.integer("transB", 0) != 0;
    const OnnxTensor& b = numbers(node, constants.size() < 2 ? nullptr : constants[1], "its second input");
    if (b.shape.size() != 2) node.refuse("a matrix as second input", shape_text(b.shape));
    if (data.axes.empty() || data.axes.back().kind != Kind::features || (is_gemm && data.axes.size() != 2)) {
      node.refuse(is_gemm ? "(batch, features)" : "features on the last axis", data.text());
    }
    const std::size_t rows = b.shape[is_transposed], columns = b.shape[!is_transposed];
    data = consumed(node, data);
    OnnxLayer layer{node.text(), "dense", "activation linear"};
    layer.weights.push_back(onnx_weight("kernel", b, {rows, columns}, [&](std::size_t at) {
      return is_transposed ? at % columns * rows + at / columns : at;
    }));
    layer.units = columns;
    if (!node.input(2).empty()) layer.weights.push_back(vector(node, constants[2], "bias", columns));
    data.axes.back().extent = static_cast<std::int64_t>(columns);
    append(std::move(layer), data);
  }

  /// … where the last one is one without a bias.
  void add_bias(const OnnxNode& node, const OnnxData& data, const OnnxConstant* bias) {
    if (!ends_with_dense(data) || layers_.back().weights.size() != 1) {
      node.refuse("it behind a MatMul, as the bias", data.layers == 0 ? "it behind the input" : "it elsewhere");
    }
    layers_.back().weights.push_back(vector(node, bias, "bias", layers_.back().units));
  }

  /// Returns false if the node is no activation.
  bool add_activation(const OnnxNode& node, const OnnxData& data) {
    const OnnxActivation* const activation = onnx_activation(node, data.axes.size(), file_.opset());
    if (activation == nullptr) return false;
    if (!ends_with_dense(data)) node.refuse("it behind a Gemm or MatMul, as the activation", "it elsewhere");
    if (activation->name == "softmax" && data.axes.back().kind != Kind::features) {
      node.refuse("features on the last axis", data.text());
    }
    layers_.back().items = sentence("activation ", activation->name);
    layers_.back().has_activation = true;
    return true;
  }

  void add_normalization(const OnnxNode& node, OnnxData& data, const OnnxConstants& constants) {
    node.allow({"axis", "epsilon", "stash_type"});
    const std::int64_t axis = node.integer("axis", -1);
    if (data.axes.empty() || data.axes.back().kind != Kind::features ||
        (axis != -1 && axis + 1 != static_cast<std::int64_t>(data.axes.size()))) {
      node.refuse("features on the last axis, and that one", sentence("axis ", axis, " of ", data.text()));
    }
    data = consumed(node, data);
    OnnxLayer layer{node.text(), "layer_normalization", sentence("epsilon ", node.number("epsilon", 1e-5F))};
    layer.units = numbers(node, constants.size() < 2 ? nullptr : constants[1], "its scale").size();
    layer.weights.push_back(vector(node, constants[1], "gamma", layer.units));
    if (!node.input(2).empty()) layer.weights.push_back(vector(node, constants[2], "beta", layer.units));
    append(std::move(layer), data);
  }

  /// `shape` are the axes that it gives them.
  void add_flatten(const OnnxNode& node, OnnxData& data, std::vector<OnnxAxis> shape) {
    data = consumed(node, data);
    data.axes = std::move(shape);
    OnnxLayer layer{node.text(), "flatten"};
    layer.units = static_cast<std::size_t>(data.axes.back().extent);
    append(std::move(layer), data);
  }

  /// What is left of a layer's output when the next one takes it: all of it, or its last step, for which a layer is
  /// added. Throws FileError if it is another part, or of an earlier layer.
  OnnxData consumed(const OnnxNode& node, const OnnxData& data) {
    using Steps = OnnxData::Steps;
    if (data.layers != layers_.size()) {
      node.refuse("the output of the last layer, as layers follow each other", "that of an earlier one" + way_out());
    }
    const OnnxLayer* const layer = layers_.empty() ? nullptr : &layers_.back();
    const bool is_both = layer && layer->is_bidirectional, is_back = layer && layer->goes_backwards;
    const bool has_direction = std::ranges::any_of(
        data.axes, [](const OnnxAxis& axis) { return axis.kind == Kind::direction && !axis.is_idle(); });
    if (data.side != OnnxData::Side::both || has_direction) node.refuse("both directions side by side", "one of them");
    if (data.is_turned != (is_back && (data.is_turned || data.steps == Steps::all))) {
      node.refuse(is_back ? "the steps of a reverse layer turned round by a Slice" : "steps in their order",
                  "them the other way round");
    }
    const Steps last = is_back && !data.is_turned ? Steps::first : Steps::last;
    if (is_both && data.steps == Steps::reached) {
      layers_.back().gives_sequence = false;
    } else if (data.steps == last || data.steps == Steps::reached) {
      layers_.push_back({node.text(), "last_step"});
    } else if (data.steps != Steps::all) {
      node.refuse("the step that a layer has reached last", "another one");
    }
    OnnxData left;
    left.axes = data.axes;
    left.layers = layers_.size();
    return left;
  }

  /// How else a net gets here from who wrote the file.
  std::string way_out(std::string_view otherwise = "") const {
    if (file_.producer() == "pytorch") {
      return ": PyTorch's exporter unrolls nn.RNN; save the state_dict as safetensors and use load_pytorch";
    }
    const bool is_keras = file_.producer() == "tf2onnx" || file_.producer().starts_with("keras");
    return std::string(is_keras ? ": save the net as .keras and use load_keras" : otherwise);
  }

 private:
  using Kind = OnnxAxis::Kind;

  static bool is_zero(const OnnxConstant& constant) {
    if (const auto* const fill = std::get_if<OnnxFill>(&constant)) return fill->number == 0;
    const auto& tensor = std::get<OnnxTensor>(constant);
    for (std::size_t k = 0; k < tensor.size(); ++k) {
      if (tensor.number(k) != 0) return false;
    }
    return true;
  }

  /// A constant of floating-point numbers.
  static const OnnxTensor& numbers(const OnnxNode& node, const OnnxConstant* constant, std::string_view what) {
    const auto* const tensor = constant ? std::get_if<OnnxTensor>(constant) : nullptr;
    if (tensor == nullptr || tensor->is_integer()) node.refuse(sentence(what, " as a constant"), "something else");
    return *tensor;
  }

  /// … for each of the features.
  static OnnxWeight vector(const OnnxNode& node, const OnnxConstant* constant, std::string name, std::size_t features) {
    const OnnxTensor& tensor = numbers(node, constant, name);
    if (tensor.size() != features || (!tensor.shape.empty() && tensor.shape.back() != features)) {
      node.refuse(sentence("a ", name, " of ", features, " numbers"), shape_text(tensor.shape));
    }
    return onnx_weight(std::move(name), tensor, {features}, [](std::size_t at) { return at; });
  }

  /// Whether this is what a dense layer without an activation gives.
  bool ends_with_dense(const OnnxData& data) const {
    return data.layers == layers_.size() && !layers_.empty() && layers_.back().type == "dense" &&
           !layers_.back().has_activation && data.steps == OnnxData::Steps::all;
  }

  void append(OnnxLayer layer, OnnxData& data) {
    layers_.push_back(std::move(layer));
    data.layers = layers_.size();
  }

  const OnnxFile& file_;
  std::vector<OnnxLayer> layers_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
