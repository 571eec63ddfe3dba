// HorizonNet: a net for known columns, with weights that all steps of the horizon share.
#pragma once

#include <algorithm>
#include <cstddef>

#include "rnnts/core/error.hpp"
#include "rnnts/core/extent.hpp"
#include "rnnts/forecast/forecast_levels.hpp"
#include "rnnts/forecast/forecaster_options.hpp"
#include "rnnts/forecast/window_layout.hpp"
#include "rnnts/layers/branches.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/last_steps.hpp"
#include "rnnts/layers/recurrent.hpp"
#include "rnnts/layers/sizes.hpp"
#include "rnnts/model/sequential.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A GRU that reads the window and then the steps of the horizon, of which each tells its own values, beside a linear
/// map of what is known of these steps. The last steps are taken, and all of them have the same weights: what a known
/// column does to one hour is learnt from all hours, while in a `ForecastNet` each step of the horizon has weights of
/// its own. `Steps` are those of the horizon, in segments; other sizes, and in a `HorizonNet<>` these too, are chosen
/// when the program runs.
template <std::size_t Steps = dynamic>
using HorizonNet = Sequential<float, Input<dynamic, dynamic>,
                              Add<Branch<ReturnSequences<GRU<>>, LastSteps<Steps>, Dense<>, Flatten>,
                                  Branch<LastSteps<Steps>, Dense<>, Flatten>>>;

namespace detail {

template <std::size_t Steps> inline constexpr bool is_step_by_step<HorizonNet<Steps>> = true;

}  // namespace detail

/// One for a forecaster of these options, with `quantiles` numbers for each value:
///
///     Forecaster forecaster(path, horizon_net(options), options);
///
/// Throws ArgumentError if there is no column that is known in advance, or look_back or horizon do not fit the segment,
/// or the horizon not `Steps`.
template <std::size_t Steps = dynamic>
HorizonNet<Steps> horizon_net(const ForecasterOptions& options, std::size_t quantiles = 1) {
  detail::WindowLayout layout = detail::layout_of(options);
  layout.segment = std::max<std::size_t>(1, layout.segment);
  if (layout.known == 0) detail::refuse_option("known, for a HorizonNet,", "to name at least 1 column", 0);
  const detail::Extent<Steps> steps = layout.future_steps();
  if (layout.horizon == 0 || layout.horizon != steps * layout.segment) {
    detail::refuse_option("horizon",
                          Steps == dynamic ? detail::sentence("to be a multiple of the segment, ", layout.segment)
                                           : detail::sentence("to be ", Steps, " segments of ", layout.segment),
                          layout.horizon);
  }
  detail::require_window(layout);
  const auto last_steps = detail::of_units<LastSteps<Steps>, Steps>(steps);
  const std::size_t outputs = layout.segment * quantiles;
  return HorizonNet<Steps>(Input(layout.features(), layout.steps()),
                           Add(Branch(ReturnSequences<GRU<>>(options.units), last_steps, Dense(outputs), Flatten()),
                               Branch(last_steps, Dense(outputs), Flatten())));
}

}  // namespace rnnts::inline RNNTS_ABI
