// Windows: from where the values of a part of each series are forecast.
#pragma once

#include <cstddef>

namespace tools {

/// The origins of a part of each series: that of the last window is a horizon before its end.
struct Windows {
  std::size_t count = 0, step_size = 1;

  /// How many values they forecast; 0 if there are none.
  std::size_t values(std::size_t horizon) const { return count == 0 ? 0 : horizon + (count - 1) * step_size; }

  /// From one of them to the next one that does not overlap it.
  std::size_t next_apart(std::size_t horizon) const { return (horizon + step_size - 1) / step_size; }

  /// How many of them do not overlap.
  std::size_t apart(std::size_t horizon) const {
    const std::size_t from_one_to_next = next_apart(horizon);
    return (count + from_one_to_next - 1) / from_one_to_next;
  }
};

}  // namespace tools
