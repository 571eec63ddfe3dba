// What functions on series accept, and what they refuse.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <string_view>
#include <type_traits>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"  // which refuses flags that take checks for NaN away
#include "rnnts/series/tensor_view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

template <class R>
concept Series = std::ranges::forward_range<R> || TensorExpression<R>;

/// A series to iterate over: a view of a tensor, any other range itself.
template <class R> decltype(auto) elements_of(R& series) {
  if constexpr (TensorExpression<R>)
    return series_view(series);
  else
    return (series);
}

/// What a series consists of: numbers, or rows of numbers.
template <Series R> using SeriesElement = std::ranges::range_value_t<decltype(elements_of(std::declval<R&>()))>;

template <class R>
concept NumberSeries = Series<R> && std::is_arithmetic_v<SeriesElement<R>>;

template <class R>
concept RowSeries = Series<R> && std::ranges::forward_range<SeriesElement<R>>;

/// Floating-point numbers stay what they are, integers are computed with as double.
template <class T> using RealOf = std::conditional_t<std::floating_point<T>, T, double>;

/// \throws DataError if value `index` of a series is NaN or infinite.
template <class T> void require_finite(std::string_view function, T value, std::size_t index) {
  if (!std::isfinite(static_cast<RealOf<T>>(value)))
    throw DataError(
        sentence(function, ": value ", index, " (counted from 0) is ", value, ", expected a finite number"));
}

}  // namespace rnnts::inline RNNTS_ABI::detail
