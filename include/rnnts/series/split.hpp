// A series cut in two parts in time.
#pragma once

#include <cstddef>
#include <memory>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/series/tensor_view.hpp"

namespace rnnts::inline RNNTS_ABI {

/// The earlier and the later part of a series, as `auto [train, test]`.
template <class Part> struct Split {
  Part train;
  Part test;
};

namespace detail {

inline std::size_t train_size(std::size_t n, double fraction) {
  if (!(fraction > 0 && fraction < 1))
    throw ArgumentError(sentence("split: expected a fraction between 0 and 1, found ", fraction));
  const auto train = static_cast<std::size_t>(static_cast<double>(n) * fraction);
  if (train == 0 || train == n)
    throw DataError(sentence("split: a fraction of ", fraction, " of ", n, " values leaves a part empty"));
  return train;
}

/// Cuts a range whose iterators stay valid into spans where it is contiguous, and else into subranges.
template <class R> constexpr auto split_at(R&& series, std::size_t train) {
  const auto begin = std::ranges::begin(series);
  const auto n = static_cast<std::size_t>(std::ranges::size(series));
  if constexpr (std::ranges::contiguous_range<R>) {
    using Part = std::span<const std::ranges::range_value_t<R>>;
    const Part all(std::to_address(begin), n);
    return Split<Part>{all.first(train), all.subspan(train)};
  } else {
    using Distance = std::ranges::range_difference_t<R>;
    using Part = std::ranges::subrange<std::ranges::iterator_t<R>>;
    const auto middle = begin + static_cast<Distance>(train);
    return Split<Part>{Part(begin, middle), Part(middle, begin + static_cast<Distance>(n))};
  }
}

}  // namespace detail

/// The first floor(n * fraction) of n values, and the rest.
///
/// A series that stays alive is referred to: the parts of a contiguous one are `std::span<const T>`, of another one
/// subranges. Of a temporary container the values are kept, in two `std::vector`s. A tensor of shape (T, F) is split
/// into rows.
///
/// Throws ArgumentError if the fraction is not between 0 and 1; DataError if a part would be empty.
template <class R> auto split(R&& series, double fraction) {
  if constexpr (detail::TensorExpression<R>) {
    auto view = detail::series_view(std::forward<R>(series));
    static_assert(std::is_lvalue_reference_v<R> || detail::rank_of<R> != 2,
                  "split would leave rows of a temporary tensor dangling: keep the tensor in a variable.");
    return split(std::move(view), fraction);
  } else {
    static_assert(std::ranges::random_access_range<R> && std::ranges::sized_range<R>,
                  "split needs a random-access range whose size is known.");
    const auto n = static_cast<std::size_t>(std::ranges::size(series));
    const auto [train, test] = detail::split_at(series, detail::train_size(n, fraction));
    if constexpr (std::ranges::borrowed_range<R>) {
      using Part = std::remove_const_t<decltype(train)>;
      return Split<Part>{train, test};
    } else {
      using Part = std::vector<std::ranges::range_value_t<R>>;
      return Split<Part>{Part(train.begin(), train.end()), Part(test.begin(), test.end())};
    }
  }
}

}  // namespace rnnts::inline RNNTS_ABI
