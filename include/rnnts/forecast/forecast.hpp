// Forecast: the values to come of one series or of many, in their own units.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "rnnts/core/error.hpp"

namespace rnnts::inline RNNTS_ABI {

/// What a forecaster says of S series: for each of the H steps that follow its last value, a number, and where it was
/// trained for quantiles, Q of them. A plain struct, so that forecasts of any origin can be written as one.
struct Forecast {
  std::size_t horizon = 0;                   ///< H, steps after the last value of each series
  std::vector<std::string> unique_ids = {};  ///< (S), the names of the series
  std::vector<double> values = {};           ///< (S,H), what is expected
  std::vector<double> levels = {};           ///< (Q), the probabilities of the quantiles, ascending: 0.1, 0.5, 0.9
  std::vector<double> quantiles = {};        ///< (S,H,Q)

  /// S
  std::size_t size() const { return unique_ids.size(); }

  /// The H numbers of one series.
  ///
  /// Throws ArgumentError if there is no series of this number.
  std::span<const double> mean(std::size_t series = 0) const {
    require(series);
    return std::span(values).subspan(series * horizon, horizon);
  }

  /// The (H,Q) quantiles of one series: all of the first step, then all of the second, …
  ///
  /// Throws ArgumentError if there is no series of this number.
  std::span<const double> all_quantiles(std::size_t series = 0) const {
    require(series);
    const std::size_t count = horizon * levels.size();
    return std::span(quantiles).subspan(series * count, count);
  }

  /// The H numbers below which the values of one series will be with this probability.
  ///
  /// Throws ArgumentError if there is no series of this number, or no quantile of this level.
  std::vector<double> quantile(double level, std::size_t series = 0) const {
    const auto all = all_quantiles(series);
    const auto found = std::ranges::find(levels, level);
    if (found == levels.end()) {
      std::string known;
      for (const double one : levels) known += detail::sentence(known.empty() ? "" : ", ", one);
      throw ArgumentError(detail::sentence("Forecast: expected the level of one of its quantiles, which are ",
                                           known.empty() ? "none" : known, ", found ", level));
    }
    std::vector<double> of_level;
    for (auto q = static_cast<std::size_t>(found - levels.begin()); q < all.size(); q += levels.size()) {
      of_level.push_back(all[q]);
    }
    return of_level;
  }

 private:
  void require(std::size_t series) const {
    if (series >= size()) {
      throw ArgumentError(
          detail::sentence("Forecast: there is no series ", series, ": there are ", size(), ", counted from 0"));
    }
  }
};

}  // namespace rnnts::inline RNNTS_ABI
