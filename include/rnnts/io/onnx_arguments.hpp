// What the nodes of an ONNX graph are told: axes, orders of axes, slices, lists of integers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/little_endian.hpp"
#include "rnnts/io/onnx_node.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A constant of one number everywhere, as zeros for a first state, whose shape may depend on the batch.
struct OnnxFill {
  double number = 0;
};

using OnnxConstant = std::variant<OnnxTensor, OnnxFill>;

/// Stand for extents that only a run knows, in tensors of extents. (No shape and no slice in a file has such numbers.)
inline constexpr std::int64_t onnx_batch = std::numeric_limits<std::int64_t>::min() + 1, onnx_steps = onnx_batch + 1;

/// An axis, which may count from the end.
inline std::size_t onnx_axis(const OnnxNode& node, std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis >= count) node.refuse(sentence("an axis of ", rank), std::to_string(axis));
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

inline std::vector<std::size_t> onnx_axes(const OnnxNode& node, std::span<const std::int64_t> axes, std::size_t rank) {
  std::vector<std::size_t> all;
  for (const std::int64_t axis : axes) all.push_back(onnx_axis(node, axis, rank));
  std::ranges::sort(all);
  if (std::ranges::adjacent_find(all) != all.end()) node.refuse("each axis once", "one twice");
  return all;
}

/// The order of axes of a Transpose.
inline std::vector<std::size_t> onnx_permutation(const OnnxNode& node, std::size_t rank) {
  auto given = node.integers("perm");
  if (given.empty()) {
    for (std::size_t k = rank; k-- > 0;) given.push_back(static_cast<std::int64_t>(k));
  }
  if (given.size() != rank) node.refuse(sentence("an order of ", rank, " axes"), shape_text(given));
  static_cast<void>(onnx_axes(node, given, rank));
  std::vector<std::size_t> order;
  for (const std::int64_t axis : given) order.push_back(onnx_axis(node, axis, rank));
  return order;
}

/// The integers of a constant of one axis, or of a single number.
inline std::vector<std::int64_t> onnx_list(const OnnxNode& node, const OnnxConstant* constant) {
  const auto* const tensor = constant == nullptr ? nullptr : std::get_if<OnnxTensor>(constant);
  if (tensor == nullptr || !tensor->is_integer() || tensor->shape.size() > 1) node.refuse("a list of integers", "none");
  std::vector<std::int64_t> list;
  for (std::size_t k = 0; k < tensor->size(); ++k) list.push_back(tensor->integer(k));
  return list;
}

inline OnnxTensor onnx_tensor_of(std::span<const std::int64_t> list) {
  OnnxTensor tensor{OnnxType::int64, {list.size()}, {}};
  for (const std::int64_t number : list) append_little_endian(tensor.bytes, number);
  return tensor;
}

/// One axis of a Slice.
struct OnnxSlice {
  std::size_t axis;
  std::int64_t start, end, step;
};

/// `in` are the inputs of the node; those that are left out, or no constants, are null.
inline std::vector<OnnxSlice> onnx_slices(const OnnxNode& node, std::span<const OnnxConstant* const> in,
                                          std::size_t rank) {
  const auto list = [&](std::string_view attribute, std::size_t k) {
    if (node.find(attribute)) return node.integers(attribute);  // before opset 10
    return node.input(k).empty() ? std::vector<std::int64_t>() : onnx_list(node, in[k]);
  };
  const auto starts = list("starts", 1), ends = list("ends", 2), axes = list("axes", 3), steps = list("steps", 4);
  if (ends.size() != starts.size() || (!axes.empty() && axes.size() != starts.size()) ||
      (!steps.empty() && steps.size() != starts.size())) {
    node.refuse("as many ends, axes and steps as starts", "another number");
  }
  std::vector<OnnxSlice> slices;
  for (std::size_t k = 0; k < starts.size(); ++k) {
    const auto axis = onnx_axis(node, axes.empty() ? static_cast<std::int64_t>(k) : axes[k], rank);
    slices.push_back({axis, starts[k], ends[k], steps.empty() ? 1 : steps[k]});
    if (slices.back().step == 0) node.refuse("a step other than 0", "0");
  }
  return slices;
}

/// The indices that a slice takes of an axis of this extent.
inline std::vector<std::int64_t> onnx_indices(const OnnxSlice& slice, std::size_t extent) {
  const auto size = static_cast<std::int64_t>(extent);
  const auto place = [&](std::int64_t at) { return at >= 0 ? at : at < -size ? -1 : at + size; };
  std::vector<std::int64_t> indices;
  if (slice.step > 0) {
    const std::int64_t step = std::min(slice.step, size),
                       end = std::min(std::max<std::int64_t>(place(slice.end), 0), size);
    for (std::int64_t i = std::max<std::int64_t>(place(slice.start), 0); i < end; i += step) indices.push_back(i);
  } else {
    const std::int64_t step = std::max(slice.step, -size), end = std::max<std::int64_t>(place(slice.end), -1);
    for (std::int64_t i = std::min(place(slice.start), size - 1); i > end; i += step) indices.push_back(i);
  }
  return indices;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
