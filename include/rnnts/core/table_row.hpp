// table_row: a number that says which row of a table is meant.
#pragma once

#include <cstddef>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Whether there is such a row, which is the whole number next to x. Not for NaN.
template <Scalar T> constexpr bool is_table_row(T x, std::size_t rows) {
  return x > T(-0.5) && x < static_cast<T>(rows) - T(0.5);
}

/// That row. Throws DataError if there is none.
template <Scalar T> std::size_t table_row(std::string_view layer, T x, std::size_t rows) {
  if (!is_table_row(x, rows)) {
    raise(
        DataError(sentence(layer, ": expected a whole number from 0 to ", rows - 1, " in the last input, found ", x)));
  }
  return static_cast<std::size_t>(x + T(0.5));
}

}  // namespace rnnts::inline RNNTS_ABI::detail
