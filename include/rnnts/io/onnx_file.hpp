// The graph of an ONNX file: its nodes, tensors, inputs and outputs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/file.hpp"
#include "rnnts/io/onnx_arguments.hpp"
#include "rnnts/io/onnx_node.hpp"
#include "rnnts/io/protobuf.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

inline constexpr std::string_view onnx_self_test_name = "rnnts.self_test";

/// The input or the output of a graph.
struct OnnxPort {
  std::string_view name;
  std::vector<std::int64_t> extents;  ///< 0 where the file does not say
};

/// A file that was read, with what its parts are. They are views of its bytes.
class OnnxFile {
 public:
  /// Throws FileError if it cannot be read, or is no ONNX file.
  explicit OnnxFile(const std::filesystem::path& path) : name_(path.string()) {
    InputFile(path).read(bytes_, std::numeric_limits<std::size_t>::max());
    parse();
  }
  /// The same from memory.
  OnnxFile(std::string name, std::string bytes) : name_(std::move(name)), bytes_(std::move(bytes)) { parse(); }

  OnnxFile(const OnnxFile&) = delete;
  OnnxFile& operator=(const OnnxFile&) = delete;

  const std::string& name() const { return name_; }
  std::size_t size() const { return bytes_.size(); }
  std::string_view producer() const { return producer_; }
  std::int64_t opset() const { return opset_; }
  /// The text of this name among the metadata; empty if there is none.
  std::string_view self_test() const { return self_test_; }
  const std::vector<OnnxNode>& nodes() const { return nodes_; }
  const std::vector<OnnxPort>& inputs() const { return inputs_; }
  const std::vector<OnnxPort>& outputs() const { return outputs_; }
  const std::vector<std::pair<std::string_view, OnnxConstant>>& tensors() const { return tensors_; }

 private:
  void parse();
  void parse_graph(std::string_view message);
  OnnxNode node(std::string_view message) const;
  OnnxPort port(std::string_view message) const;

  std::string name_, bytes_;
  std::string_view producer_, self_test_;
  std::int64_t opset_ = 0;
  std::vector<OnnxNode> nodes_;
  std::vector<OnnxPort> inputs_, outputs_;
  std::vector<std::pair<std::string_view, OnnxConstant>> tensors_;  ///< by name
};

inline void OnnxFile::parse() {
  std::optional<std::string_view> graph;
  bool has_version = false;
  ProtobufReader reader(name_, bytes_);
  for (ProtobufField field; reader.next(field);) {
    if (field.number == 1) has_version = true;
    if (field.number == 2) producer_ = field.bytes;
    if (field.number == 7) graph = field.bytes;
    if (field.number == 8) {
      std::string_view domain;
      std::int64_t version = 0;
      ProtobufReader set(name_, field.bytes);
      for (ProtobufField part; set.next(part);) {
        if (part.number == 1) domain = part.bytes;
        if (part.number == 2) version = part.as_signed();
      }
      if (domain.empty() || domain == "ai.onnx") opset_ = version;
    }
    if (field.number == 14) {  // metadata: a name and a text
      std::string_view key, value;
      ProtobufReader entry(name_, field.bytes);
      for (ProtobufField part; entry.next(part);) {
        if (part.number == 1) key = part.bytes;
        if (part.number == 2) value = part.bytes;
      }
      if (key == onnx_self_test_name) self_test_ = value;
    }
  }
  if (!has_version || !graph || opset_ <= 0) {
    throw FileError(sentence(name_, ": not an ONNX file: expected a version, an operator set and a graph, found no ",
                             !has_version ? "version"
                             : !graph     ? "graph"
                                          : "operator set"));
  }
  parse_graph(*graph);
}

inline void OnnxFile::parse_graph(std::string_view message) {
  ProtobufReader reader(name_, message);
  for (ProtobufField field; reader.next(field);) {
    switch (field.number) {
      case 1: nodes_.push_back(node(field.bytes)); break;
      case 5: tensors_.push_back(onnx_tensor(name_, field.bytes)); break;
      case 11: inputs_.push_back(port(field.bytes)); break;
      case 12: outputs_.push_back(port(field.bytes)); break;
      case 15: throw FileError(sentence(name_, ": expected no sparse tensor, found one"));
      default: break;
    }
  }
}

inline OnnxNode OnnxFile::node(std::string_view message) const {
  OnnxNode node;
  node.file = &name_;
  ProtobufReader reader(name_, message);
  for (ProtobufField field; reader.next(field);) {
    switch (field.number) {
      case 1: node.inputs.push_back(field.bytes); break;
      case 2: node.outputs.push_back(field.bytes); break;
      case 3: node.name = field.bytes; break;
      case 4: node.type = field.bytes; break;
      case 5: {
        OnnxNode::Attribute attribute{{}, field.bytes};
        ProtobufReader inner(name_, field.bytes);
        for (ProtobufField part; inner.next(part);) {
          if (part.number == 1) attribute.name = part.bytes;
        }
        node.attributes.push_back(attribute);
        break;
      }
      case 7: node.domain = field.bytes; break;
      default: break;
    }
  }
  if (node.type.empty() || node.outputs.empty()) {
    throw FileError(sentence(name_, ": damaged: expected nodes with a type and an output, found one without"));
  }
  return node;
}

inline OnnxPort OnnxFile::port(std::string_view message) const {
  // The field of a message that is a message itself; the last one counts.
  const auto inside = [&](std::string_view outer, std::uint64_t number) {
    std::string_view found;
    ProtobufReader reader(name_, outer);
    for (ProtobufField field; reader.next(field);) {
      if (field.number == number) found = field.bytes;
    }
    return found;
  };
  OnnxPort port{inside(message, 1), {}};
  ProtobufReader shape(name_, inside(inside(inside(message, 2), 1), 2));
  for (ProtobufField field; shape.next(field);) {
    if (field.number != 1) continue;
    std::int64_t extent = 0;
    ProtobufReader axis(name_, field.bytes);
    for (ProtobufField part; axis.next(part);) {
      if (part.number == 1) extent = part.as_signed();
    }
    if (extent < 0 || extent > std::numeric_limits<std::int32_t>::max()) {
      throw FileError(sentence(name_, ": \"", port.name, "\": expected extents of up to 31 bits, found ", extent));
    }
    port.extents.push_back(extent);
  }
  return port;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
