// The one bridge to xsimd: several numbers at once, in registers of any width that the build may use. Without xsimd a
// register holds one number.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "rnnts/core/abi.hpp"
#include "rnnts/core/scalar.hpp"

#if RNNTS_WITH_XSIMD
#include <xsimd/xsimd.hpp>
#endif

namespace rnnts::inline RNNTS_ABI::detail::simd {

/// Numbers in the widest register.
#if RNNTS_WITH_XSIMD
template <Scalar T> inline constexpr std::size_t widest = xsimd::batch<T>::size;
#else
template <Scalar T> inline constexpr std::size_t widest = 1;
#endif

/// Registers that a kernel can count on: 32 with AVX-512, else 16.
inline constexpr std::size_t registers = widest<float> >= 16 ? 32 : 16;

/// The largest power of two of numbers that fit into one register and are not more than `wanted`; 1 is a plain number.
template <Scalar T> consteval std::size_t lanes(std::size_t wanted) {
  std::size_t count = widest<T>;
  while (count > wanted || (count > 1 && count * sizeof(T) < 16)) count /= 2;
  return count;
}

/// Whether a loop over so many numbers would fill registers of three widths. g++ uses two, and does the rest one by
/// one.
template <Scalar T> consteval bool needs_third_width(std::size_t count) {
  if constexpr (widest<T> == 1) {
    return false;
  } else {
    return count > widest<T> && lanes<T>(count % (widest<T> / 2)) > 1;
  }
}

/// Calls `body<0>()`, `body<1>()`, …: a loop whose counter is a constant, since an array that a variable indexes does
/// not stay in registers.
template <std::size_t count> [[gnu::always_inline]] inline void unroll(const auto& body) {
  [&]<std::size_t... k>(std::index_sequence<k...>)
      __attribute__((always_inline)) { (body.template operator()<k>(), ...); }(std::make_index_sequence<count>{});
}

/// Columns of a matrix that a kernel does at once: `packs` registers of `lanes` numbers side by side.
struct Block {
  std::size_t lanes, packs;

  consteval std::size_t columns() const { return lanes * packs; }
};

/// The block for the first of `columns` columns: the widest registers that they fill, and at most so many.
template <Scalar T> consteval Block block_for(std::size_t columns, std::size_t most_packs) {
  const std::size_t of_pack = lanes<T>(columns), packs = columns / of_pack;
  return {of_pack, packs < most_packs ? packs : most_packs};
}

/// Calls `body<first, block>()` for blocks that cover all of N columns, from left to right.
template <Scalar T, std::size_t N, std::size_t most_packs, std::size_t first = 0>
[[gnu::always_inline]] inline void for_each_block(const auto& body) {
  constexpr Block block = block_for<T>(N - first, most_packs);
  body.template operator()<first, block>();
  if constexpr (first + block.columns() < N) for_each_block<T, N, most_packs, first + block.columns()>(body);
}

/// The same for columns that only a run knows: calls `body<block>(first)`, for some kinds of blocks, the widest first:
/// of 16 packs, 12, 8, 6, 4, 3, 2 and 1, and of one narrower pack.
template <Scalar T, std::size_t most_packs, std::size_t L = widest<T>>
[[gnu::always_inline]] inline void for_each_block(std::size_t columns, const auto& body, std::size_t first = 0) {
  constexpr Block block{L, most_packs};
  for (; columns >= block.columns(); columns -= block.columns()) {
    body.template operator()<block>(first);
    first += block.columns();
  }
  if constexpr (most_packs > 1) {
    constexpr bool is_power = std::has_single_bit(most_packs) && most_packs != 2;
    constexpr std::size_t fewer = is_power ? most_packs * 3 / 4 : most_packs * 2 / 3;
    for_each_block<T, fewer, L>(columns, body, first);
  } else if constexpr (L > 1) {
    for_each_block<T, 1, lanes<T>(L - 1)>(columns, body, first);
  }
}

/// L numbers in one register.
template <Scalar T, std::size_t L> struct Pack;

template <Scalar T> struct Pack<T, 1> {
  T value;

  [[gnu::always_inline]] static Pack load(const T* from) { return {*from}; }
  [[gnu::always_inline]] static Pack all(T value) { return {value}; }
  [[gnu::always_inline]] void store(T* to) const { *to = value; }
  [[gnu::always_inline]] void add_product(Pack a, Pack b) { value += a.value * b.value; }
  [[gnu::always_inline]] void add(Pack a) { value += a.value; }
  [[gnu::always_inline]] T sum() const { return value; }
};

#if RNNTS_WITH_XSIMD

/// The sum of all lanes, which xsimd before version 9 calls hadd.
template <class Batch> [[gnu::always_inline]] inline auto sum_of(const Batch& values) {
  if constexpr (requires { reduce_add(values); }) {
    return reduce_add(values);
  } else {
    return hadd(values);
  }
}

template <Scalar T, std::size_t L> struct Pack {
  using Batch = typename xsimd::make_sized_batch<T, L>::type;

  Batch values;

  [[gnu::always_inline]] static Pack load(const T* from) { return {Batch::load_unaligned(from)}; }
  [[gnu::always_inline]] static Pack all(T value) { return {Batch(value)}; }
  [[gnu::always_inline]] void store(T* to) const { values.store_unaligned(to); }
  /// *this += a b
  [[gnu::always_inline]] void add_product(Pack a, Pack b) { values = xsimd::fma(a.values, b.values, values); }
  [[gnu::always_inline]] void add(Pack a) { values += a.values; }
  /// Of all lanes.
  [[gnu::always_inline]] T sum() const { return sum_of(values); }
  /// Lane i is number place[i] of those of `a` and then of `b`.
  template <int... place> [[gnu::always_inline]] static Pack shuffle(Pack a, Pack b) {
    using Register = typename Batch::register_type;
    return {__builtin_shufflevector(static_cast<Register>(a.values), static_cast<Register>(b.values), place...)};
  }
};

#endif

/// Words of 32 bits, and numbers of 16 bits in as many bytes, side by side in one register.
template <std::size_t L> struct WordRegister {
  typedef std::int32_t Words __attribute__((vector_size(4 * L)));
  typedef std::int16_t Halves __attribute__((vector_size(4 * L)));

  [[gnu::always_inline]] static Words load(const std::int32_t* from) {
    Words words;
    std::memcpy(&words, from, sizeof words);
    return words;
  }
  [[gnu::always_inline]] static Words all(std::int32_t word) { return word - Words{}; }
};

/// sums[l] + a[2l] b[2l] + a[2l+1] b[2l+1], which xsimd has not.
template <std::size_t L, class Words, class Halves>
[[gnu::always_inline]] inline Words add_pair_products(Words sums, Halves a, Halves b) {
  if constexpr (L == 1) {
    return sums + a[0] * b[0] + a[1] * b[1];
#if RNNTS_WITH_XSIMD && defined(__SSE2__)
  } else if constexpr (L == 4) {
    return sums + Words(_mm_madd_epi16(__m128i(a), __m128i(b)));
#if defined(__AVX2__)
  } else if constexpr (L == 8) {
    return sums + Words(_mm256_madd_epi16(__m256i(a), __m256i(b)));
#endif
#if defined(__AVX512VNNI__)
  } else if constexpr (L == 16) {
    return Words(_mm512_dpwssd_epi32(__m512i(sums), __m512i(a), __m512i(b)));
#elif defined(__AVX512BW__)
  } else if constexpr (L == 16) {
    return sums + Words(_mm512_madd_epi16(__m512i(a), __m512i(b)));
#endif
#endif
  }
}

/// Whether it has registers as wide as those of float; else plain loops run.
#if RNNTS_WITH_XSIMD && defined(__SSE2__)
#if defined(__AVX512BW__)
inline constexpr std::size_t widest_pair_products = 16;
#elif defined(__AVX2__)
inline constexpr std::size_t widest_pair_products = 8;
#else
inline constexpr std::size_t widest_pair_products = 4;
#endif
inline constexpr bool has_pair_products = widest<float> == widest_pair_products;
#else
inline constexpr bool has_pair_products = false;
#endif

}  // namespace rnnts::inline RNNTS_ABI::detail::simd
