// QuantileCalibration: how far the quantiles of a forecaster are to be moved so that they hold what they say.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <span>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/conformal_intervals.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/known_at.hpp"
#include "rnnts/forecast/named_series.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Of Q quantiles of H steps, forecast for a part of the series with which a forecaster was not trained, what they have
/// to be moved by for as many values to come between them as should. Each pair, as 0.1 and 0.9, is widened or narrowed
/// by the margins of `ConformalIntervals`, for each step by itself. A quantile whose counterpart is not among them has
/// its mirror image at the median for one, if there is a median. That one is not moved.
///
/// Numbers are those of a data path. Where it takes level and scale out of each window, those of many series, and of
/// all levels of one, can be compared.
class QuantileCalibration {
 public:
  /// `levels` are the probabilities of the quantiles, ascending. Where values `may_miss`, a true value that is NaN is
  /// missing, and has no say.
  ///
  /// Throws ArgumentError if horizon is 0.
  QuantileCalibration(std::size_t horizon, std::span<const double> levels, bool may_miss = false)
      : horizon_(horizon), levels_(levels.begin(), levels.end()), may_miss_(may_miss) {
    const std::size_t median = find(0.5);
    for (std::size_t q = 0; q < levels_.size(); ++q) {
      const std::size_t other = find(1 - levels_[q]);
      const bool is_second = other < q, has_other = other < levels_.size() || median < levels_.size();
      if (q == median || is_second || !has_other) continue;
      pairs_.push_back({q, other, std::abs(1 - 2 * levels_[q]), ConformalIntervals(horizon, may_miss)});
    }
  }

  /// Quantiles (H,Q) of a forecast, and what came (H). One that overlaps has values of a forecast that was added
  /// before, which was off by the same: it has a say in the margins, but not in whether there are enough forecasts for
  /// them.
  ///
  /// Throws ShapeError if they are not as many; DataError if a number is not finite.
  void add(std::span<const double> actual, std::span<const double> quantiles, bool overlaps = false) {
    const std::size_t H = horizon_, Q = levels_.size();
    if (actual.size() != H || quantiles.size() != H * Q) {
      throw ShapeError(detail::sentence("QuantileCalibration: expected ", H, " true values and ", Q,
                                        " quantiles for each, found ", actual.size(), " and ", quantiles.size()));
    }
    const std::size_t median = find(0.5);
    std::vector<double> lower(H), upper(H);
    for (auto& [q, other, level, intervals] : pairs_) {
      for (std::size_t h = 0; h < H; ++h) {
        const auto of_step = quantiles.subspan(h * Q, Q);
        const double one = of_step[q], its_other = other < Q ? of_step[other] : 2 * of_step[median] - one;
        lower[h] = std::min(one, its_other);
        upper[h] = std::max(one, its_other);
      }
      intervals.add(actual, lower, upper);
    }
    for (std::size_t h = 0; h < H && Q > 0; ++h) {
      if (!may_miss_ || !std::isnan(actual[h])) ++values_;
      if (quantiles[h * Q] <= actual[h] && actual[h] <= quantiles[h * Q + Q - 1]) ++within_;
    }
    ++size_;
    if (!overlaps) ++apart_;
  }

  /// All that was added to another one.
  ///
  /// Throws ArgumentError if that is for another horizon or other quantiles.
  void add(const QuantileCalibration& other) {
    require(other.horizon_, other.levels_);
    for (std::size_t k = 0; k < pairs_.size(); ++k) pairs_[k].intervals.add(other.pairs_[k].intervals);
    size_ += other.size_;
    apart_ += other.apart_;
    values_ += other.values_;
    within_ += other.within_;
  }

  /// How many forecasts were added.
  std::size_t size() const { return size_; }

  /// How many of them do not overlap. These decide whether there are enough for a pair: 4 for 80 %, 19 for 95 %.
  std::size_t apart() const { return apart_; }

  /// Of the values that came, the share between the lowest and the highest quantile, as they were. NaN of none.
  double coverage() const { return static_cast<double>(within_) / static_cast<double>(values_); }

  /// The levels that are not moved, as there are too few forecasts that do not overlap, or no counterpart. The median
  /// is none of them.
  std::vector<double> not_moved() const {
    std::vector<double> levels;
    for (std::size_t q = 0; q < levels_.size(); ++q) {
      const bool is_moved = std::ranges::any_of(
          pairs_, [&](const Pair& pair) { return (pair.one == q || pair.other == q) && are_enough_for(pair); });
      if (!is_moved && q != find(0.5)) levels.push_back(levels_[q]);
    }
    return levels;
  }

  /// (H,Q): what is to be added to each quantile of each step; 0 for those that are not moved.
  std::vector<double> offsets() const {
    const std::size_t Q = levels_.size();
    std::vector<double> offsets(horizon_ * Q);
    for (const Pair& pair : pairs_) {
      const auto& [one, other, level, intervals] = pair;
      if (!are_enough_for(pair)) continue;
      const auto margins = intervals.margins(level);
      for (const std::size_t q : {one, other}) {
        if (q == Q) continue;
        for (std::size_t h = 0; h < horizon_; ++h) offsets[h * Q + q] = levels_[q] < 0.5 ? -margins[h] : margins[h];
      }
    }
    return offsets;
  }

  /// Throws ArgumentError if it is for another horizon or other levels.
  void require(std::size_t horizon, std::span<const double> levels) const {
    if (horizon == horizon_ && std::ranges::equal(levels, levels_)) return;
    throw ArgumentError(detail::sentence("QuantileCalibration: expected one of ", horizon, " steps and ", levels.size(),
                                         " quantiles of the same levels, found one of ", horizon_, " and ",
                                         levels_.size()));
  }

 private:
  struct Pair {
    std::size_t one, other;  ///< the places of two levels; of the second Q if it is a mirror image
    double level;            ///< what should be between them
    ConformalIntervals intervals;
  };

  bool are_enough_for(const Pair& pair) const {
    return detail::forecasts_needed(pair.level) <= static_cast<double>(apart_) && pair.intervals.are_enough(pair.level);
  }

  /// The place of a level, Q if there is none.
  std::size_t find(double level) const {
    const auto found = std::ranges::find_if(levels_, [=](double one) { return std::abs(one - level) < 1e-9; });
    return static_cast<std::size_t>(found - levels_.begin());
  }

  std::size_t horizon_;
  std::vector<double> levels_;
  std::vector<Pair> pairs_;
  bool may_miss_;
  std::size_t size_ = 0, apart_ = 0, values_ = 0, within_ = 0;
};

/// Which forecasts calibrate.
struct CalibrationOptions {
  std::size_t windows = 1;    ///< of each series; the forecast of the last one ends with the series
  std::size_t step_size = 1;  ///< from one to the next
};

/// What forecasts of the last values of each series, with which the forecaster must not have been trained, say of its
/// quantiles:
///
///     forecaster.fit(without_the_last_year);
///     forecaster.calibrate(calibration(forecaster, series, {.windows = 50}));
///
/// That of one training may calibrate another with more values, as both err alike. A window that has not the scale by
/// which the path divides, as its values are all alike, is left out: how far off its forecast is in units of the series
/// says nothing of the others. With `mask_missing` values may be missing, and a window without a known one is left out.
///
/// Throws ArgumentError if an option is 0 or there are no quantiles; DataError, naming the series, if one is too short
/// or a step of the path does not take a value; and what `predict` throws.
template <class F, ForecastData D>
[[gnu::cold]] QuantileCalibration calibration(const F& forecaster, D&& data, const CalibrationOptions& options) {
  constexpr std::string_view name = "calibration";
  const std::size_t H = forecaster.horizon(), Q = forecaster.levels().size(), least = forecaster.least_values();
  if (Q == 0) throw ArgumentError("calibration: expected a forecaster with quantiles, found one without");
  if (options.windows == 0 || options.step_size == 0) {
    throw ArgumentError("calibration: expected windows and a step_size of at least 1, found 0");
  }
  bool may_miss = false;
  if constexpr (requires { forecaster.options().mask_missing; }) may_miss = forecaster.options().mask_missing;
  QuantileCalibration result(H, forecaster.levels(), may_miss);
  F own = forecaster;
  own.calibrate(result);  // its net's quantiles, not moved
  const auto all = detail::named_series(name, data, may_miss);
  for (const ForecastSeries& one : all) {
    const std::size_t needed = least + H + (options.windows - 1) * options.step_size;
    detail::require_length(name, one.unique_id, one.values.size(), needed);
    detail::check_columns(name, one);
  }
  std::vector<double> future(H), quantiles(H * Q);
  std::vector<std::size_t> apart_from(all.size());  // of each series, where the last forecast that counts ends
  for (std::size_t w = options.windows; w-- > 0;) {
    std::vector<std::span<const double>> histories;
    std::vector<std::size_t> whose;  // the numbers of their series
    std::vector<ForecastSeries> known;
    for (std::size_t s = 0; s < all.size(); ++s) {
      const std::size_t origin = all[s].values.size() - H - w * options.step_size;
      const auto history = std::span(all[s].values).subspan(origin - least, least);
      if (std::ranges::all_of(history, [](double x) { return std::isnan(x); })) continue;
      histories.push_back(history);
      whose.push_back(s);
      known.push_back(detail::known_at({&all[s], 1}, {&history, 1}, H)[0]);
    }
    if (known.empty()) continue;
    const Forecast forecast = own.predict(known);
    for (std::size_t k = 0; k < whose.size(); ++k) {
      const std::size_t s = whose[k];
      const auto history = histories[k];
      if (!forecaster.path().has_scale(history, all[s].unique_id)) continue;
      const auto said = forecast.all_quantiles(k);
      for (std::size_t q = 0; q < Q; ++q) {
        for (std::size_t h = 0; h < H; ++h) future[h] = said[h * Q + q];
        forecaster.path().transform(history, future, all[s].unique_id);
        for (std::size_t h = 0; h < H; ++h) quantiles[h * Q + q] = future[h];
      }
      std::copy_n(history.data() + least, H, future.begin());
      forecaster.path().transform(history, future, all[s].unique_id);
      const std::size_t origin = all[s].values.size() - H - w * options.step_size;
      const bool overlaps = origin < apart_from[s];
      if (!overlaps) apart_from[s] = origin + H;
      result.add(future, quantiles, overlaps);
    }
  }
  return result;
}

namespace detail {

/// Adds offsets (H,Q), in the numbers of the path, to the quantiles (H,Q) of what follows a series, which are in order
/// and remain so. None passes the median. Those of a series whose end has not the scale that the path divides by stay.
template <class Path>
[[gnu::cold]] void move_quantiles(const Path& path, const ForecastSeries& series, std::span<double> quantiles,
                                  std::span<const double> levels, std::span<const double> offsets) {
  if (std::ranges::count(offsets, 0.0) == std::ssize(offsets) || !path.has_scale(series.values, series.unique_id))
    return;
  const std::size_t Q = levels.size(), H = quantiles.size() / Q;
  const auto median = static_cast<std::size_t>(std::ranges::find(levels, 0.5) - levels.begin());
  std::vector<double> future(H);
  for (std::size_t q = 0; q < Q; ++q) {
    if (q == median) continue;
    for (std::size_t h = 0; h < H; ++h) future[h] = quantiles[h * Q + q];
    path.transform(series.values, future, series.unique_id);
    for (std::size_t h = 0; h < H; ++h) future[h] += offsets[h * Q + q];
    path.inverse_transform(series.values, future);
    for (std::size_t h = 0; h < H; ++h) {
      require_finite_forecast(series.unique_id, h, future[h]);
      const double middle = median < Q ? quantiles[h * Q + median] : future[h];
      quantiles[h * Q + q] = q < median ? std::min(future[h], middle) : std::max(future[h], middle);
    }
  }
  sort_quantiles(quantiles, Q);
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
