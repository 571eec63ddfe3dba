// What flows through an ONNX graph from its input to its output: which of its axes are which, and how nodes that only
// rearrange it change that.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/io/onnx_arguments.hpp"
#include "rnnts/io/onnx_node.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

struct OnnxAxis {
  enum class Kind { batch, steps, direction, features, one };

  Kind kind = Kind::one;
  std::int64_t extent = 1;  ///< 0 where it is not known

  /// As an extent in a shape.
  std::int64_t as_extent() const {
    return extent > 0 ? extent : kind == Kind::batch ? onnx_batch : kind == Kind::steps ? onnx_steps : 0;
  }
  /// Whether it may be left out of a shape.
  bool is_idle() const { return extent == 1 && (kind == Kind::one || kind == Kind::direction); }
};

/// The output of a layer, or a part of it.
struct OnnxData {
  enum class Side { both, forward, backward };     ///< of a bidirectional layer
  enum class Steps { all, first, last, reached };  ///< reached: where each direction ends

  std::vector<OnnxAxis> axes;
  std::size_t layers = 0;  ///< how many there are before it
  Side side = Side::both;
  Steps steps = Steps::all;
  bool is_turned = false;  ///< whether the last step was made the first

  std::string text() const {
    constexpr const char* names[]{"batch", "steps", "direction", "features", "1"};
    std::string all;
    for (const OnnxAxis& axis : axes) all += sentence(all.empty() ? "(" : ", ", names[static_cast<int>(axis.kind)]);
    return all + ")";
  }
  /// The kinds of the axes that may not be left out.
  std::vector<OnnxAxis::Kind> kinds() const {
    std::vector<OnnxAxis::Kind> all;
    for (const OnnxAxis& axis : axes) {
      if (!axis.is_idle()) all.push_back(axis.kind);
    }
    return all;
  }
};

inline void transpose(const OnnxNode& node, OnnxData& data) {
  std::vector<OnnxAxis> axes;
  for (const std::size_t axis : onnx_permutation(node, data.axes.size())) axes.push_back(data.axes[axis]);
  data.axes = std::move(axes);
}

inline void squeeze(const OnnxNode& node, std::span<const std::int64_t> axes, OnnxData& data) {
  const auto all = onnx_axes(node, axes, data.axes.size());
  if (all.empty()) node.refuse("the axes that are left out", "none");
  for (std::size_t k = all.size(); k-- > 0;) {
    if (!data.axes[all[k]].is_idle()) node.refuse("an axis of extent 1 beside batch and features", data.text());
    data.axes.erase(data.axes.begin() + static_cast<std::ptrdiff_t>(all[k]));
  }
}

inline void unsqueeze(const OnnxNode& node, std::span<const std::int64_t> axes, OnnxData& data) {
  const std::size_t rank = data.axes.size() + axes.size();
  if (rank > 8) node.refuse("at most 8 axes", std::to_string(rank));
  for (const std::size_t axis : onnx_axes(node, axes, rank)) {
    data.axes.insert(data.axes.begin() + static_cast<std::ptrdiff_t>(axis), OnnxAxis());
  }
}

/// Two axes as one: of both directions their outputs side by side, of all steps their features one after the other.
inline OnnxAxis merged(const OnnxAxis& outer, const OnnxAxis& inner) {
  return {OnnxAxis::Kind::features, outer.extent * inner.extent};
}

/// Finds the axes that a shape `to` gives to these axes, none of which may change its place. Returns false if it does
/// something else. `flattens` tells whether steps and features become one.
inline bool match_shape(std::span<const OnnxAxis> from, std::span<const std::int64_t> to, std::vector<OnnxAxis>& axes,
                        bool& flattens) {
  using Kind = OnnxAxis::Kind;
  const auto goes_on = [&](const OnnxAxis& axis, std::size_t taken) {
    if (to[0] != -1 && to[0] != axis.as_extent()) return false;
    axes.push_back(axis);
    if (match_shape(from.subspan(taken), to.subspan(1), axes, flattens)) return true;
    axes.pop_back();
    return false;
  };
  if (to.empty()) return std::ranges::all_of(from, &OnnxAxis::is_idle);
  if (!from.empty() && goes_on(from[0], 1)) return true;
  if (from.size() > 1 && from[1].kind == Kind::features) {
    const bool of_steps = from[0].kind == Kind::steps;
    if ((of_steps || from[0].kind == Kind::direction) && goes_on(merged(from[0], from[1]), 2)) {
      flattens = flattens || of_steps;
      return true;
    }
  }
  if (!from.empty() && from[0].is_idle() && match_shape(from.subspan(1), to, axes, flattens)) return true;
  return to[0] == 1 && goes_on(OnnxAxis(), 0);
}

/// Returns whether steps and features become one.
inline bool reshape(const OnnxNode& node, std::span<const std::int64_t> shape, OnnxData& data) {
  std::vector<std::int64_t> to(shape.begin(), shape.end());
  if (to.size() > 8 || std::ranges::count(to, -1) > 1) node.refuse("at most 8 axes, one of them -1", shape_text(to));
  for (std::size_t k = 0; k < to.size(); ++k) {
    if (to[k] == 0 && k < data.axes.size()) to[k] = data.axes[k].as_extent();
  }
  std::vector<OnnxAxis> axes;
  bool flattens = false;
  if (!match_shape(data.axes, to, axes, flattens)) {
    node.refuse("a shape that leaves out axes of extent 1, or joins directions or steps with features",
                sentence(shape_text(shape), " for ", data.text()));
  }
  data.axes = std::move(axes);
  return flattens;
}

/// Takes one index of an axis of steps, directions or extent 1, which is left out then or becomes one of extent 1.
inline void take(const OnnxNode& node, std::size_t axis, std::int64_t index, bool leaves_out, OnnxData& data) {
  using Kind = OnnxAxis::Kind;
  const OnnxAxis& taken = data.axes[axis];
  const std::int64_t extent = taken.extent;
  const bool is_first = index == 0 || (extent > 0 && index == -extent);
  const bool is_last = index == -1 || (extent > 0 && index == extent - 1);
  if (taken.kind == Kind::steps && (is_first || is_last)) {
    data.steps = is_last ? OnnxData::Steps::last : OnnxData::Steps::first;
  } else if (taken.kind == Kind::direction && extent == 2 && (is_first || is_last)) {
    data.side = is_first ? OnnxData::Side::forward : OnnxData::Side::backward;
  } else if (!taken.is_idle() || !is_first) {
    node.refuse("the first or last step, or one direction, of what comes in",
                sentence("index ", index, " of axis ", axis, " of ", data.text()));
  }
  data.axes[axis] = OnnxAxis();
  if (leaves_out) data.axes.erase(data.axes.begin() + static_cast<std::ptrdiff_t>(axis));
}

inline void slice(const OnnxNode& node, const OnnxSlice& slice, OnnxData& data) {
  using Kind = OnnxAxis::Kind;
  OnnxAxis& axis = data.axes[slice.axis];
  const std::int64_t extent = axis.extent, start = slice.start, end = slice.end;
  const bool from_begin = start == 0 || (extent > 0 && start == -extent);
  const bool to_end = extent > 0 ? end >= extent : end >= std::numeric_limits<std::int32_t>::max();
  const auto start_at = start < 0 ? start + extent : start, end_at = end < 0 ? end + extent : std::min(end, extent);
  if (slice.step == 1 && from_begin && to_end) return;
  if (slice.step == 1 && axis.kind == Kind::steps && start == -1 && to_end) {
    take(node, slice.axis, -1, false, data);
  } else if (slice.step == 1 && axis.kind == Kind::steps && from_begin && end == 1) {
    take(node, slice.axis, 0, false, data);
  } else if (slice.step == 1 && start_at >= 0 && start_at < extent && axis.kind != Kind::features &&
             end_at == start_at + 1) {
    take(node, slice.axis, start_at, false, data);
  } else if (slice.step == 1 && axis.kind == Kind::features && extent % 2 == 0 && extent > 0 &&
             data.side == OnnxData::Side::both && (start_at == 0 || start_at == extent / 2) &&
             end_at == start_at + extent / 2) {
    data.side = start_at == 0 ? OnnxData::Side::forward : OnnxData::Side::backward;
    axis.extent = extent / 2;
  } else if (slice.step == -1 && axis.kind == Kind::steps && data.steps == OnnxData::Steps::all && !data.is_turned &&
             (start == -1 || start == std::numeric_limits<std::int64_t>::max() ||
              (extent > 0 && start >= extent - 1)) &&
             end < -std::numeric_limits<std::int32_t>::max()) {
    data.is_turned = true;
  } else {
    node.refuse("the first or last step, one direction, or all steps turned round",
                sentence(start, " to ", end, " of axis ", slice.axis, " of ", data.text()));
  }
}

/// The two directions of a layer side by side again.
inline OnnxData join_sides(const OnnxNode& node, const OnnxData& one, const OnnxData& other) {
  using Steps = OnnxData::Steps;
  OnnxData joined = one;
  const std::size_t axis = onnx_axis(node, node.integer("axis", 0), one.axes.size());
  const bool are_sides = one.layers == other.layers && one.side == OnnxData::Side::forward &&
                         other.side == OnnxData::Side::backward && !one.is_turned && !other.is_turned &&
                         one.axes.size() == other.axes.size() && one.axes[axis].kind == OnnxAxis::Kind::features;
  const bool are_reached = (one.steps == Steps::last || one.steps == Steps::reached) &&
                           (other.steps == Steps::first || other.steps == Steps::reached);
  if (!are_sides || one.kinds() != other.kinds() || (one.steps != other.steps && !are_reached)) {
    node.refuse("the two directions of one layer, that which goes forwards first", "something else");
  }
  joined.side = OnnxData::Side::both;
  joined.steps = are_reached ? Steps::reached : one.steps;
  joined.axes[axis].extent *= 2;
  return joined;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
