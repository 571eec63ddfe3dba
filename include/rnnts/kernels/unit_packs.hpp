// The units of a layer in registers, for sizes that do not fill these.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <span>
#include <utility>

#include "rnnts/core/ceil_div.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/kernels/row_product.hpp"
#include "rnnts/kernels/simd.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

namespace simd {

/// The fewest lanes of a register that hold so many numbers, or the widest.
template <Scalar T> consteval std::size_t pack_for(std::size_t count) {
  return std::min(widest<T>, std::max(std::bit_ceil(count), 16 / sizeof(T)));
}

/// N numbers in packs of the widest registers, or of one that holds them all: the last pack ends with the last number
/// and so begins within the one before it, whose numbers are there twice. Numbers that do not fill one pack have others
/// behind them, without meaning.
template <Scalar T, std::size_t N, std::size_t L = pack_for<T>(N)> struct UnitPacks {
  static constexpr std::size_t lanes = L, count = ceil_div(N, L), size = count * L;

  using Pack = simd::Pack<T, L>;

  /// The number that pack k begins with.
  static constexpr std::size_t first(std::size_t k) { return N < lanes ? 0 : std::min(k * lanes, N - lanes); }

  /// Whether they pay for units with so many gates, whose sums are to fit into `most_packs` packs: not where all packs
  /// are full, or where a register of half the width does the rest.
  static constexpr bool pay(std::size_t gates, std::size_t most_packs) {
    const std::size_t rest = N % L, columns = gates * N;
    const bool is_half = rest == L / 2 && rest == simd::lanes<T>(L / 2);
    return widest<T> > 1 && N > 1 && rest != 0 && !is_half && columns >= L && ceil_div(columns, L) <= most_packs;
  }

  /// y (size) = x (N)
  [[gnu::always_inline]] static void copy_to(const T* x, T* y) {
    if constexpr (N < lanes) {
      copy_row(std::span<const T, N>(x, N), y);
    } else {
      unroll<count>([&]<std::size_t k>()
                        __attribute__((always_inline)) { Pack::load(x + first(k)).store(y + k * lanes); });
    }
  }
  /// The way back, x (N) = y (size).
  [[gnu::always_inline]] static void copy_from(const T* y, T* x) {
    if constexpr (N < lanes) {
      copy_row(std::span<const T, N>(y, N), x);
    } else {
      unroll<count>([&]<std::size_t k>()
                        __attribute__((always_inline)) { Pack::load(y + k * lanes).store(x + first(k)); });
    }
  }

  /// The pack that begins with number `at` of the row that stands in `packs`.
  template <std::size_t at> [[gnu::always_inline]] static Pack pack_at(const Pack (&packs)[count]) {
    constexpr std::size_t left = std::min(at / L, count - 1), right = std::min(left + 1, count - 1);
    constexpr auto place = [](std::size_t i) {
      const std::size_t in_left = at + i - first(left), in_right = at + i - first(right);
      return static_cast<int>(in_left < L ? in_left : L + std::min(in_right, L - 1));
    };
    return [&]<std::size_t... i>(std::index_sequence<i...>) __attribute__((always_inline)) {
      return Pack::template shuffle<place(i)...>(packs[left], packs[right]);
    }(std::make_index_sequence<L>());
  }
};

}  // namespace simd

namespace tiles {

/// By a shuffle of registers: in memory a pack of a gate would be a load from two stores, which waits until both have
/// reached the cache.
///
/// y (gates, Packs::size): what `set_row` gives, (gates, N), with the numbers of each gate in packs. All sums are in
/// registers.
template <class Packs, std::size_t gates, Scalar T, std::size_t M, std::size_t... I, std::size_t N>
[[gnu::always_inline]] inline void set_gates(std::span<const T, M> b, T* y, RowProduct<T, I, N>... products) {
  constexpr std::size_t L = Packs::lanes;
  using Columns = simd::UnitPacks<T, N, L>;
  const auto at = [](std::size_t k) __attribute__((always_inline)) { return Columns::first(k); };
  const auto store = [&](const auto& sums) __attribute__((always_inline)) {
    simd::unroll<gates * Packs::count>([&]<std::size_t k>() __attribute__((always_inline)) {
      constexpr std::size_t gate = k / Packs::count, pack = k % Packs::count;
      Columns::template pack_at<gate*(N / gates) + Packs::first(pack)>(sums).store(y + k * L);
    });
  };
  sum_columns<Columns::count, L>(at, store, M == 0 ? nullptr : b.data(), products...);
}

}  // namespace tiles
}  // namespace rnnts::inline RNNTS_ABI::detail
