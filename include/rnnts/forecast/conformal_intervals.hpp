// ConformalIntervals: bounds around forecasts, from how far earlier ones were off.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/quantile_errors.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// Calibration forecasts that a level takes, from which on one of n errors is the ceil((n + 1) level)th.
inline double forecasts_needed(double level) { return std::ceil(level / (1 - level) - 1e-9); }

}  // namespace detail

/// Bounds for each step ahead.
struct ForecastInterval {
  std::vector<double> lower, upper;
};

/// Split-conformal intervals around any forecasts, for each step ahead by itself. Forecasts of a calibration part,
/// which the model has not been trained on, are added beside what came; of n of them, what lies ceil((n + 1) level)
/// from the smallest of their errors is how far the bounds are from a further forecast. Where calibration and later
/// errors could as well have come in any other order, that covers a share of at least `level`, and at most 1 / (n + 1)
/// more, whatever the distribution. Errors that grow with time break it. Lei and others, "Distribution-free predictive
/// inference for regression", Journal of the American Statistical Association 113 (2018).
class ConformalIntervals {
 public:
  /// For forecasts of `horizon` steps. Where values `may_miss`, a true value that is NaN is missing, and its step has
  /// an error less.
  ///
  /// Throws ArgumentError if it is 0.
  explicit ConformalIntervals(std::size_t horizon, bool may_miss = false) : errors_(horizon), may_miss_(may_miss) {
    if (horizon == 0) throw ArgumentError("ConformalIntervals: expected a horizon of at least 1, found 0");
  }

  /// A forecast of the calibration part, and what came: as many numbers each as the horizon.
  ///
  /// Throws ShapeError if they are not as many; DataError if a number is not finite, and adds nothing then.
  void add(std::span<const double> actual, std::span<const double> forecast) { add(actual, forecast, forecast); }

  /// The same for bounds that a model forecasts itself, as two quantiles, which `around` then moves outward or inward
  /// by as much as the calibration part asks for. Romano, Patterson and Candès, "Conformalized quantile regression",
  /// Advances in Neural Information Processing Systems 32 (2019).
  void add(std::span<const double> actual, std::span<const double> lower, std::span<const double> upper) {
    require_horizon("true values", actual.size());
    require_horizon("forecast values", lower.size());
    require_horizon("forecast values", upper.size());
    std::vector<double> errors(errors_.size());
    const auto is_missing = [&](std::size_t h) { return may_miss_ && std::isnan(actual[h]); };
    for (std::size_t h = 0; h < errors.size(); ++h) {
      if (is_missing(h)) continue;
      errors[h] = std::max(lower[h] - actual[h], actual[h] - upper[h]);
      if (!std::isfinite(lower[h] - actual[h]) || !std::isfinite(actual[h] - upper[h])) {
        throw DataError(detail::sentence(
            "ConformalIntervals: at step ", h, " (counted from 0) of calibration forecast ", size(),
            " the error is not finite: true value ", actual[h], ", forecast ", lower[h], " to ", upper[h]));
      }
    }
    for (std::size_t h = 0; h < errors.size(); ++h) {
      if (!is_missing(h)) errors_[h].push_back(errors[h]);
    }
    ++size_;
  }

  /// All that were added to another one.
  ///
  /// Throws ShapeError if it is for another horizon.
  void add(const ConformalIntervals& other) {
    require_horizon("steps", other.errors_.size());
    for (std::size_t h = 0; h < errors_.size(); ++h) {
      errors_[h].insert(errors_[h].end(), other.errors_[h].begin(), other.errors_[h].end());
    }
    size_ += other.size_;
  }

  /// How many calibration forecasts were added.
  std::size_t size() const { return size_; }

  /// Whether they are enough for a level, at each step: 4 are for 80 %, 19 for 95 %.
  ///
  /// Throws ArgumentError if the level is not between 0 and 1.
  bool are_enough(double level) const {
    detail::require_level("ConformalIntervals", level);
    return rank(level, fewest()) <= fewest();
  }

  /// How far the bounds of each step are from a forecast, in the units of the series.
  ///
  /// Throws ArgumentError if the level is not between 0 and 1; DataError if there are too few calibration forecasts for
  /// it: 4 are needed for 80 %, 19 for 95 %.
  std::vector<double> margins(double level) const {
    if (!are_enough(level)) {
      throw DataError(detail::sentence("ConformalIntervals: a level of ", level, " needs at least ",
                                       detail::forecasts_needed(level), " calibration forecasts, found ", fewest()));
    }
    std::vector<double> margins;
    for (std::vector<double> of_step : errors_) {
      const auto place = static_cast<std::ptrdiff_t>(rank(level, of_step.size())) - 1;
      std::ranges::nth_element(of_step, of_step.begin() + place);
      margins.push_back(of_step[static_cast<std::size_t>(place)]);
    }
    return margins;
  }

  /// Bounds around a forecast of as many steps as the horizon; `level` is what they should cover, 0.8 for 80 %.
  ///
  /// Throws what `margins` throws, and ShapeError if the steps are not as many.
  ForecastInterval around(std::span<const double> forecast, double level) const {
    return around(forecast, forecast, level);
  }

  /// The same around bounds, where such were added. Where they are moved inward past each other, both become their
  /// middle.
  ForecastInterval around(std::span<const double> lower, std::span<const double> upper, double level) const {
    require_horizon("forecast values", lower.size());
    require_horizon("forecast values", upper.size());
    const auto by = margins(level);
    ForecastInterval interval;
    for (std::size_t h = 0; h < by.size(); ++h) {
      const double low = lower[h] - by[h], high = upper[h] + by[h], middle = (low + high) / 2;
      interval.lower.push_back(std::min(low, middle));
      interval.upper.push_back(std::max(high, middle));
    }
    return interval;
  }

 private:
  /// Of so many errors the one that is the margin, counted from 1; above their number if they are too few.
  static std::size_t rank(double level, std::size_t errors) {
    // A level such as 0.95 is not exact in binary, and (19 + 1) 0.95 is 19.
    return static_cast<std::size_t>(std::ceil((static_cast<double>(errors) + 1) * level - 1e-9));
  }

  /// Errors of the step that has the fewest.
  std::size_t fewest() const { return std::ranges::min_element(errors_, {}, &std::vector<double>::size)->size(); }

  void require_horizon(std::string_view what, std::size_t found) const {
    if (found == errors_.size()) return;
    throw ShapeError(detail::sentence("ConformalIntervals: ", found, " ", what, ", expected ", errors_.size(),
                                      ", one for each step of the horizon"));
  }

  std::vector<std::vector<double>> errors_;  ///< of each step
  bool may_miss_;
  std::size_t size_ = 0;
};

/// Puts the quantiles of each step into order, the smallest first, so that none cross: that never makes their pinball
/// losses larger. `quantiles` is (H, Q), all `count` quantiles of the first step, then all of the second, …
/// Chernozhukov, Fernández-Val and Galichon, "Quantile and probability curves without crossing", Econometrica 78
/// (2010).
///
/// Throws ArgumentError if count is 0; ShapeError if the numbers are no multiple of it.
inline void sort_quantiles(std::span<double> quantiles, std::size_t count) {
  if (count == 0) throw ArgumentError("sort_quantiles: expected at least 1 quantile for each step, found 0");
  if (quantiles.size() % count != 0) {
    throw ShapeError(detail::sentence("sort_quantiles: expected ", count, " quantiles for each step, found ",
                                      quantiles.size(), " numbers"));
  }
  for (; !quantiles.empty(); quantiles = quantiles.subspan(count)) std::ranges::sort(quantiles.first(count));
}

}  // namespace rnnts::inline RNNTS_ABI
