// DataPath: steps from the units of a series to numbers that a net learns well, and the exact way back.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/named_series.hpp"
#include "rnnts/layers/layer.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A step that maps each value of a series by itself: y = transform(x), x = inverse_transform(y), increasing.
///
/// Any step has a `name`, for messages and files. It is not asked for a value that is NaN, missing, which stays so.
/// Numbers that are to be saved are `Tensor`s that `fields()` lists. One that learns from the training part has
/// `fit(const std::vector<double>&)`; one that does not take all numbers has a text `domain`, "a number above 0", and
/// gives NaN or infinity for others.
template <class S>
concept ValueStep = requires(const S& step, double x) {
  { S::name } -> std::convertible_to<std::string_view>;
  { step.transform(x) } -> std::convertible_to<double>;
  { step.inverse_transform(x) } -> std::convertible_to<double>;
};

/// A step that maps each value of a series by one `lag()` steps earlier: y[t] = transform(x[t], x[t-lag]), and
/// x[t] = inverse_transform(y[t], x[t-lag]). The first `lag()` values are lost.
template <class S>
concept LagStep = requires(const S& step, double x) {
  { S::name } -> std::convertible_to<std::string_view>;
  { step.lag() } -> std::same_as<std::size_t>;
  { step.transform(x, x) } -> std::convertible_to<double>;
  { step.inverse_transform(x, x) } -> std::convertible_to<double>;
};

/// A step that maps each window by itself: `transform(window, future)` changes the window and the values that follow
/// it, of which there are none in a forecast; `inverse_transform(window, future)` takes those back, by the window as it
/// was before. One that looks at a number of values at the window's end tells it by `steps()`, and one that divides by
/// a scale of the window, by `has_scale(window)` whether there is one; else its numbers are in the units of the series.
/// Values of the window and of what follows may be NaN, missing, and have to stay so.
template <class S>
concept WindowStep = requires(const S& step, std::span<double> values, std::span<const double> window) {
  { S::name } -> std::convertible_to<std::string_view>;
  step.transform(values, values);
  step.inverse_transform(window, values);
};

/// The steps, in order: those of the series first, which are fitted and applied once, then those of each window.
///
///     DataPath path{Log(), SubtractLevel(12)};
///
/// `save` and `load` take a path, with all that its steps were given and have learnt.
template <class... Steps> class DataPath {
  static constexpr std::size_t count = sizeof...(Steps);
  static constexpr std::size_t of_series = (std::size_t{!WindowStep<Steps>} + ... + 0);

  template <std::size_t K> using At = std::tuple_element_t<K, std::tuple<Steps...>>;

  static_assert(((ValueStep<Steps> || LagStep<Steps> || WindowStep<Steps>) && ...),
                "A step of a DataPath is a ValueStep, a LagStep or a WindowStep: see forecast/data_path.hpp.");
  static_assert(
      []<std::size_t... K>(std::index_sequence<K...>) {
        return ((WindowStep<At<K>> == (K >= of_series)) && ...);
      }(std::index_sequence_for<Steps...>()),
      "In a DataPath the steps of each window, as SubtractLast, come after those of the series, as Log.");

 public:
  DataPath()
    requires(sizeof...(Steps) == 0)
  = default;
  explicit DataPath(Steps... steps)
    requires(sizeof...(Steps) > 0)
      : steps_(std::move(steps)...) {}

  /// Fits the steps to series, and throws what they throw.
  template <ForecastData D> void fit(D&& data) {
    auto all = detail::named_series("DataPath::fit", data);
    fit_transform(all);
  }

  /// What a net is to see of the end of a series, all steps applied to it as to one window: as many values less
  /// `lost()`.
  ///
  /// Throws DataError, naming the series, if a step does not take a value, or there are too few. One that is NaN is
  /// missing, and stays so.
  std::vector<double> transform(std::span<const double> history, const std::string& unique_id = "0") const {
    std::vector<double> values(history.begin(), history.end());
    transform_series(unique_id, values);
    transform_window(values, {});
    return values;
  }

  /// Takes values that follow `history` to what a net is to say of them, in place.
  ///
  /// Throws DataError, naming the series, if a step does not take one of all these values.
  void transform(std::span<const double> history, std::span<double> future, const std::string& unique_id = "0") const {
    std::vector<double> values(history.begin(), history.end());
    values.insert(values.end(), future.begin(), future.end());
    transform_series(unique_id, values);
    const std::span<double> all(values);
    const auto last = all.last(future.size());
    transform_window(all.first(all.size() - future.size()), last);
    std::ranges::copy(last, future.begin());
  }

  /// Takes what a net says of the values after `history` back to its units, in place. `history` are the values that
  /// `transform` was given.
  void inverse_transform(std::span<const double> history, std::span<double> future) const { undo<0>(history, future); }

  /// Whether the end of a series has the scale that each step divides by, if one does: numbers of such windows can be
  /// compared with each other.
  ///
  /// Throws DataError, naming the series, if a step does not take a value.
  bool has_scale(std::span<const double> history, const std::string& unique_id = "0") const {
    std::vector<double> values(history.begin(), history.end());
    transform_series(unique_id, values);
    bool all = true;
    for_each_step([&]<std::size_t K>(const auto& step) {
      if constexpr (requires { step.has_scale(values); }) all = all && step.has_scale(values);
      if constexpr (K >= of_series) step.transform(values, {});
    });
    return all;
  }

  /// How many values at the beginning the steps need before there is a first one.
  std::size_t lost() const {
    std::size_t sum = 0;
    for_each_step([&]<std::size_t K>(const auto& step) {
      if constexpr (LagStep<At<K>>) sum += step.lag();
    });
    return sum;
  }

  /// The shortest lag of a step, 0 if there is none. From there on, the inverse adds up forecasts.
  std::size_t shortest_lag() const {
    std::size_t shortest = 0;
    for_each_step([&]<std::size_t K>(const auto& step) {
      if constexpr (LagStep<At<K>>) shortest = shortest == 0 ? step.lag() : std::min(shortest, step.lag());
    });
    return shortest;
  }

  /// Throws ArgumentError if a step looks at more values than a window of this length has.
  void check_look_back(std::size_t look_back) const {
    for_each_step([&]<std::size_t K>(const auto& step) {
      if constexpr (requires { step.steps(); }) {
        if (step.steps() > look_back) {
          throw ArgumentError(detail::sentence(At<K>::name, ": expected a look_back of at least the ", step.steps(),
                                               " values that it looks at, found ", look_back));
        }
      }
    });
  }

  /// Step K, as it was fitted.
  template <std::size_t K> const auto& step() const { return std::get<K>(steps_); }

  /// Fits the steps of the series to all but the last `held_out` values of each, and applies them to all values, in
  /// both but for those that are missing.
  void fit_transform(std::vector<ForecastSeries>& all, std::size_t held_out = 0) {
    std::size_t lost = 0;
    for_each_step([&]<std::size_t K>(auto& step) {
      if constexpr (K < of_series) {
        if constexpr (requires(const std::vector<double>& values) { step.fit(values); }) {
          std::vector<double> training;
          for (const ForecastSeries& one : all) {
            const auto& values = one.values;
            std::copy_if(values.begin(), values.end() - kept_back(values.size(), held_out),
                         std::back_inserter(training), [](double x) { return !std::isnan(x); });
          }
          step.fit(training);
        }
        for (ForecastSeries& one : all) apply(step, one.unique_id, one.values, lost);
        if constexpr (LagStep<At<K>>) lost += step.lag();
      }
    });
  }

  /// Applies the steps of each window to one, and to what follows it.
  void transform_window(std::span<double> window, std::span<double> future) const {
    for_each_step([&]<std::size_t K>(const auto& step) {
      if constexpr (K >= of_series) step.transform(window, future);
    });
  }

  static constexpr auto fields() {
    return []<std::size_t... K>(std::index_sequence<K...>) {
      return std::tuple{Field{At<K>::name, [](auto& path) -> auto& { return detail::named(std::get<K>(path.steps_)); },
                              zeros, Regularizer{}, K}...};
    }(std::index_sequence_for<Steps...>());
  }

 private:
  static std::ptrdiff_t kept_back(std::size_t size, std::size_t held_out) {
    return static_cast<std::ptrdiff_t>(std::min(size, held_out));
  }

  void transform_series(const std::string& unique_id, std::vector<double>& values) const {
    std::size_t lost = 0;
    for_each_step([&]<std::size_t K>(const auto& step) {
      if constexpr (K < of_series) apply(step, unique_id, values, lost);
      if constexpr (LagStep<At<K>>) lost += step.lag();
    });
  }

  /// One step, applied to a series that has lost so many values before it.
  template <class Step>
  static void apply(const Step& step, const std::string& unique_id, std::vector<double>& values, std::size_t lost) {
    const auto checked = [&](double x, double y, std::size_t t) {
      if (!std::isfinite(y)) refuse<Step>(unique_id, x, y, t + lost);
      return y;
    };
    if constexpr (LagStep<Step>) {
      const std::size_t lag = step.lag();
      if (values.size() <= lag) {
        throw DataError(detail::sentence(Step::name, ": ", detail::series_text(unique_id), ": a lag of ", lag,
                                         " needs more than ", lag, " values, found ", values.size()));
      }
      for (std::size_t t = lag; t < values.size(); ++t) {
        double& earlier = values[t - lag];
        const bool is_missing = std::isnan(values[t]) || std::isnan(earlier);
        earlier = is_missing ? std::numeric_limits<double>::quiet_NaN()
                             : checked(values[t], step.transform(values[t], earlier), t);
      }
      values.resize(values.size() - lag);
    } else {
      for (std::size_t t = 0; t < values.size(); ++t) {
        if (!std::isnan(values[t])) values[t] = checked(values[t], step.transform(values[t]), t);
      }
    }
  }

  template <class Step>
  [[noreturn]] static void refuse(const std::string& unique_id, double x, double y, std::size_t position) {
    std::string_view expected = "one of which it makes a finite number";
    if constexpr (requires { Step::domain; }) expected = Step::domain;
    throw DataError(detail::sentence(Step::name, ": ", detail::series_text(unique_id), ": value ", position,
                                     " (counted from 0) is ", x, ", of which it makes ", y, "; expected ", expected));
  }

  /// Applies step K and those after it to a copy of the history, takes the future back through those after it, and then
  /// through K itself.
  template <std::size_t K> void undo(std::span<const double> history, std::span<double> future) const {
    if constexpr (K < count) {
      const auto& step = std::get<K>(steps_);
      std::vector<double> after(history.begin(), history.end());
      if constexpr (K < of_series) {
        apply(step, {}, after, 0);
      } else {
        step.transform(after, {});
      }
      undo<K + 1>(after, future);
      if constexpr (WindowStep<At<K>>) {
        step.inverse_transform(history, future);
      } else if constexpr (LagStep<At<K>>) {
        const auto last = history.last(step.lag());
        for (std::size_t h = 0; h < future.size(); ++h) {
          future[h] = step.inverse_transform(future[h], h < last.size() ? last[h] : future[h - last.size()]);
        }
      } else {
        for (double& y : future) y = step.inverse_transform(y);
      }
    }
  }

  void for_each_step(auto visit) const { for_each_step(*this, visit); }
  void for_each_step(auto visit) { for_each_step(*this, visit); }
  static void for_each_step(auto& self, auto& visit) {
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      (visit.template operator()<K>(std::get<K>(self.steps_)), ...);
    }(std::index_sequence_for<Steps...>());
  }

  std::tuple<Steps...> steps_;
};

}  // namespace rnnts::inline RNNTS_ABI
