// Scalers: they map a series to numbers that nets learn well, and forecasts back to its units.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/series/scaler.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Maps the smallest value of the fitted series to `low`, the largest to `high`, all others linearly.
///
/// `Value` is float or double, or `std::array<float, F>` for rows of F features, each column on its own. `save` and
/// `load` take a scaler, as they take a model.
template <class Value> class MinMaxScaler : public detail::Scaler<MinMaxScaler<Value>, Value> {
  using Base = detail::Scaler<MinMaxScaler<Value>, Value>;
  using typename Base::Learnt, typename Base::PerColumn;
  friend Base;

 public:
  /// The feature range [low, high].
  ///
  /// Throws ArgumentError unless low < high.
  explicit MinMaxScaler(double low = 0, double high = 1) {
    if (!(low < high))
      throw ArgumentError(
          detail::sentence("MinMaxScaler: expected a feature range with low < high, found [", low, ", ", high, "]"));
    range_(0) = low;
    range_(1) = high;
  }

  /// Learns the extremes of a series. Give it the training part: what is learnt from later values is a leak. Of a
  /// tensor or range of more dimensions, all values count alike.
  ///
  /// Throws DataError if the series is empty, constant, or has a value that is not finite; ShapeError if a row has
  /// another number of columns. A failed fit changes nothing.
  template <detail::SeriesOf<Value> R> MinMaxScaler& fit(R&& series) {
    auto values = this->values_of(series);
    PerColumn minimum, maximum;
    for (std::size_t c = 0; c < PerColumn::static_size; ++c)
      std::tie(minimum(c), maximum(c)) = this->extremes(values, c);
    minimum_ = minimum;
    maximum_ = maximum;
    return *this;
  }

  /// What fit has learnt, in the units of the series: a number, or `std::array<double, F>`. 0 before.
  Learnt minimum() const { return this->learnt(minimum_); }
  Learnt maximum() const { return this->learnt(maximum_); }

  /// The same as a fit to a series of these extremes.
  ///
  /// Throws ArgumentError unless both are finite and minimum < maximum.
  MinMaxScaler& set(Learnt minimum, Learnt maximum) {
    const auto low = this->per_column(minimum), high = this->per_column(maximum);
    for (std::size_t c = 0; c < PerColumn::static_size; ++c)
      if (!(low(c) < high(c)) || !std::isfinite(low(c)) || !std::isfinite(high(c)))
        throw ArgumentError(detail::sentence("MinMaxScaler: expected finite numbers with minimum < maximum, found ",
                                             low(c), " and ", high(c)));
    minimum_ = low;
    maximum_ = high;
    return *this;
  }

  /// The scaler of one column alone, as for labels of `LabelColumn{c}`.
  ///
  /// Throws ArgumentError if there is no such column.
  auto column(std::size_t c) const
    requires(!Scalar<Value>)
  {
    this->require_column(c);
    MinMaxScaler<typename Base::Number> scaler(range_(0), range_(1));
    if (minimum_(c) != maximum_(c)) scaler.set(minimum_(c), maximum_(c));
    return scaler;
  }

  static constexpr auto fields() {
    return std::tuple{Field{"minimum", &MinMaxScaler::minimum_}, Field{"maximum", &MinMaxScaler::maximum_},
                      Field{"range", &MinMaxScaler::range_}};
  }

 private:
  static constexpr std::string_view name = "MinMaxScaler";

  detail::ScalerMap map(std::size_t c) const {
    return {minimum_(c), maximum_(c) - minimum_(c), range_(1) - range_(0), range_(0)};
  }

  PerColumn minimum_, maximum_;  ///< the same before fit
  Tensor<double, 2> range_;      ///< low, high
};

/// Maps a series to mean 0 and standard deviation 1, that of the population: divided by n, not by n - 1.
///
/// `Value` is float or double, or `std::array<float, F>` for rows of F features, each column on its own. `save` and
/// `load` take a scaler, as they take a model.
template <class Value> class StandardScaler : public detail::Scaler<StandardScaler<Value>, Value> {
  using Base = detail::Scaler<StandardScaler<Value>, Value>;
  using typename Base::Learnt, typename Base::PerColumn;
  friend Base;

 public:
  /// Learns mean and standard deviation of a series. Give it the training part, as for MinMaxScaler.
  ///
  /// Throws DataError and ShapeError as MinMaxScaler does. A failed fit changes nothing.
  template <detail::SeriesOf<Value> R> StandardScaler& fit(R&& series) {
    auto values = this->values_of(series);
    PerColumn means, scales;
    for (std::size_t c = 0; c < PerColumn::static_size; ++c) {
      const auto [low, high] = this->extremes(values, c);
      const auto mean_of = [&, n = static_cast<double>(values.size())](auto term) {
        double sum = 0;
        for (Value& value : values) sum += term(static_cast<double>(detail::Columns<Value>::of(value, c)));
        return sum / n;
      };
      const double mean = mean_of([](double x) { return x; });
      const double range = high - low;  // squares relative to it neither overflow nor vanish
      means(c) = mean;
      scales(c) = range * std::sqrt(mean_of([=](double x) { return std::pow((x - mean) / range, 2); }));
    }
    mean_ = means;
    scale_ = scales;
    return *this;
  }

  /// What fit has learnt, in the units of the series: a number, or `std::array<double, F>`. The scale is the standard
  /// deviation. 0 before.
  Learnt mean() const { return this->learnt(mean_); }
  Learnt scale() const { return this->learnt(scale_); }

  /// The same as a fit to a series of this mean and standard deviation.
  ///
  /// Throws ArgumentError unless both are finite and the scale is above 0.
  StandardScaler& set(Learnt mean, Learnt scale) {
    const auto means = this->per_column(mean), scales = this->per_column(scale);
    for (std::size_t c = 0; c < PerColumn::static_size; ++c)
      if (!std::isfinite(means(c)) || !(scales(c) > 0) || !std::isfinite(scales(c)))
        throw ArgumentError(detail::sentence(
            "StandardScaler: expected a finite mean and a finite scale above 0, found ", means(c), " and ", scales(c)));
    mean_ = means;
    scale_ = scales;
    return *this;
  }

  /// The scaler of one column alone, as for labels of `LabelColumn{c}`.
  ///
  /// Throws ArgumentError if there is no such column.
  auto column(std::size_t c) const
    requires(!Scalar<Value>)
  {
    this->require_column(c);
    StandardScaler<typename Base::Number> scaler;
    if (scale_(c) != 0) scaler.set(mean_(c), scale_(c));
    return scaler;
  }

  static constexpr auto fields() {
    return std::tuple{Field{"mean", &StandardScaler::mean_}, Field{"scale", &StandardScaler::scale_}};
  }

 private:
  static constexpr std::string_view name = "StandardScaler";

  detail::ScalerMap map(std::size_t c) const { return {mean_(c), scale_(c), 1, 0}; }

  PerColumn mean_, scale_;  ///< scales of 0 before fit
};

/// Maps the median of a series to 0 and the distance between its quartiles, that between a quarter and three quarters
/// of the sorted values, to 1: single values far off hardly count. Between two values quartiles are interpolated.
///
/// `Value` is float or double, or `std::array<float, F>` for rows of F features, each column on its own. `save` and
/// `load` take a scaler, as they take a model.
template <class Value> class RobustScaler : public detail::Scaler<RobustScaler<Value>, Value> {
  using Base = detail::Scaler<RobustScaler<Value>, Value>;
  using typename Base::Learnt, typename Base::PerColumn;
  friend Base;

 public:
  /// Learns median and quartiles of a series. Give it the training part, as for MinMaxScaler.
  ///
  /// Throws DataError and ShapeError as MinMaxScaler does, and DataError if both quartiles are the same. A failed fit
  /// changes nothing.
  template <detail::SeriesOf<Value> R> RobustScaler& fit(R&& series) {
    auto values = this->values_of(series);
    PerColumn medians, scales;
    std::vector<double> sorted(values.size());
    for (std::size_t c = 0; c < PerColumn::static_size; ++c) {
      this->extremes(values, c);  // which refuses what has none
      for (std::size_t i = 0; i < values.size(); ++i) sorted[i] = detail::Columns<Value>::of(values[i], c);
      std::ranges::sort(sorted);
      const auto quantile = [&](double probability) {
        const double at = probability * static_cast<double>(sorted.size() - 1);
        const auto below = static_cast<std::size_t>(at), above = std::min(below + 1, sorted.size() - 1);
        return std::lerp(sorted[below], sorted[above], at - std::floor(at));
      };
      medians(c) = quantile(0.5);
      scales(c) = quantile(0.75) - quantile(0.25);
      if (scales(c) == 0) {
        throw DataError(detail::sentence(name, ": cannot be fitted to a series whose quartiles are the same, both are ",
                                         quantile(0.25)));
      }
    }
    median_ = medians;
    scale_ = scales;
    return *this;
  }

  /// What fit has learnt, in the units of the series: a number, or `std::array<double, F>`. The scale is the distance
  /// between the quartiles. 0 before.
  Learnt median() const { return this->learnt(median_); }
  Learnt scale() const { return this->learnt(scale_); }

  /// The scaler of one column alone, as for labels of `LabelColumn{c}`.
  ///
  /// Throws ArgumentError if there is no such column.
  auto column(std::size_t c) const
    requires(!Scalar<Value>)
  {
    this->require_column(c);
    RobustScaler<typename Base::Number> scaler;
    scaler.median_(0) = median_(c);
    scaler.scale_(0) = scale_(c);
    return scaler;
  }

  static constexpr auto fields() {
    return std::tuple{Field{"median", &RobustScaler::median_}, Field{"scale", &RobustScaler::scale_}};
  }

 private:
  template <class Other> friend class RobustScaler;

  static constexpr std::string_view name = "RobustScaler";

  detail::ScalerMap map(std::size_t c) const { return {median_(c), scale_(c), 1, 0}; }

  PerColumn median_, scale_;  ///< scales of 0 before fit
};

}  // namespace rnnts::inline RNNTS_ABI
