// SeriesNet: a net that has learnt something of each series.
#pragma once

#include <algorithm>
#include <cstddef>

#include "rnnts/forecast/forecast_net.hpp"
#include "rnnts/forecast/forecaster_options.hpp"
#include "rnnts/forecast/window_layout.hpp"
#include "rnnts/layers/embedding.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/model/sequential.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A `ForecastNet` that reads beside each segment of a window a learned vector of the series. All sizes are chosen when
/// the program runs.
using SeriesNet = Sequential<float, Input<dynamic, dynamic>, Embedding<>, detail::ForecastLayers>;

/// One for a forecaster of these options, of which `series` says how many there are, with vectors of `columns` numbers
/// and `quantiles` numbers for each value to come:
///
///     Forecaster forecaster(path, series_net(options), options);
///
/// Throws ArgumentError if there is no series or no horizon, or look_back does not fit the segment. (A template, as
/// `forecast_net`.)
template <class Net = SeriesNet>
Net series_net(const ForecasterOptions& options, std::size_t columns = 8, std::size_t quantiles = 1) {
  const detail::WindowLayout layout = detail::whole_layout_of(options);
  return Net(Input(layout.features(), layout.steps()), Embedding(options.series, columns),
             detail::forecast_layers(layout.horizon * quantiles, options.units));
}

}  // namespace rnnts::inline RNNTS_ABI
