// CycleNet: a net that learns the cycle of a series.
#pragma once

#include <algorithm>
#include <cstddef>

#include "rnnts/core/extent.hpp"
#include "rnnts/forecast/forecast_levels.hpp"
#include "rnnts/forecast/forecast_net.hpp"
#include "rnnts/forecast/forecaster_options.hpp"
#include "rnnts/forecast/window_layout.hpp"
#include "rnnts/layers/cycle.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/model/sequential.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A `ForecastNet` in a `Cycle`, with a number of `quantiles` for each step of the horizon. All other sizes are chosen
/// when the program runs.
template <std::size_t quantiles = 1>
using CycleNet =
    Sequential<float, Input<dynamic, dynamic>,
               Cycle<Period{.steps = dynamic, .series = dynamic, .quantiles = quantiles}, detail::ForecastLayers>>;

/// One for a forecaster of these options, which name the column of the phases and tell their period; with `series`,
/// each series has a cycle of its own:
///
///     Forecaster forecaster(path, cycle_net(options), options);
///
/// Throws ArgumentError if there is no period or no horizon, or look_back does not fit the segment.
template <std::size_t quantiles = 1> CycleNet<quantiles> cycle_net(const ForecasterOptions& options) {
  const detail::WindowLayout layout = detail::whole_layout_of(options);
  using InIt = Cycle<Period{.steps = dynamic, .series = dynamic, .quantiles = quantiles}, detail::ForecastLayers>;
  const Period period{
      .steps = options.period, .series = std::max<std::size_t>(1, options.series), .quantiles = quantiles};
  return CycleNet<quantiles>(Input(layout.features(), layout.steps()),
                             InIt(period, detail::forecast_layers(layout.horizon * quantiles, options.units)));
}

namespace detail {

template <class T, class Input, Period period, class... Layers>
inline constexpr bool is_step_by_step<Sequential<T, Input, Cycle<period, Layers...>>> = true;

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
