// HorizonErrors: errors of many forecasts, all together, for each step ahead, and for each series.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"

namespace rnnts::inline RNNTS_ABI {

/// `Errors` is `PointErrors`, `QuantileErrors` or `IntervalErrors`.
template <class Errors> struct HorizonErrors {
  Errors together = {};
  std::vector<Errors> steps = {};   ///< steps[h]: of the values h + 1 steps ahead
  std::vector<Errors> series = {};  ///< by the number of the series
};

namespace detail {

/// Sums over forecasts that come series by series. `Sums` is what one of the errors is computed from: `errors()` gives
/// them, and `end_series()` is told where the next value is of another series, and at the end.
template <class Sums> class HorizonSums {
 public:
  /// `empty` are sums of nothing.
  HorizonSums(std::string_view function, std::size_t horizon, Sums empty)
      : function_(function), empty_(std::move(empty)), together_(empty_), steps_(horizon, empty_) {}

  /// Of a forecast with the number `index`.
  ///
  /// Throws ArgumentError if it is not of the series of the one before, or the next, the first being 0.
  void begin_forecast(std::size_t index, std::size_t series) {
    if (series_.size() == series + 1) return;
    if (series_.size() != series) {
      throw ArgumentError(sentence(function_, ": forecast ", index, " (counted from 0) is of series ", series,
                                   ", expected series ", series_.empty() ? 0 : series_.size() - 1, " or the next"));
    }
    if (!series_.empty()) end_series();
    series_.push_back(empty_);
  }

  /// Calls `add(sums)` with all that a value at this step counts in.
  template <class Add> void add(std::size_t step, Add add) {
    add(together_);
    add(steps_[step]);
    add(series_.back());
  }

  /// Once all are added.
  auto errors() {
    HorizonErrors<decltype(together_.errors())> errors;
    end_series();
    errors.together = together_.errors();
    for (const Sums& sums : steps_) errors.steps.push_back(sums.errors());
    for (const Sums& sums : series_) errors.series.push_back(sums.errors());
    return errors;
  }

 private:
  void end_series() {
    together_.end_series();
    for (Sums& sums : steps_) sums.end_series();
    series_.back().end_series();
  }

  std::string_view function_;
  Sums empty_, together_;
  std::vector<Sums> steps_, series_;
};

/// The steps ahead of the forecasts, whose `actual` values are as many in each.
///
/// Throws DataError if there are no forecasts or steps; ShapeError if one has other steps than those before.
template <class Forecast> std::size_t common_horizon(std::string_view function, std::span<const Forecast> forecasts) {
  if (forecasts.empty() || forecasts.front().actual.empty())
    throw DataError(sentence(function, ": expected at least one forecast of at least one step, found none"));
  const std::size_t horizon = forecasts.front().actual.size();
  for (std::size_t f = 0; f < forecasts.size(); ++f) {
    if (forecasts[f].actual.size() != horizon) {
      throw ShapeError(sentence(function, ": forecast ", f, " (counted from 0) has ", forecasts[f].actual.size(),
                                " true values, those before it ", horizon));
    }
  }
  return horizon;
}

/// Throws ShapeError if the numbers of forecast `index` are not as many as they should be.
inline void require_numbers(std::string_view function, std::size_t index, std::string_view what, std::size_t found,
                            std::size_t expected) {
  if (found == expected) return;
  throw ShapeError(
      sentence(function, ": forecast ", index, " (counted from 0) has ", found, " ", what, ", expected ", expected));
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
