// From any range of numbers, or of rows of numbers, to one sample of a time-major batch.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>

#include "rnnts/core/error.hpp"
#include "rnnts/series/numbers.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

template <class V>
concept Number = PlainNumber<std::remove_cvref_t<V>>;

/// How many ranges a number is wrapped in: 0 for a number, 1 for a range of numbers, …
template <class V> constexpr std::size_t depth() {
  if constexpr (std::ranges::range<V>) {
    return 1 + depth<std::ranges::range_reference_t<V>>();
  } else {
    static_assert(!std::is_arithmetic_v<std::remove_cvref_t<V>> || Number<V>,
                  "Windows and labels are numbers, and this is text: its character codes would be taken for values.");
    static_assert(std::is_arithmetic_v<std::remove_cvref_t<V>> || Number<V>,
                  "Windows and labels are numbers, ranges of numbers, or ranges of rows of numbers.");
    return 0;
  }
}

/// Calls `visit(row)` with each row of F numbers of one sample: a number or a range of numbers.
///
/// A single number is a row, for F = 1; a flat range is F rows of one number or, for F > 1, one row.
template <std::size_t F, class V> void for_each_row(Extent<F> width, V&& value, auto&& visit) {
  constexpr std::size_t levels = depth<V>();
  static_assert(levels <= 2, "One sample has at most two dimensions: steps and features.");
  if constexpr (levels == 2 || (levels == 1 && F == 1)) {
    for (auto&& row : value) visit(row);
  } else if constexpr (levels == 1 && F == dynamic) {
    if (width != 1) return visit(value);
    for (auto&& row : value) visit(row);
  } else {
    visit(value);
  }
}

/// Number of rows of one sample, of so many numbers each.
template <std::size_t F, class V> std::size_t count_rows(Extent<F> width, V&& value) {
  constexpr std::size_t levels = depth<V>();
  if constexpr (levels == 2 || (levels == 1 && (F == 1 || F == dynamic))) {
    return levels == 2 || width == 1 ? static_cast<std::size_t>(std::ranges::distance(value)) : 1;
  } else {
    return 1;
  }
}

/// What was probably forgotten where a label has `found` steps, for messages.
inline std::string cure_of_steps(std::string_view what, std::size_t expected, std::size_t found) {
  if (what != "label") return "";
  return expected == 1 ? sentence("; is a LabelColumn missing, or for a horizon a last Dense<", found, ">?")
                       : "; the model gives an output for each step: are return_sequences to be off in its last layer?";
}

/// Likewise where a row of a window or label has `found` numbers.
inline std::string cure_of_numbers(std::string_view what, std::size_t found) {
  return what == "label"    ? sentence("; is a last Dense<", found, "> missing?")
         : what == "window" ? sentence("; is the model to have Input<", found, ">?")
                            : "";
}

/// Copies one sample, a window or a label, into column b of a batch, and zeros beyond its length.
///
/// Throws ShapeError if it has another number of steps or features, DataError if a number is not finite, or is neither
/// that nor NaN where it may be missing; `what` and `index` name the sample in the message.
template <std::size_t F, Scalar T, class V>
void gather(V&& value, Sequence<T, F> into, std::size_t b, std::string_view what, std::size_t index,
            bool may_miss = false) {
  const std::size_t length = into.length(b);
  std::size_t step = 0;
  bool finite = true;
  const auto copy_row = [&](auto&& row) {
    if (step < length) {
      T* const out = into[step][b];
      std::size_t feature = 0;
      const auto copy_number = [&](auto number) {
        if (feature < into.width) {
          out[feature] = static_cast<T>(number);
          finite = finite && std::isfinite(out[feature]);
        }
        ++feature;
      };
      if constexpr (Number<decltype(row)>) {
        copy_number(row);
      } else {
        for (auto&& number : row) copy_number(number);
      }
      if (feature != into.width) {
        throw ShapeError(sentence(what, " ", index, ": expected ", std::size_t{into.width}, " numbers per step, found ",
                                  feature, cure_of_numbers(what, feature)));
      }
    }
    ++step;
  };
  for_each_row(into.width, value, copy_row);
  if (step != length) {
    throw ShapeError(
        sentence(what, " ", index, ": expected ", length, " steps, found ", step, cure_of_steps(what, length, step)));
  }
  for (std::size_t t = length; t < into.steps; ++t) std::ranges::fill(into[t].row(b), T(0));
  if (!finite) {
    for (std::size_t t = 0; t < length; ++t) {
      for (std::size_t f = 0; f < into.width; ++f) {
        const T found = into[t][b][f];
        if (!std::isfinite(found) && !(may_miss && std::isnan(found))) {
          throw DataError(sentence(what, " ", index, ", step ", t, ": expected a finite number, found ", found));
        }
      }
    }
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail
