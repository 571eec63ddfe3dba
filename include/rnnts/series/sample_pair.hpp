// What counts as a window with its label.
#pragma once

#include <ranges>
#include <tuple>
#include <type_traits>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

template <class P>
concept NamedPair = requires(P&& pair) {
  pair.window;
  pair.label;
};

/// A window and its label: what `views::window` gives, or a pair, but not a range of two numbers.
template <class P>
concept SamplePair = NamedPair<P> || (!std::ranges::range<P> && requires(P&& pair) {
                       requires std::tuple_size<std::remove_cvref_t<P>>::value == 2;
                       std::get<0>(pair);
                       std::get<1>(pair);
                     });

template <SamplePair P> decltype(auto) window_of(P& pair) {
  if constexpr (NamedPair<P>) {
    return (pair.window);
  } else {
    return std::get<0>(pair);
  }
}

template <SamplePair P> decltype(auto) label_of(P& pair) {
  if constexpr (NamedPair<P>) {
    return (pair.label);
  } else {
    return std::get<1>(pair);
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail
