// What functions on series compute with, and what they refuse.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"  // which refuses flags that take checks for NaN away

namespace rnnts::inline RNNTS_ABI::detail {

/// Floating-point numbers stay what they are, integers are computed with as double.
template <class T> using RealOf = std::conditional_t<std::floating_point<T>, T, double>;

/// Throws DataError if value `index` of a series is NaN or infinite.
template <class T> void require_finite(std::string_view function, T value, std::size_t index) {
  if (!std::isfinite(static_cast<RealOf<T>>(value)))
    throw DataError(
        sentence(function, ": value ", index, " (counted from 0) is ", value, ", expected a finite number"));
}

}  // namespace rnnts::inline RNNTS_ABI::detail
