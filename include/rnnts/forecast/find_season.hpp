// find_season: which of the usual seasons a series has.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/backtest_run.hpp"
#include "rnnts/forecast/time_step.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Seasons that values with this step often have, in steps, the shortest first: of hourly values a day and a week, 24
/// and 168; of daily ones a week, 7; of weekly, monthly and quarterly ones a year, as of all whose months a year has a
/// whole number of. If the step is not known, as that of a `SeriesTable` without times, all of these.
inline std::vector<std::size_t> usual_seasons(const TimeStep& step) {
  if (step == TimeStep{}) return {4, 7, 12, 24, 52, 168};
  std::vector<std::size_t> seasons;
  if (step.months.count() > 0) {
    if (12 % step.months.count() == 0) seasons.push_back(static_cast<std::size_t>(12 / step.months.count()));
  } else if (step.seconds == std::chrono::weeks(1)) {
    seasons.push_back(52);
  } else {
    constexpr std::int64_t longest = 2016;  // a week of 5 minutes
    for (const std::int64_t length : {60, 3600, 86400, 7 * 86400}) {
      const std::int64_t steps = length / step.seconds.count();
      if (length % step.seconds.count() == 0 && steps <= longest) seasons.push_back(static_cast<std::size_t>(steps));
    }
  }
  std::erase(seasons, std::size_t{1});
  std::erase(seasons, std::size_t{0});
  return seasons;
}

/// A season in steps, and how sure it is; 0 where none was found.
struct FoundSeason {
  std::size_t steps = 0;
  double autocorrelation = 0;  ///< of the changes from one value to the next, at the lag of the season
};

namespace detail {

/// The autocorrelation of the changes of a series, less their mean: a trend is no season. Changes from or to NaN are
/// left out; 0 if there are none, or if all are alike but for rounding.
inline double change_autocorrelation(std::span<const double> x, std::size_t lag) {
  double sum = 0, count = 0, products = 0, squares = 0;
  for (std::size_t t = 1; t < x.size(); ++t) {
    if (std::isnan(x[t] - x[t - 1])) continue;
    sum += x[t] - x[t - 1];
    ++count;
  }
  const double mean = count > 0 ? sum / count : 0;
  for (std::size_t t = lag + 1; t < x.size(); ++t) {
    const double change = x[t] - x[t - 1] - mean, earlier = x[t - lag] - x[t - lag - 1] - mean;
    if (std::isnan(change) || std::isnan(earlier)) continue;
    products += change * earlier;
    squares += (change * change + earlier * earlier) / 2;
  }
  return squares > 1e-20 * count * mean * mean ? products / squares : 0;
}

}  // namespace detail

/// The season among these whose changes repeat best, as the mean of their autocorrelation over the series says; at most
/// 100 series, evenly chosen, are looked at. A season counts from an autocorrelation of 0.1 on, which must be above 0
/// by a test at 95 % too, with at least three seasons in each series; a longer one must beat a shorter one by 0.01.
/// Changes are taken, as the values of a series that only drifts repeat at any short lag.
///
/// `seasons` ascend. Throws DataError if there are no series; ArgumentError if a season is 0.
inline FoundSeason find_season(ManySeries series, std::span<const std::size_t> seasons) {
  if (series.empty()) throw DataError("find_season: expected at least 1 series, found none");
  constexpr std::size_t most_series = 100;
  const std::size_t stride = (series.size() + most_series - 1) / most_series;
  FoundSeason best;
  for (const std::size_t season : seasons) {
    if (season == 0) throw ArgumentError("find_season: expected seasons of at least 1 step, found 0");
    double sum = 0, count = 0, values = 0;
    for (std::size_t s = 0; s < series.size(); s += stride) {
      if (series[s].size() < 3 * season) continue;
      sum += detail::change_autocorrelation(series[s], season);
      values += static_cast<double>(series[s].size());
      ++count;
    }
    const double looked_at = std::ceil(static_cast<double>(series.size()) / static_cast<double>(stride));
    if (count < looked_at / 2) continue;  // too long for most of them
    const double mean = sum / count;
    if (mean >= 0.1 && mean > 1.645 / std::sqrt(values) && (best.steps == 0 || mean > best.autocorrelation + 0.01)) {
      best = {season, mean};
    }
  }
  return best;
}

}  // namespace rnnts::inline RNNTS_ABI
