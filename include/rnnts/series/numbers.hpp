// The numbers of tensors and of ranges of any rank, in row-major order.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <string_view>
#include <type_traits>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/series/tensor_view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A number, and no character, whose code would be taken for one.
template <class V>
concept PlainNumber = std::is_arithmetic_v<V> && !std::same_as<V, char> && !std::same_as<V, wchar_t> &&
                      !std::same_as<V, char8_t> && !std::same_as<V, char16_t> && !std::same_as<V, char32_t>;

/// A forward range of something else than itself, as a path is.
template <class R>
concept NestedRange = std::ranges::forward_range<R> &&
                      !std::same_as<std::remove_cvref_t<std::ranges::range_reference_t<R>>, std::remove_cvref_t<R>>;

/// The type of the numbers, or void where there are none.
template <class R> struct NumberOf {
  using type = void;
};
template <class V>
  requires PlainNumber<std::remove_cvref_t<V>>
struct NumberOf<V> {
  using type = std::remove_cvref_t<V>;
};
template <TensorExpression E> struct NumberOf<E> : NumberOf<typename std::remove_cvref_t<E>::value_type> {};
template <NestedRange R>
  requires(!TensorExpression<R>)
struct NumberOf<R> : NumberOf<std::conditional_t<std::is_arithmetic_v<std::ranges::range_value_t<R>>,
                                                 std::ranges::range_value_t<R>, std::ranges::range_reference_t<R>>> {};

/// A tensor of numbers, or a range of numbers, of ranges of numbers, …
template <class R>
concept Numbers = (TensorExpression<R> || std::ranges::forward_range<R>) && !std::is_void_v<typename NumberOf<R>::type>;

/// Number of dimensions, 0 for a number; `dynamic_rank` if only a run knows it.
template <class V> consteval std::size_t dimensions() {
  if constexpr (TensorExpression<V>) {
    return rank_of<V>;
  } else if constexpr (NestedRange<V>) {
    constexpr std::size_t inner = dimensions<std::ranges::range_reference_t<V>>();
    return inner == dynamic_rank ? inner : inner + 1;
  } else {
    return 0;
  }
}

/// Calls `visit(number)` with one number after the other, the last dimension running fastest.
template <Numbers R> void visit_numbers(R&& numbers, auto&& visit) {
  for (auto&& element : numbers) {
    if constexpr (Numbers<decltype(element)>) {
      visit_numbers(element, visit);
    } else {
      visit(static_cast<typename NumberOf<R>::type>(element));
    }
  }
}

/// All numbers, in double.
template <Numbers R> std::vector<double> numbers_of(R& numbers) {
  std::vector<double> all;
  visit_numbers(numbers, [&](auto number) { all.push_back(static_cast<double>(number)); });
  return all;
}

/// The extents.
///
/// Throws ShapeError if the elements of a range have different ones.
template <Numbers R> std::vector<std::size_t> extents_of(std::string_view function, R& numbers) {
  if constexpr (TensorExpression<R>) {
    const auto& shape = numbers.shape();
    return {shape.begin(), shape.end()};
  } else {
    std::vector<std::size_t> extents{static_cast<std::size_t>(std::ranges::distance(numbers))};
    if constexpr (Numbers<std::ranges::range_reference_t<R>>) {
      std::vector<std::size_t> first;
      std::size_t index = 0;
      for (auto&& element : numbers) {
        const auto found = extents_of(function, element);
        if (index == 0) first = found;
        if (found != first)
          throw ShapeError(sentence(function, ": element ", index, " (counted from 0) has the shape ",
                                    shape_text(found), ", those before it ", shape_text(first)));
        ++index;
      }
      extents.insert(extents.end(), first.begin(), first.end());
    }
    return extents;
  }
}

/// Extents without those of 1, which make no difference to the order of the numbers: (5, 1) and (5) are alike.
inline std::vector<std::size_t> without_ones(std::vector<std::size_t> extents) {
  std::erase(extents, std::size_t{1});
  return extents;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
