// What scalers share: the map of each column, applied to a value, a series, predictions of any rank.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/series/checks.hpp"
#include "rnnts/series/numbers.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/xtensor.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A number or a row of numbers, seen as columns.
template <class Value> struct Columns {
  using Number = Value;

  static constexpr std::size_t count = 1;
  static constexpr std::size_t dimensions = 0;
  static Value& of(Value& value, std::size_t) { return value; }

  template <class V> static Value read(std::string_view, const V& number, std::size_t) {
    return static_cast<Value>(number);
  }
};

template <Scalar T, std::size_t F> struct Columns<std::array<T, F>> {
  using Number = T;

  static constexpr std::size_t count = F;
  static constexpr std::size_t dimensions = 1;
  static T& of(std::array<T, F>& row, std::size_t column) { return row[column]; }

  template <class Row> static std::array<T, F> read(std::string_view function, Row& row, std::size_t index) {
    std::array<T, F> values{};
    std::size_t found = 0;
    visit_numbers(row, [&](auto number) {
      if (found < F) values[found] = static_cast<T>(number);
      ++found;
    });
    if (found != F)
      throw ShapeError(sentence(function, ": row ", index, " (counted from 0) has ", found, " columns, expected ", F));
    return values;
  }
};

/// Numbers of any rank; for a scaler of rows, of at least 2 dimensions, the last of which is the columns.
template <class R, class Value>
concept SeriesOf = Numbers<R> && dimensions<R>() > Columns<Value>::dimensions &&
                   (Scalar<Value> || dimensions<R>() != dynamic_rank);

/// Per column, y = (x - from) / width * gain + to. Computed in double.
struct ScalerMap {
  double from = 0;
  double width = 0;  ///< 0 before fit
  double gain = 1;
  double to = 0;
};

/// What scalers share. `Derived` has the map of a column, `map(c)`.
template <class Derived, class Value> class Scaler {
 public:
  using value_type = Value;

  /// One value.
  ///
  /// Throws Error before fit.
  Value transform(Value value) const {
    return each_column(value, [](double x, const ScalerMap& m) { return (x - m.from) / m.width * m.gain + m.to; });
  }

  /// One value, from scaled units back to those of the series.
  ///
  /// Throws Error before fit.
  Value inverse_transform(Value value) const {
    return each_column(value, [](double y, const ScalerMap& m) { return (y - m.to) / m.gain * m.width + m.from; });
  }

  /// All values of a series, of predictions, or of a tensor or nested range of any rank. A value outside of the fitted
  /// ones is mapped all the same.
  ///
  /// Returns a vector of values for one dimension of them, (T) or for rows (T, F). Of more, as predictions (B, N) are,
  /// a tensor gives a tensor of the same shape, and a range a vector of what its elements give, arrays staying arrays.
  ///
  /// Throws Error before fit; DataError if a value is not finite; ShapeError if a row has another number of columns.
  template <SeriesOf<Value> R> auto transform(R&& series) const {
    std::size_t index = 0;
    return mapped(series, index, [this](const Value& value) { return transform(value); });
  }

  /// fit, then transform of the same series.
  template <SeriesOf<Value> R> auto fit_transform(R&& series) {
    return static_cast<Derived&>(*this).fit(series).transform(series);
  }

  /// As transform, from scaled units back to those of the series: `scaler.inverse_transform(model.predict(windows))`.
  template <SeriesOf<Value> R> auto inverse_transform(R&& series) const {
    std::size_t index = 0;
    return mapped(series, index, [this](const Value& value) { return inverse_transform(value); });
  }

 protected:
  using Number = typename Columns<Value>::Number;

  static constexpr std::size_t columns = Columns<Value>::count;

  /// For each column a number: what a scaler has learnt.
  using PerColumn = Tensor<double, columns>;
  /// The same for users.
  using Learnt = std::conditional_t<Scalar<Value>, double, std::array<double, columns>>;

  static Learnt learnt(const PerColumn& numbers) {
    if constexpr (Scalar<Value>) {
      return numbers(0);
    } else {
      Learnt all;
      std::ranges::copy(numbers, all.begin());
      return all;
    }
  }

  static PerColumn per_column(Learnt numbers) {
    PerColumn all;
    for (std::size_t c = 0; c < columns; ++c) all(c) = Columns<Learnt>::of(numbers, c);
    return all;
  }

  template <SeriesOf<Value> R> static std::vector<Value> values_of(R& series) {
    std::vector<Value> values;
    std::size_t index = 0;
    for_each_value(series, index, [&](const Value& value) { values.push_back(value); });
    return values;
  }

  /// Smallest and largest number of a column.
  ///
  /// Throws DataError if there is none or they are the same.
  static std::pair<double, double> extremes(std::vector<Value>& values, std::size_t column) {
    const auto name = Derived::name;
    if (values.empty()) throw DataError(sentence(name, ": cannot be fitted to an empty series"));
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (Value& value : values) {
      const double x = Columns<Value>::of(value, column);
      low = std::min(low, x);
      high = std::max(high, x);
    }
    if (low == high)
      throw DataError(sentence(name, ": cannot be fitted to a constant series, all ", values.size(), " values",
                               columns == 1 ? "" : " of column ", columns == 1 ? "" : sentence(column), " are ", low));
    return {low, high};
  }

  static void require_column(std::size_t column) {
    if (column >= columns)
      throw ArgumentError(
          sentence(Derived::name, ": there is no column ", column, ": there are ", columns, ", counted from 0"));
  }

 private:
  /// Whether this is one value: a number, or a row.
  template <class V> static constexpr bool is_value = dimensions<V>() == Columns<Value>::dimensions;

  template <class V> static Value read(V& element, std::size_t& index) {
    Value value = Columns<Value>::read(Derived::name, element, index);
    for (std::size_t c = 0; c < columns; ++c) require_finite(Derived::name, Columns<Value>::of(value, c), index);
    ++index;
    return value;
  }

  /// Calls `visit` with one value after the other; `index` counts them.
  template <class R> static void for_each_value(R& series, std::size_t& index, auto visit) {
    if constexpr (TensorExpression<R> && Scalar<Value>) {
      visit_numbers(series, [&](auto number) { visit(read(number, index)); });
    } else if constexpr (TensorExpression<R>) {
      // Rows are the last dimension, of however many.
      const auto found = static_cast<std::size_t>(series.shape()[dimensions<R>() - 1]);
      if (found != columns)
        throw ShapeError(
            sentence(Derived::name, ": row ", index, " (counted from 0) has ", found, " columns, expected ", columns));
      std::array<typename NumberOf<R>::type, columns> row;
      std::size_t column = 0;
      visit_numbers(series, [&](auto number) {
        row[column] = number;
        if (++column == columns) {
          column = 0;
          visit(read(row, index));
        }
      });
    } else {
      for (auto&& element : series) {
        if constexpr (is_value<decltype(element)>) {
          visit(read(element, index));
        } else {
          for_each_value(element, index, visit);
        }
      }
    }
  }

  /// function(value) of each, in the same nesting.
  template <class R> static auto mapped(R& series, std::size_t& index, auto function) {
    if constexpr (is_value<R>) {
      return function(read(series, index));
    } else if constexpr (TensorExpression<R> && dimensions<R>() != Columns<Value>::dimensions + 1 &&
                         dimensions<R>() != dynamic_rank) {
      std::array<std::size_t, dimensions<R>()> shape{};
      std::ranges::copy(series.shape(), shape.begin());
      xt::xtensor<Number, dimensions<R>()> result(shape);
      Number* next = result.data();
      for_each_value(series, index, [&](const Value& value) {
        Value changed = function(value);
        for (std::size_t c = 0; c < columns; ++c) *next++ = Columns<Value>::of(changed, c);
      });
      return result;
    } else if constexpr (TensorExpression<R>) {
      std::vector<Value> values;
      for_each_value(series, index, [&](const Value& value) { values.push_back(function(value)); });
      return values;
    } else {
      std::vector<decltype(mapped_element(*std::ranges::begin(series), index, function))> result;
      for (auto&& element : series) result.push_back(mapped_element(element, index, function));
      return result;
    }
  }

  template <class V> static auto mapped_element(V&& element, std::size_t& index, auto function) {
    if constexpr (!is_value<V> && !TensorExpression<V> &&
                  requires { std::tuple_size<std::remove_cvref_t<V>>::value; }) {
      constexpr std::size_t count = std::tuple_size_v<std::remove_cvref_t<V>>;
      std::array<decltype(mapped_element(element[0], index, function)), count> result{};
      for (std::size_t k = 0; k < count; ++k) result[k] = mapped_element(element[k], index, function);
      return result;
    } else {
      return mapped(element, index, function);
    }
  }

  template <class Function> Value each_column(Value value, Function function) const {
    for (std::size_t c = 0; c < columns; ++c) {
      const ScalerMap map = static_cast<const Derived&>(*this).map(c);
      if (map.width == 0) throw Error(sentence(Derived::name, ": transform and inverse_transform need a fit first"));
      auto& x = Columns<Value>::of(value, c);
      x = static_cast<Number>(function(x, map));
    }
    return value;
  }
};

}  // namespace rnnts::inline RNNTS_ABI::detail
