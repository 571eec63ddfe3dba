// The graph of an ONNX file, followed from its input to its output, as a list of layers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/onnx_arguments.hpp"
#include "rnnts/io/onnx_chain.hpp"
#include "rnnts/io/onnx_constants.hpp"
#include "rnnts/io/onnx_data.hpp"
#include "rnnts/io/onnx_file.hpp"
#include "rnnts/io/onnx_layers.hpp"
#include "rnnts/io/onnx_node.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// One walk over the nodes, which stand in an order in which each has its inputs.
class OnnxWalk {
 public:
  OnnxWalk(const OnnxFile& file, const std::map<std::string_view, const OnnxConstant*>& tensors, bool time_major)
      : file_(file),
        constants_(tensors),
        chain_(file),
        budget_{8 * std::uint64_t{file.size()} + 65536},
        time_major_(time_major) {}

  /// The layers; none if the input is time-major and was taken for batch-major, or the other way round.
  std::optional<std::vector<OnnxLayer>> layers() {
    add_input();
    for (const OnnxNode& node : file_.nodes()) {
      add(node);
      if (is_other_order_) return {};
    }
    check_output();
    return std::move(chain_.layers());
  }

 private:
  using Kind = OnnxAxis::Kind;

  [[noreturn]] void refuse(std::string_view expected, const auto& found) const {
    throw FileError(sentence(file_.name(), ": expected ", expected, ", found ", found));
  }

  void add_input() {
    const OnnxPort* input = nullptr;
    for (const OnnxPort& port : file_.inputs()) {
      if (constants_.contains(port.name)) continue;  // a weight: before version 4 they were inputs too
      if (input != nullptr) refuse("one input", sentence("\"", input->name, "\" and \"", port.name, "\""));
      input = &port;
    }
    if (input == nullptr) refuse("an input", "none");
    const auto& extents = input->extents;
    if (extents.size() != 3 && extents.size() != 2) {
      refuse(sentence("an input \"", input->name, "\" of batch, steps and features"),
             sentence(extents.size(), " axes"));
    }
    OnnxData data;
    if (extents.size() == 2) {
      data.axes = {{Kind::batch, extents[0]}, {Kind::features, extents[1]}};
    } else {
      const Kind first = time_major_ ? Kind::steps : Kind::batch, second = time_major_ ? Kind::batch : Kind::steps;
      data.axes = {{first, extents[0]}, {second, extents[1]}, {Kind::features, extents[2]}};
    }
    data_.emplace(input->name, std::move(data));
  }

  void check_output() {
    if (file_.outputs().size() != 1) refuse("one output", file_.outputs().size());
    const auto name = file_.outputs()[0].name;
    const auto found = data_.find(name);
    if (found == data_.end()) refuse("an output that layers make of the input", sentence("\"", name, "\""));
    OnnxNode end;
    end.type = "output";
    end.name = name;
    end.file = &file_.name();
    auto kinds = chain_.consumed(end, found->second).kinds();
    std::ranges::sort(kinds);
    if (kinds != std::vector{Kind::batch, Kind::features} &&
        kinds != std::vector{Kind::batch, Kind::steps, Kind::features}) {
      end.refuse("batch and features, or batch, steps and features", found->second.text());
    }
  }

  void add(const OnnxNode& node) {
    if (!node.domain.empty() && node.domain != "ai.onnx") {
      node.refuse("operators of ONNX", sentence("one of \"", node.domain, "\""));
    }
    if (node.type == "Loop" || node.type == "Scan" || node.type == "If") {
      node.refuse("RNN, GRU and LSTM as nodes",
                  sentence("a ", node.type, chain_.way_out(": save the net as .keras and use load_keras")));
    }
    for (const std::string_view output : node.outputs) {
      if (!output.empty() && (constants_.contains(output) || data_.contains(output))) {
        node.refuse("an output of a new name", sentence("\"", output, "\""));
      }
    }
    OnnxConstants constants;
    std::vector<const OnnxData*> data;
    for (const std::string_view input : node.inputs) {
      const auto constant = constants_.find(input);
      const auto flowing = data_.find(input);
      constants.push_back(constant == constants_.end() ? nullptr : constant->second);
      data.push_back(flowing == data_.end() ? nullptr : &flowing->second);
      if (!input.empty() && !constants.back() && !data.back()) {
        node.refuse("inputs that were there before", sentence("\"", input, "\""));
      }
    }
    if (std::ranges::none_of(data, [](const auto* one) { return one != nullptr; })) {
      made_.push_back(std::make_unique<OnnxConstant>(onnx_constant(node, constants, budget_)));
      constants_.emplace(node.outputs[0], made_.back().get());
    } else if (data[0] == nullptr) {
      node.refuse("what comes in as its first input", sentence("\"", node.inputs[0], "\""));
    } else {
      add_of_data(node, *data[0], data, constants);
    }
  }

  void add_of_data(const OnnxNode& node, const OnnxData& in, const std::vector<const OnnxData*>& data,
                   const OnnxConstants& constants) {
    const std::string_view type = node.type;
    if (type == "Shape") return add_shape(node, in);
    const auto cell = std::ranges::find(onnx_cells, type, &OnnxCell::node);
    if (cell != onnx_cells.end()) return add_recurrent(node, *cell, in, constants);
    const bool joins = type == "Concat" && data.size() == 2 && data[1] != nullptr;
    if (std::ranges::count_if(data, [](const auto* one) { return one != nullptr; }) != (joins ? 2 : 1)) {
      node.refuse("one input that is no constant", sentence("several", chain_.way_out()));
    }
    const auto& layers = chain_.layers();
    if ((type == "Slice" || type == "Gather") && file_.producer() == "pytorch" &&
        std::ranges::all_of(layers, [](const OnnxLayer& layer) { return layer.cell.empty(); })) {
      node.refuse("an RNN, LSTM or GRU of all steps", "a part of them" + chain_.way_out());
    }
    OnnxData out = joins ? join_sides(node, in, *data[1]) : in;
    const auto list = [&](std::string_view attribute) {
      return node.find(attribute) || node.inputs.size() < 2 ? node.integers(attribute) : onnx_list(node, constants[1]);
    };
    if (joins || type == "Identity" || (type == "Dropout" && node.inputs.size() < 3)) {
    } else if (type == "Transpose") {
      transpose(node, out);
    } else if (type == "Squeeze") {
      squeeze(node, list("axes"), out);
    } else if (type == "Unsqueeze") {
      unsqueeze(node, list("axes"), out);
    } else if (type == "Reshape" || type == "Flatten") {
      const bool is_reshape = type == "Reshape";
      if (!is_reshape && node.integer("axis", 1) != 1) node.refuse("axis 1", std::to_string(node.integer("axis", 1)));
      if (node.integer("allowzero", 0) != 0) node.refuse("allowzero 0", "another");
      if (reshape(node, is_reshape ? list("shape") : std::vector<std::int64_t>{0, -1}, out)) {
        auto flattened = std::exchange(out.axes, in.axes);
        chain_.add_flatten(node, out, std::move(flattened));
      }
    } else if (type == "Slice") {
      for (const OnnxSlice& one : onnx_slices(node, constants, out.axes.size())) slice(node, one, out);
    } else if (type == "Gather") {
      const auto index = list("");
      if (index.size() != 1) node.refuse("one index", std::to_string(index.size()));
      take_index(node, index[0], std::get<OnnxTensor>(*constants[1]).shape.empty(), out);
    } else if (type == "Gemm" || type == "MatMul") {
      chain_.add_dense(node, out, constants);
    } else if (type == "Add") {
      chain_.add_bias(node, out, constants[1]);
    } else if (type == "LayerNormalization") {
      chain_.add_normalization(node, out, constants);
    } else if (!chain_.add_activation(node, out)) {
      node.refuse("a node that load_onnx knows", sentence("one that it does not", chain_.way_out()));
    }
    data_.emplace(node.outputs[0], std::move(out));
  }

  void add_shape(const OnnxNode& node, const OnnxData& in) {
    node.allow({"start", "end"});
    std::vector<std::int64_t> extents;
    for (const OnnxAxis& axis : in.axes) extents.push_back(axis.as_extent());
    const auto size = static_cast<std::int64_t>(extents.size());
    const auto part = onnx_indices({0, node.integer("start", 0), node.integer("end", size), 1}, extents.size());
    std::vector<std::int64_t> kept;
    for (const std::int64_t k : part) kept.push_back(extents[static_cast<std::size_t>(k)]);
    if (kept.empty() || std::ranges::find(kept, 0) != kept.end()) node.refuse("known features", in.text());
    made_.push_back(std::make_unique<OnnxConstant>(onnx_tensor_of(kept)));
    constants_.emplace(node.outputs[0], made_.back().get());
  }

  void take_index(const OnnxNode& node, std::int64_t index, bool leaves_out, OnnxData& data) {
    const std::size_t axis = onnx_axis(node, node.integer("axis", 0), data.axes.size());
    take(node, axis, index, leaves_out, data);
  }

  void add_recurrent(const OnnxNode& node, const OnnxCell& cell, const OnnxData& in, const OnnxConstants& constants) {
    if (chain_.layers().empty() && !time_major_ &&
        in.kinds() == std::vector{Kind::batch, Kind::steps, Kind::features}) {
      is_other_order_ = true;
      return;
    }
    auto [all, reached] = chain_.add_recurrent(node, cell, in, constants);
    if (node.has_output(0)) data_.emplace(node.outputs[0], std::move(all));
    if (node.has_output(1)) data_.emplace(node.outputs[1], std::move(reached));
  }

  const OnnxFile& file_;
  std::map<std::string_view, const OnnxConstant*> constants_;
  std::vector<std::unique_ptr<OnnxConstant>> made_;
  std::map<std::string_view, OnnxData> data_;
  OnnxChain chain_;
  OnnxBudget budget_;
  bool time_major_, is_other_order_ = false;
};

/// The features of the input, or 0 if the file does not say.
inline std::size_t onnx_features(const OnnxFile& file) {
  for (const OnnxPort& port : file.inputs()) {
    const auto is_port = [&](const auto& tensor) { return tensor.first == port.name; };
    if (port.extents.empty() || std::ranges::any_of(file.tensors(), is_port)) continue;
    return static_cast<std::size_t>(port.extents.back());
  }
  return 0;
}

/// The layers of a file. Throws FileError if it is not a chain of layers as ours.
inline std::vector<OnnxLayer> onnx_layers(const OnnxFile& file) {
  std::map<std::string_view, const OnnxConstant*> tensors;
  for (const auto& [name, constant] : file.tensors()) {
    if (!tensors.emplace(name, &constant).second) {
      throw FileError(sentence(file.name(), ": expected each tensor once, found \"", name, "\" twice"));
    }
  }
  auto layers = OnnxWalk(file, tensors, false).layers();
  if (!layers) layers = OnnxWalk(file, tensors, true).layers();
  return *std::move(layers);
}

}  // namespace rnnts::inline RNNTS_ABI::detail
