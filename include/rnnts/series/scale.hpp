// Scalers: they map a series to numbers that nets learn well, and forecasts back to its units.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <ranges>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/series/checks.hpp"

namespace rnnts::inline RNNTS_ABI {
namespace detail {

/// A number or a row of numbers, seen as columns.
template <class Value> struct Columns {
  static constexpr std::size_t count = 1;
  static Value& of(Value& value, std::size_t) { return value; }

  template <class Number> static Value read(std::string_view, Number number, std::size_t) {
    return static_cast<Value>(number);
  }
};

template <Scalar T, std::size_t F> struct Columns<std::array<T, F>> {
  static constexpr std::size_t count = F;
  static T& of(std::array<T, F>& row, std::size_t column) { return row[column]; }

  template <class Row> static std::array<T, F> read(std::string_view function, const Row& row, std::size_t index) {
    const auto found = static_cast<std::size_t>(std::ranges::distance(row));
    if (found != F)
      throw ShapeError(sentence(function, ": row ", index, " (counted from 0) has ", found, " columns, expected ", F));
    std::array<T, F> values{};
    std::ranges::copy(row, values.begin());
    return values;
  }
};

template <class R, class Value>
concept SeriesOf = (Scalar<Value> && NumberSeries<R>) || (!Scalar<Value> && RowSeries<R>);

/// Per column, y = (x - from) / width * gain + to. Computed in double.
template <class Value> class Scaler {
 public:
  /// One value.
  /// \throws Error before fit.
  Value transform(Value value) const {
    return each_column(value, [](double x, const Map& m) { return (x - m.from) / m.width * m.gain + m.to; });
  }

  /// One value, from scaled units back to those of the series.
  /// \throws Error before fit.
  Value inverse_transform(Value value) const {
    return each_column(value, [](double y, const Map& m) { return (y - m.to) / m.gain * m.width + m.from; });
  }

  /// A whole series. A value outside of the fitted one is mapped all the same.
  /// \throws Error before fit; DataError if a value is not finite.
  template <SeriesOf<Value> R> std::vector<Value> transform(R&& series) const {
    std::vector<Value> scaled = values_of(series);
    for (Value& value : scaled) value = transform(value);
    return scaled;
  }

  /// A whole series, from scaled units back to those of the series.
  /// \throws Error before fit; DataError if a value is not finite.
  template <SeriesOf<Value> R> std::vector<Value> inverse_transform(R&& series) const {
    std::vector<Value> values = values_of(series);
    for (Value& value : values) value = inverse_transform(value);
    return values;
  }

 protected:
  static constexpr std::size_t columns = Columns<Value>::count;

  struct Map {
    double from = 0;
    double width = 0;  ///< 0 before fit
    double gain = 1;
    double to = 0;
  };

  explicit Scaler(std::string_view name) : name_(name) {}

  template <class R> std::vector<Value> values_of(R& series) const {
    std::vector<Value> values;
    for (auto&& element : elements_of(series)) {
      Value value = Columns<Value>::read(name_, element, values.size());
      for (std::size_t c = 0; c < columns; ++c) require_finite(name_, Columns<Value>::of(value, c), values.size());
      values.push_back(value);
    }
    return values;
  }

  /// Smallest and largest number of a column.
  /// \throws DataError if there is none or they are the same.
  std::pair<double, double> extremes(std::vector<Value>& values, std::size_t column) const {
    if (values.empty()) throw DataError(sentence(name_, ": cannot be fitted to an empty series"));
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (Value& value : values) {
      const double x = Columns<Value>::of(value, column);
      low = std::min(low, x);
      high = std::max(high, x);
    }
    if (low == high)
      throw DataError(sentence(name_, ": cannot be fitted to a constant series, all ", values.size(), " values",
                               columns == 1 ? "" : " of column ", columns == 1 ? "" : sentence(column), " are ", low));
    return {low, high};
  }

  std::string_view name_;
  std::array<Map, columns> maps_{};

 private:
  template <class Function> Value each_column(Value value, Function function) const {
    for (std::size_t c = 0; c < columns; ++c) {
      if (maps_[c].width == 0) throw Error(sentence(name_, ": transform and inverse_transform need a fit first"));
      auto& x = Columns<Value>::of(value, c);
      x = static_cast<std::remove_reference_t<decltype(x)>>(function(x, maps_[c]));
    }
    return value;
  }
};

}  // namespace detail

/// Maps the smallest value of the fitted series to `low`, the largest to `high`, all others linearly.
///
/// `Value` is float or double, or `std::array<float, F>` for rows of F features, each column on its own.
template <class Value> class MinMaxScaler : public detail::Scaler<Value> {
 public:
  /// The feature range [low, high].
  /// \throws ArgumentError unless low < high.
  explicit MinMaxScaler(double low = 0, double high = 1) : detail::Scaler<Value>("MinMaxScaler") {
    if (!(low < high))
      throw ArgumentError(
          detail::sentence("MinMaxScaler: expected a feature range with low < high, found [", low, ", ", high, "]"));
    for (auto& map : this->maps_) {
      map.gain = high - low;
      map.to = low;
    }
  }

  /// Learns the extremes of a series. Give it the training part: what is learnt from later values is a leak.
  /// \throws DataError if the series is empty, constant, or has a value that is not finite; ShapeError if a
  /// row has another number of columns. A failed fit changes nothing.
  template <detail::SeriesOf<Value> R> MinMaxScaler& fit(R&& series) {
    auto values = this->values_of(series);
    auto maps = this->maps_;
    for (std::size_t c = 0; c < maps.size(); ++c) {
      const auto [low, high] = this->extremes(values, c);
      maps[c].from = low;
      maps[c].width = high - low;
    }
    this->maps_ = maps;
    return *this;
  }

  /// fit, then transform of the same series.
  template <detail::SeriesOf<Value> R> std::vector<Value> fit_transform(R&& series) {
    return fit(series).transform(series);
  }
};

/// Maps a series to mean 0 and standard deviation 1, that of the population: divided by n, not by n - 1.
///
/// `Value` is float or double, or `std::array<float, F>` for rows of F features, each column on its own.
template <class Value> class StandardScaler : public detail::Scaler<Value> {
 public:
  StandardScaler() : detail::Scaler<Value>("StandardScaler") {}

  /// Learns mean and standard deviation of a series. Give it the training part, as for MinMaxScaler.
  /// \throws DataError and ShapeError as MinMaxScaler does. A failed fit changes nothing.
  template <detail::SeriesOf<Value> R> StandardScaler& fit(R&& series) {
    auto values = this->values_of(series);
    auto maps = this->maps_;
    for (std::size_t c = 0; c < maps.size(); ++c) {
      const auto [low, high] = this->extremes(values, c);
      const auto mean_of = [&, n = static_cast<double>(values.size())](auto term) {
        double sum = 0;
        for (Value& value : values) sum += term(static_cast<double>(detail::Columns<Value>::of(value, c)));
        return sum / n;
      };
      const double mean = mean_of([](double x) { return x; });
      const double range = high - low;  // squares relative to it neither overflow nor vanish
      maps[c].from = mean;
      maps[c].width = range * std::sqrt(mean_of([=](double x) { return std::pow((x - mean) / range, 2); }));
    }
    this->maps_ = maps;
    return *this;
  }

  /// fit, then transform of the same series.
  template <detail::SeriesOf<Value> R> std::vector<Value> fit_transform(R&& series) {
    return fit(series).transform(series);
  }
};

}  // namespace rnnts::inline RNNTS_ABI
