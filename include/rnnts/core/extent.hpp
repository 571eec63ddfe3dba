// A size that the compiler knows, or that a program chooses when it runs.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "rnnts/core/abi.hpp"
#include "rnnts/core/error.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Stands where a size could, and leaves it to the program that runs: `GRU<dynamic>`, which is `GRU<>`, as in
/// `Sequential<float, Input<>, GRU<>, Dense<>> net{Input(3), GRU(32), Dense(14)}`. The same as `std::dynamic_extent`.
inline constexpr std::size_t dynamic = std::dynamic_extent;

namespace detail {

/// A size: N itself, which takes no memory, or for `dynamic` a number, which has no default. A number that is given
/// where the compiler knows N is not looked at.
template <std::size_t N> struct Extent {
  constexpr Extent() = default;
  constexpr Extent(std::size_t) noexcept {}
  constexpr operator std::size_t() const noexcept { return N; }
};

template <> struct Extent<dynamic> {
  constexpr Extent(std::size_t size) noexcept : size_(size) {}
  constexpr operator std::size_t() const noexcept { return size_; }

 private:
  std::size_t size_;
};

/// k times N.
template <std::size_t k, std::size_t N> inline constexpr std::size_t times = N == dynamic && k > 0 ? dynamic : k* N;

/// A size of which all that is made from it can be counted.
inline constexpr std::size_t largest_extent = std::size_t{1} << (sizeof(std::size_t) * 8 / 2 - 4);

/// Returns a size that was chosen when the program runs. Throws ArgumentError, naming it as in "GRU: … units", unless
/// it is at least 1 and one that memory could hold.
constexpr std::size_t check_extent(std::string_view whose, std::size_t size, std::string_view what) {
  if (size == 0 || size > largest_extent) {
    raise(ArgumentError(sentence(whose, ": expected from 1 to ", largest_extent, " ", what, ", found ", size)));
  }
  return size;
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
