// Nodes of an ONNX graph that only move constants: exporters put weights and shapes together by them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/onnx_arguments.hpp"
#include "rnnts/io/onnx_node.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// How many bytes of constants nodes may still make, so that a small file takes no large memory.
struct OnnxBudget {
  std::uint64_t left = 0;

  /// Throws FileError unless there is room for `count` times `size` bytes.
  void require(const OnnxNode& node, std::uint64_t count, std::uint64_t size) const {
    if (size != 0 && count > left / size) node.refuse("constants of a few times the size of the file", "more");
  }
  void charge(const OnnxNode& node, std::uint64_t bytes) {
    require(node, 1, bytes);
    left -= bytes;
  }
};

/// The tensor whose number at (i, j, …) is that of `from` at `places[0][i] + places[1][j] + …`.
inline OnnxTensor onnx_picked(const OnnxNode& node, const OnnxTensor& from,
                              const std::vector<std::vector<std::size_t>>& places, OnnxBudget& budget) {
  OnnxTensor tensor{from.type, {}, {}};
  const std::size_t number = from.number_size();
  std::uint64_t bytes = number;
  for (const auto& axis : places) {
    if (axis.empty()) node.refuse("numbers", "none");
    budget.require(node, axis.size(), bytes);
    bytes *= axis.size();
    tensor.shape.push_back(axis.size());
  }
  budget.charge(node, bytes);
  std::vector<std::size_t> at(places.size());
  for (std::uint64_t done = 0; done < bytes; done += number) {
    std::size_t place = 0;
    for (std::size_t k = 0; k < places.size(); ++k) place += places[k][at[k]];
    tensor.bytes.append(from.bytes, place * number, number);
    for (std::size_t k = places.size(); k-- > 0 && ++at[k] == places[k].size();) at[k] = 0;
  }
  return tensor;
}

/// For `onnx_picked`: each axis as it is.
inline std::vector<std::vector<std::size_t>> onnx_places(const OnnxTensor& tensor) {
  std::vector<std::vector<std::size_t>> places(tensor.shape.size());
  std::size_t stride = 1;
  for (std::size_t k = places.size(); k-- > 0; stride *= tensor.shape[k]) {
    for (std::size_t i = 0; i < tensor.shape[k]; ++i) places[k].push_back(i * stride);
  }
  return places;
}

inline OnnxTensor onnx_concat(const OnnxNode& node, std::span<const OnnxConstant* const> in, OnnxBudget& budget) {
  std::vector<const OnnxTensor*> parts;
  for (const OnnxConstant* const part : in) parts.push_back(part ? std::get_if<OnnxTensor>(part) : nullptr);
  const OnnxTensor* const first = parts.front();
  if (first == nullptr) node.refuse("tensors", "another constant");
  const std::size_t axis = onnx_axis(node, node.integer("axis", 0), first->shape.size());
  OnnxTensor all{first->type, first->shape, {}};
  all.shape[axis] = 0;
  std::uint64_t bytes = 0;
  for (const OnnxTensor* const part : parts) {
    auto shape = part ? part->shape : std::vector<std::size_t>();
    if (part == nullptr || part->type != first->type || shape.size() != all.shape.size()) {
      node.refuse("tensors of one type and rank", "another one");
    }
    all.shape[axis] += std::exchange(shape[axis], first->shape[axis]);
    if (shape != first->shape) node.refuse("shapes that differ in one axis", shape_text(part->shape));
    bytes += part->bytes.size();
  }
  budget.charge(node, bytes);
  std::size_t blocks = 1;
  for (std::size_t k = 0; k < axis; ++k) blocks *= first->shape[k];
  for (std::size_t block = 0; block < blocks; ++block) {
    for (const OnnxTensor* const part : parts) {
      const std::size_t size = part->bytes.size() / blocks;
      all.bytes.append(part->bytes, block * size, size);
    }
  }
  return all;
}

/// The shape that a Reshape gives to a tensor.
inline std::vector<std::size_t> onnx_reshaped(const OnnxNode& node, const OnnxTensor& tensor,
                                              std::span<const std::int64_t> wanted) {
  if (wanted.size() > 8) node.refuse("at most 8 axes", std::to_string(wanted.size()));
  std::vector<std::size_t> shape;
  std::size_t rest = tensor.size(), open = wanted.size();
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    shape.push_back(wanted[k] == 0 && k < tensor.shape.size() ? tensor.shape[k]
                    : wanted[k] < 0                           ? 1
                                                              : static_cast<std::size_t>(wanted[k]));
    if (wanted[k] == -1 && open == wanted.size()) {
      open = k;
    } else if (wanted[k] < 0 || shape[k] == 0 || rest % shape[k] != 0) {
      node.refuse(sentence("a shape for ", tensor.size(), " numbers"), shape_text(wanted));
    } else {
      rest /= shape[k];
    }
  }
  if (open < wanted.size()) {
    shape[open] = rest;
  } else if (rest != 1) {
    node.refuse(sentence("a shape for ", tensor.size(), " numbers"), shape_text(wanted));
  }
  return shape;
}

/// Sum, difference or product of extents.
inline OnnxTensor onnx_arithmetic(const OnnxNode& node, const OnnxTensor& a, const OnnxTensor& b) {
  if (!a.is_integer() || !b.is_integer() || a.size() != 1 || b.size() != 1) {
    node.refuse("two integers, or a bias behind a MatMul", "other constants");
  }
  const std::int64_t x = a.integer(0), y = b.integer(0);
  std::int64_t result = 0;
  const bool overflows = node.type == "Mul"   ? __builtin_mul_overflow(x, y, &result)
                         : node.type == "Add" ? __builtin_add_overflow(x, y, &result)
                                              : __builtin_sub_overflow(x, y, &result);
  if (overflows || std::min(x, y) <= onnx_steps) node.refuse("numbers that the file says", "the extent of an input");
  OnnxTensor tensor = onnx_tensor_of(std::span(&result, 1));
  tensor.shape = a.shape.size() > b.shape.size() ? a.shape : b.shape;
  return tensor;
}

/// What a node makes of constants. Throws FileError if it is not one of those that move them.
inline OnnxConstant onnx_constant(const OnnxNode& node, std::span<const OnnxConstant* const> in, OnnxBudget& budget) {
  if (node.type == "Constant") {
    if (auto value = node.tensor("value")) return *std::move(value);
    for (const std::string_view attribute : {"value_int", "value_ints"}) {
      if (!node.find(attribute)) continue;
      const auto list = attribute == "value_ints" ? node.integers(attribute) : std::vector{node.integer(attribute, 0)};
      OnnxTensor tensor = onnx_tensor_of(list);
      if (attribute == "value_int") tensor.shape.clear();
      if (!list.empty()) return tensor;
    }
    if (node.find("value_float")) return OnnxFill{node.number("value_float", 0)};
    node.refuse("a tensor, integers or a number", "another constant");
  }
  if (node.type == "ConstantOfShape") {
    const auto value = node.tensor("value");
    return OnnxFill{value ? value->number(0) : 0};
  }
  constexpr std::string_view known[]{"Identity", "Cast",   "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Slice",
                                     "Concat",   "Gather", "Expand",    "Shape",   "Add",     "Sub",       "Mul"};
  if (std::ranges::find(known, node.type) == std::end(known) || in.empty() || in[0] == nullptr) {
    node.refuse("nodes that move constants, or a layer of what comes in", "another one");
  }
  const bool are_fills = std::ranges::all_of(in.first(node.type == "Concat" ? in.size() : 1), [&](const auto* one) {
    const auto *const fill = one ? std::get_if<OnnxFill>(one) : nullptr, *const same = std::get_if<OnnxFill>(in[0]);
    return fill != nullptr && same != nullptr && fill->number == same->number;
  });
  if (are_fills && node.type != "Shape") return *in[0];
  if (node.type == "Concat") return onnx_concat(node, in, budget);
  const auto* const given = std::get_if<OnnxTensor>(in[0]);
  if (given == nullptr) node.refuse("a tensor", "another constant");
  const OnnxTensor& tensor = *given;
  const std::size_t rank = tensor.shape.size();

  if (node.type == "Add" || node.type == "Sub" || node.type == "Mul") {
    const auto* const other = in.size() < 2 || !in[1] ? nullptr : std::get_if<OnnxTensor>(in[1]);
    if (other == nullptr) node.refuse("two tensors", "another constant");
    return onnx_arithmetic(node, tensor, *other);
  }
  if (node.type == "Expand") {
    for (std::size_t k = 0; k < tensor.size(); ++k) {
      if (tensor.number(k) != tensor.number(0)) node.refuse("one number to be expanded", "several");
    }
    return OnnxFill{tensor.number(0)};
  }
  if (node.type == "Shape") {
    std::vector<std::int64_t> extents(tensor.shape.begin(), tensor.shape.end());
    if (node.find("start") || node.find("end") || extents.empty()) node.refuse("the whole shape", "a part");
    return onnx_tensor_of(extents);
  }
  if (node.type == "Cast" && node.integer("to", 0) != static_cast<std::int64_t>(tensor.type)) {
    node.refuse("numbers as they are", sentence(onnx_type_text(node.integer("to", 0)), " made of ",
                                                onnx_type_text(static_cast<std::int64_t>(tensor.type))));
  }
  auto places = onnx_places(tensor);
  if (node.type == "Transpose") {
    std::vector<std::vector<std::size_t>> moved;
    for (const std::size_t axis : onnx_permutation(node, rank)) moved.push_back(std::move(places[axis]));
    return onnx_picked(node, tensor, moved, budget);
  }
  if (node.type == "Slice") {
    for (const OnnxSlice& slice : onnx_slices(node, in, rank)) {
      std::vector<std::size_t> kept;
      for (const std::int64_t i : onnx_indices(slice, tensor.shape[slice.axis])) {
        if (static_cast<std::size_t>(i) < places[slice.axis].size())
          kept.push_back(places[slice.axis][static_cast<std::size_t>(i)]);
      }
      places[slice.axis] = std::move(kept);
    }
    return onnx_picked(node, tensor, places, budget);
  }
  if (node.type == "Gather") {
    const std::size_t axis = onnx_axis(node, node.integer("axis", 0), rank);
    std::vector<std::size_t> kept;
    for (const std::int64_t i : onnx_list(node, in.size() < 2 ? nullptr : in[1])) {
      kept.push_back(places[axis][onnx_axis(node, i, tensor.shape[axis])]);
    }
    places[axis] = std::move(kept);
    OnnxTensor gathered = onnx_picked(node, tensor, places, budget);
    if (std::get<OnnxTensor>(*in[1]).shape.empty())
      gathered.shape.erase(gathered.shape.begin() + static_cast<std::ptrdiff_t>(axis));
    return gathered;
  }
  budget.charge(node, tensor.bytes.size());
  OnnxTensor same = tensor;
  if (node.type == "Reshape")
    same.shape = onnx_reshaped(node, tensor, onnx_list(node, in.size() < 2 ? nullptr : in[1]));
  if (node.type == "Squeeze" || node.type == "Unsqueeze") {
    const bool inserts = node.type == "Unsqueeze";
    const auto axes = node.find("axes") || in.size() < 2 ? node.integers("axes") : onnx_list(node, in[1]);
    if (inserts && rank + axes.size() > 8) node.refuse("at most 8 axes", std::to_string(rank + axes.size()));
    const auto all = onnx_axes(node, axes, inserts ? rank + axes.size() : rank);
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (inserts) {
        same.shape.insert(same.shape.begin() + static_cast<std::ptrdiff_t>(all[k]), 1);
      } else if (const auto at = same.shape.begin() + static_cast<std::ptrdiff_t>(all[k] - k); *at == 1) {
        same.shape.erase(at);
      } else {
        node.refuse("an axis of extent 1", std::to_string(*at));
      }
    }
  }
  return same;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
