// Steps of a data path that act on each window by itself: what they subtract is that window's own.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <numeric>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "rnnts/core/fields.hpp"
#include "rnnts/forecast/steps.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// The values of a window that are not missing, that is NaN.
inline std::vector<double> known_values(std::span<const double> window) {
  std::vector<double> known;
  std::ranges::copy_if(window, std::back_inserter(known), [](double x) { return !std::isnan(x); });
  return known;
}

/// The last one of them; NaN if there is none.
inline double last_known(std::span<const double> window) {
  while (!window.empty() && std::isnan(window.back())) window = window.first(window.size() - 1);
  return window.empty() ? std::numeric_limits<double>::quiet_NaN() : window.back();
}

/// The last one of them that is `from_end` or a number of seasons more from the end; NaN if there is none.
inline double last_known_of_place(std::span<const double> window, std::size_t from_end, std::size_t season) {
  for (; from_end <= window.size(); from_end += season) {
    const double x = window[window.size() - from_end];
    if (!std::isnan(x)) return x;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

/// NaN of none, or where one is missing.
inline double mean_value(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// (x - level) / spread of each number, and the way back.
struct LevelMap {
  double level = 0, spread = 1;

  void transform(std::span<double> numbers) const {
    for (double& x : numbers) x = (x - level) / spread;
  }
  void inverse_transform(std::span<double> numbers) const {
    for (double& y : numbers) y = y * spread + level;
  }
};

/// What SubtractLevel and LevelAndSpread share: how many values at the end of a window they look at. In place of one
/// that is missing stands the last known one that is a multiple of as many steps before it, so that a level over a
/// season stays free of it; where there is none, it is left out.
class LastValues {
 public:
  std::size_t steps() const { return static_cast<std::size_t>(count_(0)); }

  static constexpr auto fields() { return std::tuple{Field{"values", &LastValues::count_}}; }

 protected:
  LastValues(std::string_view step, std::size_t count) : count_(count_option(step, count, "values")) {}

  double level(std::span<const double> window) const {
    const auto last = window.last(steps());
    const double of_all = mean_value(last);
    if (!std::isnan(of_all)) return of_all;
    return mean_value(last_known_of_each(window));
  }
  /// 0 where they are all alike, which the rounding of their level would hide.
  double deviation(std::span<const double> window, double level) const {
    const auto last = window.last(steps());
    const double of_all = deviation_of(last, level);
    return std::isnan(of_all) ? deviation_of(last_known_of_each(window), level) : of_all;
  }

 private:
  std::vector<double> last_known_of_each(std::span<const double> window) const {
    std::vector<double> known;
    for (std::size_t from_end = steps(); from_end > 0; --from_end) {
      const double x = last_known_of_place(window, from_end, steps());
      if (!std::isnan(x)) known.push_back(x);
    }
    return known;
  }

  static double deviation_of(std::span<const double> values, double level) {
    if (std::ranges::all_of(values, [&](double x) { return x == values.front(); })) return 0;
    double sum = 0;
    for (const double x : values) sum += (x - level) * (x - level);
    return std::sqrt(sum / static_cast<double>(values.size()));
  }

  Tensor<double, 1> count_;
};

}  // namespace detail

/// The last value of the window that is known, subtracted from it and from what follows.
struct SubtractLast {
  static constexpr std::string_view name = "subtract_last";

  void transform(std::span<double> window, std::span<double> future) const {
    const detail::LevelMap map{.level = detail::last_known(window)};
    map.transform(window);
    map.transform(future);
  }
  void inverse_transform(std::span<const double> window, std::span<double> future) const {
    detail::LevelMap{.level = detail::last_known(window)}.inverse_transform(future);
  }
};

/// The mean of the last n values of the window, subtracted from it and from what follows. With n a season, or several,
/// the level is free of it.
class SubtractLevel : public detail::LastValues {
 public:
  static constexpr std::string_view name = "subtract_level";

  /// Throws ArgumentError if n is 0.
  explicit SubtractLevel(std::size_t n) : LastValues(name, n) {}

  void transform(std::span<double> window, std::span<double> future) const {
    const detail::LevelMap map{.level = level(window)};
    map.transform(window);
    map.transform(future);
  }
  void inverse_transform(std::span<const double> window, std::span<double> future) const {
    detail::LevelMap{.level = level(window)}.inverse_transform(future);
  }
};

/// The same, divided by the standard deviation of these n values, or by 1 where they are all alike.
class LevelAndSpread : public detail::LastValues {
 public:
  static constexpr std::string_view name = "level_and_spread";

  /// Throws ArgumentError if n is 0.
  explicit LevelAndSpread(std::size_t n) : LastValues(name, n) {}

  void transform(std::span<double> window, std::span<double> future) const {
    const detail::LevelMap map = map_of(window);
    map.transform(window);
    map.transform(future);
  }
  void inverse_transform(std::span<const double> window, std::span<double> future) const {
    map_of(window).inverse_transform(future);
  }

  /// Whether these values are not all alike.
  bool has_scale(std::span<const double> window) const { return deviation(window, level(window)) > 0; }

 private:
  detail::LevelMap map_of(std::span<const double> window) const {
    const double mean = level(window), spread = deviation(window, mean);
    return {mean, spread > 0 ? spread : 1};
  }
};

/// What follows the window as the difference from the seasonal naive forecast, that is from the window's last season,
/// again and again; the window stays as it is. The net then learns what is to be added to that forecast. Where a value
/// of that season is missing, the last known one of that place in a season stands for it, or the mean of the window.
class SubtractSeason {
 public:
  static constexpr std::string_view name = "subtract_season";

  /// Throws ArgumentError if season is 0.
  explicit SubtractSeason(std::size_t season) : season_(detail::count_option(name, season, "steps")) {}

  std::size_t steps() const { return static_cast<std::size_t>(season_(0)); }

  void transform(std::span<double> window, std::span<double> future) const {
    for (std::size_t h = 0; h < future.size(); ++h) future[h] -= season_ago(window, h);
  }
  void inverse_transform(std::span<const double> window, std::span<double> future) const {
    for (std::size_t h = 0; h < future.size(); ++h) future[h] += season_ago(window, h);
  }

  static constexpr auto fields() { return std::tuple{Field{"season", &SubtractSeason::season_}}; }

 private:
  double season_ago(std::span<const double> window, std::size_t h) const {
    const double x = detail::last_known_of_place(window, steps() - h % steps(), steps());
    return std::isnan(x) ? detail::mean_value(detail::known_values(window)) : x;
  }

  Tensor<double, 1> season_;
};

}  // namespace rnnts::inline RNNTS_ABI
