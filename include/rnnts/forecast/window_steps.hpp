// Steps of a data path that act on each window by itself: what they subtract is that window's own.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <string_view>
#include <tuple>

#include "rnnts/core/fields.hpp"
#include "rnnts/forecast/steps.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

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

/// What SubtractLevel and LevelAndSpread share: how many values at the end of a window they look at.
class LastValues {
 public:
  std::size_t steps() const { return static_cast<std::size_t>(count_(0)); }

  static constexpr auto fields() { return std::tuple{Field{"values", &LastValues::count_}}; }

 protected:
  LastValues(std::string_view step, std::size_t count) : count_(count_option(step, count, "values")) {}

  double level(std::span<const double> window) const {
    const auto last = window.last(steps());
    return std::accumulate(last.begin(), last.end(), 0.0) / static_cast<double>(last.size());
  }
  /// 0 where they are all alike, which the rounding of their level would hide.
  double deviation(std::span<const double> window, double level) const {
    const auto last = window.last(steps());
    if (std::ranges::all_of(last, [&](double x) { return x == last.front(); })) return 0;
    double sum = 0;
    for (const double x : last) sum += (x - level) * (x - level);
    return std::sqrt(sum / static_cast<double>(steps()));
  }

 private:
  Tensor<double, 1> count_;
};

}  // namespace detail

/// The last value of the window, subtracted from it and from what follows.
struct SubtractLast {
  static constexpr std::string_view name = "subtract_last";

  void transform(std::span<double> window, std::span<double> future) const {
    const detail::LevelMap map{.level = window.back()};
    map.transform(window);
    map.transform(future);
  }
  void inverse_transform(std::span<const double> window, std::span<double> future) const {
    detail::LevelMap{.level = window.back()}.inverse_transform(future);
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
/// again and again; the window stays as it is. The net then learns what is to be added to that forecast.
class SubtractSeason {
 public:
  static constexpr std::string_view name = "subtract_season";

  /// Throws ArgumentError if season is 0.
  explicit SubtractSeason(std::size_t season) : season_(detail::count_option(name, season, "steps")) {}

  std::size_t steps() const { return static_cast<std::size_t>(season_(0)); }

  void transform(std::span<double> window, std::span<double> future) const {
    const auto last = window.last(steps());
    for (std::size_t h = 0; h < future.size(); ++h) future[h] -= last[h % last.size()];
  }
  void inverse_transform(std::span<const double> window, std::span<double> future) const {
    const auto last = window.last(steps());
    for (std::size_t h = 0; h < future.size(); ++h) future[h] += last[h % last.size()];
  }

  static constexpr auto fields() { return std::tuple{Field{"season", &SubtractSeason::season_}}; }

 private:
  Tensor<double, 1> season_;
};

}  // namespace rnnts::inline RNNTS_ABI
