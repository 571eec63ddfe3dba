// Tensors and nodes as an ONNX file has them.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/little_endian.hpp"
#include "rnnts/io/protobuf.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

enum class OnnxType : std::int64_t { float32 = 1, int32 = 6, int64 = 7, float64 = 11 };

inline std::string onnx_type_text(std::int64_t type) {
  switch (type) {
    case 1: return "float32";
    case 6: return "int32";
    case 7: return "int64";
    case 10: return "float16";
    case 11: return "float64";
    case 16: return "bfloat16";
    default: return sentence("the type number ", type);
  }
}

/// Numbers with a shape, none of whose extents is 0.
struct OnnxTensor {
  OnnxType type = OnnxType::int64;
  std::vector<std::size_t> shape = {};
  std::string bytes = {};  ///< the numbers, little-endian and row-major

  bool is_integer() const { return type == OnnxType::int32 || type == OnnxType::int64; }
  std::size_t number_size() const { return type == OnnxType::float32 || type == OnnxType::int32 ? 4 : 8; }
  std::size_t size() const { return bytes.size() / number_size(); }

  double number(std::size_t index) const {
    if (type == OnnxType::float32) return read_little_endian<float>(bytes, index * 4);
    if (type == OnnxType::float64) return read_little_endian<double>(bytes, index * 8);
    return static_cast<double>(integer(index));
  }
  /// Of integers.
  std::int64_t integer(std::size_t index) const {
    if (type == OnnxType::int32) return read_little_endian<std::int32_t>(bytes, index * 4);
    return read_little_endian<std::int64_t>(bytes, index * 8);
  }
};

/// The numbers of a repeated field, packed or one for each field, appended as bytes of their type.
template <class T> void append_repeated(std::string_view what, const ProtobufField& field, std::string& bytes) {
  constexpr bool is_integer = std::integral<T>;
  if (field.type == WireType::bytes) {
    if constexpr (is_integer) {
      for (ProtobufReader packed(what, field.bytes); !packed.is_at_end();) {
        append_little_endian(bytes, static_cast<T>(packed.varint()));
      }
    } else {
      bytes += field.bytes;
    }
  } else if constexpr (is_integer) {
    append_little_endian(bytes, static_cast<T>(field.integer));
  } else {
    using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    append_little_endian(bytes, static_cast<Bits>(field.integer));
  }
}

inline std::vector<std::int64_t> onnx_integers(std::string_view what, const ProtobufField& field) {
  std::string bytes;
  append_repeated<std::int64_t>(what, field, bytes);
  std::vector<std::int64_t> numbers;
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    numbers.push_back(read_little_endian<std::int64_t>(bytes, at));
  }
  return numbers;
}

/// A TensorProto, and its name. Throws FileError if its numbers are not in the file, of another type than the four, or
/// not as many as its shape says.
inline std::pair<std::string_view, OnnxTensor> onnx_tensor(const std::string& file, std::string_view message) {
  OnnxTensor tensor;
  std::string_view name;
  std::int64_t type = 0, location = 0;
  std::vector<std::int64_t> extents;
  std::optional<std::string_view> raw;
  std::string floats, int32s, int64s, doubles;
  ProtobufReader reader(file, message);
  for (ProtobufField field; reader.next(field);) {
    switch (field.number) {
      case 1:
        for (const std::int64_t extent : onnx_integers(file, field)) extents.push_back(extent);
        break;
      case 2: type = field.as_signed(); break;
      case 4: append_repeated<float>(file, field, floats); break;
      case 5: append_repeated<std::int32_t>(file, field, int32s); break;
      case 7: append_repeated<std::int64_t>(file, field, int64s); break;
      case 8: name = field.bytes; break;
      case 9: raw = field.bytes; break;
      case 10: append_repeated<double>(file, field, doubles); break;
      case 14: location = field.as_signed(); break;
      default: break;
    }
  }
  const auto refuse = [&](const auto& expected, const auto& found) {
    throw FileError(sentence(file, ": tensor \"", name, "\": expected ", expected, ", found ", found));
  };
  if (location != 0) {
    refuse("its numbers in the file itself",
           "them in another file: export with external_data=False, or save by onnx.save(onnx.load(path), path)");
  }
  if (type != 1 && type != 6 && type != 7 && type != 11) {
    refuse("numbers of float32, float64, int32 or int64", onnx_type_text(type));
  }
  tensor.type = static_cast<OnnxType>(type);
  std::string& typed = type == 1 ? floats : type == 6 ? int32s : type == 7 ? int64s : doubles;
  tensor.bytes = raw ? std::string(*raw) : std::move(typed);
  if (extents.size() > 8) refuse("at most 8 axes", extents.size());
  std::uint64_t numbers = tensor.bytes.size() / tensor.number_size();
  for (const std::int64_t extent : extents) {
    if (extent <= 0 || numbers % static_cast<std::uint64_t>(extent) != 0) {
      refuse("as many numbers as its shape says",
             sentence(tensor.bytes.size(), " bytes for the shape ", shape_text(extents)));
    }
    numbers /= static_cast<std::uint64_t>(extent);
    tensor.shape.push_back(static_cast<std::size_t>(extent));
  }
  if (numbers != 1 || tensor.bytes.size() % tensor.number_size() != 0) {
    refuse("as many numbers as its shape says",
           sentence(tensor.bytes.size(), " bytes for the shape ", shape_text(extents)));
  }
  return {name, std::move(tensor)};
}

/// A node of the graph, or anything else in a file that lives longer than it.
struct OnnxNode {
  struct Attribute {
    std::string_view name, message;
  };

  std::string_view type, name, domain;
  std::vector<std::string_view> inputs, outputs;  ///< "" where an optional one is left out
  std::vector<Attribute> attributes;
  const std::string* file = nullptr;

  /// As `GRU "node_gru"`.
  std::string text() const { return sentence(type, " \"", name.empty() && !outputs.empty() ? outputs[0] : name, "\""); }

  [[noreturn]] void refuse(std::string_view expected, std::string_view found) const {
    throw FileError(sentence(*file, ": ", text(), ": expected ", expected, ", found ", found));
  }

  std::string_view input(std::size_t k) const { return k < inputs.size() ? inputs[k] : std::string_view(); }
  bool has_output(std::size_t k) const { return k < outputs.size() && !outputs[k].empty(); }

  /// Throws FileError if the node has another attribute than these.
  void allow(std::initializer_list<std::string_view> known) const {
    for (const Attribute& attribute : attributes) {
      if (std::ranges::find(known, attribute.name) == known.end()) {
        refuse(sentence("no attribute ", attribute.name), "one");
      }
    }
  }

  const Attribute* find(std::string_view attribute) const {
    const auto found = std::ranges::find(attributes, attribute, &Attribute::name);
    return found == attributes.end() ? nullptr : &*found;
  }

  std::int64_t integer(std::string_view attribute, std::int64_t otherwise) const {
    visit(attribute, 3, [&](const ProtobufField& field) { otherwise = field.as_signed(); });
    return otherwise;
  }
  float number(std::string_view attribute, float otherwise) const {
    visit(attribute, 2, [&](const ProtobufField& field) {
      otherwise = std::bit_cast<float>(static_cast<std::uint32_t>(field.integer));
    });
    return otherwise;
  }
  std::string_view string(std::string_view attribute, std::string_view otherwise) const {
    visit(attribute, 4, [&](const ProtobufField& field) { otherwise = field.bytes; });
    return otherwise;
  }
  std::vector<std::int64_t> integers(std::string_view attribute) const {
    std::vector<std::int64_t> all;
    visit(attribute, 8, [&](const ProtobufField& field) {
      for (const std::int64_t one : onnx_integers(*file, field)) all.push_back(one);
    });
    return all;
  }
  std::vector<std::string_view> strings(std::string_view attribute) const {
    std::vector<std::string_view> all;
    visit(attribute, 9, [&](const ProtobufField& field) { all.push_back(field.bytes); });
    return all;
  }
  std::optional<OnnxTensor> tensor(std::string_view attribute) const {
    std::optional<OnnxTensor> value;
    visit(attribute, 5, [&](const ProtobufField& field) { value = onnx_tensor(*file, field.bytes).second; });
    return value;
  }

 private:
  /// Calls `take` with each field of this number in the attribute, if the node has it. Throws FileError if there is
  /// none in it, as it is of another kind then.
  void visit(std::string_view attribute, std::uint64_t number, auto take) const {
    const Attribute* const found = find(attribute);
    if (found == nullptr) return;
    ProtobufReader reader(*file, found->message);
    for (ProtobufField field; reader.next(field);) {
      if (field.number == number) take(field);
      if (field.number == 21) refuse(sentence("a value of ", attribute), "a reference to one of a function");
    }
  }
};

}  // namespace rnnts::inline RNNTS_ABI::detail
