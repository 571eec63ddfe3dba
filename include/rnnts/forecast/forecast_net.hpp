// ForecastNet: the net of a forecaster that is given none.
#pragma once

#include <cstddef>

#include "rnnts/kernels/activation.hpp"
#include "rnnts/layers/branches.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/model/sequential.hpp"

namespace rnnts::inline RNNTS_ABI {
namespace detail {

/// A GRU that reads segments of a window, beside a linear map of the whole window.
using ForecastLayers = Add<Branch<Dense<dynamic, ReLU>, GRU<>, Dense<>>, Branch<Flatten, Dense<>>>;

inline ForecastLayers forecast_layers(std::size_t outputs, std::size_t units) {
  return Add(Branch(Dense<dynamic, ReLU>(units), GRU(units), Dense(outputs)), Branch(Flatten(), Dense(outputs)));
}

}  // namespace detail

/// A GRU that reads segments of a window, beside a linear map of the whole window. All sizes are chosen when the
/// program runs.
using ForecastNet = Sequential<float, Input<dynamic, dynamic>, detail::ForecastLayers>;

/// One for windows of `steps` steps of `features` numbers each, that gives `outputs` numbers.
///
/// Throws ArgumentError if one of them is 0. (A template, so that a file which does not call it does not compile the
/// net.)
template <class Net = ForecastNet>
Net forecast_net(std::size_t features, std::size_t steps, std::size_t outputs, std::size_t units = 32) {
  return Net(Input(features, steps), detail::forecast_layers(outputs, units));
}

}  // namespace rnnts::inline RNNTS_ABI
