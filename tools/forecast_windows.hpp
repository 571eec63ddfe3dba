// Windows: from where the values of a part of each series are forecast.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/series_table.hpp"
#include "rnnts/forecast/time_step.hpp"

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

namespace detail {

/// Of each series, so that there are about 50.
inline std::size_t most_windows(std::size_t series) { return std::max<std::size_t>(1, 50 / series); }

/// So many windows at most, evenly over a part of this many values, which is no shorter than the horizon.
inline Windows usual_windows(std::size_t values, std::size_t horizon, std::size_t most) {
  const std::size_t last_origin = values - horizon, count = std::min(most, last_origin + 1);
  return {count, count > 1 ? std::max<std::size_t>(1, last_origin / (count - 1)) : 1};
}

/// The time of a value, or without times its number, for messages.
inline std::string place_text(const rnnts::SeriesTable& table, std::size_t of_series, std::size_t position) {
  return table.has_times() ? rnnts::time_text(table.time(of_series, position))
                           : rnnts::detail::sentence("value ", position, " (counted from 0)");
}

/// Windows of all series that a net can be trained with, if so many of their last values are held out: in a window, and
/// in what follows it, not all values are missing.
inline std::size_t count_windows(const rnnts::SeriesTable& table, std::size_t held_out, std::size_t look_back,
                                 std::size_t horizon) {
  const std::size_t lost = held_out + look_back + horizon - 1;
  std::size_t windows = 0;
  for (const auto& [unique_id, values] : table) {
    std::vector<std::size_t> known{0};  // before each value
    for (const double value : values) known.push_back(known.back() + (std::isnan(value) ? 0 : 1));
    const std::size_t count = values.size() - std::min(values.size(), lost);
    for (std::size_t t = 0; t < count; ++t) {
      const std::size_t before = known[t + look_back];
      windows += known[t] < before && before < known[t + look_back + horizon];
    }
  }
  return windows;
}

}  // namespace detail

/// Throws DataError, naming series and time, if all of the `look_back` values are missing from which one of these
/// windows is forecast; or if no value that any of them forecasts is known. The part ends so many values before each
/// series does.
inline void require_values_before(const rnnts::SeriesTable& table, const std::string& file, const Windows& windows,
                                  std::size_t horizon, std::size_t look_back, std::size_t behind) {
  using rnnts::detail::sentence;
  const auto has_value = [](std::span<const double> values) {
    return !std::ranges::all_of(values, [](double x) { return std::isnan(x); });
  };
  bool came = windows.count == 0;
  for (std::size_t s = 0; s < table.size(); ++s) {
    const auto& [unique_id, values] = table.series[s];
    for (std::size_t w = 0; w < windows.count; ++w) {
      const std::size_t origin = values.size() - behind - horizon - w * windows.step_size;
      came = came || has_value(std::span(values).subspan(origin, horizon));
      if (has_value(std::span(values).subspan(origin - look_back, look_back))) continue;
      throw rnnts::DataError(sentence(file, ": series \"", unique_id, "\": expected a known value among the ", look_back,
                                      " before ", detail::place_text(table, s, origin),
                                      ", from which what follows is forecast, found none; a longer --look-back may "
                                      "have one, and --fill forward, linear or seasonal makes some"));
    }
  }
  if (came) return;
  throw rnnts::DataError(sentence(file, ": expected a known value among those before the held-out part that forecasts "
                                  "are judged by, found none; --fill forward, linear or seasonal makes some"));
}

}  // namespace tools
