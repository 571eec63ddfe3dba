// Products of a single row with weights, as a stream does them: a matrix is read once and nothing of it is used again.
// And the copy of a row.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "rnnts/kernels/plan.hpp"
#include "rnnts/kernels/simd.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The order in which a stream reads the rows of weights of so many bytes, step by step. Where they may not fit into
/// the first level of a cache, every other step begins with the last row, so that it finds there what the step before
/// has read last.
template <std::size_t bytes, bool turns = bytes >= turns_from_bytes> struct RowOrder {
  /// Whether the next step goes backwards.
  static constexpr bool next() { return false; }
};

template <std::size_t bytes> struct RowOrder<bytes, true> {
  bool backwards = false;

  bool next() {
    backwards = !backwards;
    return backwards;
  }
};

/// The same for weights of a size that only a run knows.
template <> struct RowOrder<dynamic, true> : RowOrder<turns_from_bytes> {
  bool turns = false;

  bool next() { return turns && RowOrder<turns_from_bytes>::next(); }
};

/// A row x (I) and weights w (I,N), for their product x w (N), added up from the first row of w to the last, or
/// backwards.
template <Scalar T, std::size_t I, std::size_t N> struct RowProduct {
  const T *x, *w;            ///< the first of them
  std::ptrdiff_t direction;  ///< from one to the next, 1 or -1
  [[no_unique_address]] Extent<I> terms;
  [[no_unique_address]] Extent<N> columns;

  /// The weights' own extents may be `dynamic` where the compiler has another way to know them.
  template <std::size_t rows, std::size_t width>
  RowProduct(const T* row, const Tensor<T, rows, width>& weights, bool backwards = false)
      : x(row), w(weights.data()), direction(1), terms(weights.extents()[0]), columns(weights.extents()[1]) {
    if (!backwards || columns == 1) return;  // one column is not read row by row
    x += terms - 1;
    w += (terms - 1) * columns;
    direction = -1;
  }

  T factor(std::size_t i) const { return x[static_cast<std::ptrdiff_t>(i) * direction]; }
  const T* row(std::size_t i) const { return w + static_cast<std::ptrdiff_t>(i * columns) * direction; }
};

template <Scalar T, std::size_t I, std::size_t N>
[[gnu::always_inline]] inline RowProduct<T, I, N> row_product(const T* x, const Tensor<T, I, N>& w,
                                                              bool backwards = false) {
  return {x, w, backwards};
}

/// The same where (I,N) are the weights' extents, which these need not say themselves.
template <std::size_t I, std::size_t N, Scalar T, std::size_t rows, std::size_t width>
[[gnu::always_inline]] inline RowProduct<T, I, N> row_product(const T* x, const Tensor<T, rows, width>& w,
                                                              bool backwards = false) {
  return {x, w, backwards};
}

namespace naive {

/// y (N) = b (N) + Σ x w, the sum of one product or more; without a bias b is null.
template <Scalar T, std::size_t... I, std::size_t N> void set_row(const T* b, T* y, RowProduct<T, I, N>... products) {
  alignas(cache_line) T sum[N];  // a copy that no other memory can be, so that it stays in registers
  for (std::size_t n = 0; n < N; ++n) sum[n] = b ? b[n] : T(0);
  const auto add = [&](auto product) {
    for (std::size_t i = 0; i < product.terms; ++i) {
      const T factor = product.factor(i);
      const T* const row = product.row(i);
      for (std::size_t n = 0; n < N; ++n) sum[n] += factor * row[n];
    }
  };
  (add(products), ...);
  std::copy_n(sum, N, y);
}

}  // namespace naive

namespace tiles {

/// Sums of a row that stay in registers: of 16, four are left for what is added; of 32, more sums were not faster.
inline constexpr std::size_t row_sums = simd::registers == 16 ? 12 : 16;

/// C packs of L columns of the row of sums, all in registers; pack k begins at column `at(k)`. Calls `use(packs)`. Each
/// sum is kept in several parts that take turns, so that there are enough of them for one not to wait for the other.
template <std::size_t C, std::size_t L, Scalar T, std::size_t... I, std::size_t N>
[[gnu::always_inline]] inline void sum_columns(const auto& at, const auto& use, const T* b,
                                               RowProduct<T, I, N>... products) {
  using Pack = simd::Pack<T, L>;
  constexpr std::size_t parts = C == 1 ? 4 : 2 * C <= row_sums ? 2 : 1;
  Pack sum[parts][C];
  simd::unroll<parts * C>([&]<std::size_t k>() __attribute__((always_inline)) {
    sum[k / C][k % C] = k < C && b ? Pack::load(b + at(k)) : Pack::all(0);
  });
  const auto add = [&]<std::size_t terms>(RowProduct<T, terms, N> product) __attribute__((always_inline)) {
    const std::ptrdiff_t next_row = static_cast<std::ptrdiff_t>(product.columns) * product.direction;
    std::ptrdiff_t at_factor = 0, at_row = 0;
    const auto add_term = [&]<std::size_t part>() __attribute__((always_inline)) {
      const Pack factor = Pack::all(product.x[at_factor]);
      const T* const row = product.w + at_row;
      simd::unroll<C>([&]<std::size_t k>() __attribute__((always_inline)) {
        sum[part][k].add_product(factor, Pack::load(row + at(k)));
      });
      at_factor += product.direction;
      at_row += next_row;
    };
#pragma GCC unroll 1
    for (std::size_t turns = product.terms / parts; turns > 0; --turns) simd::unroll<parts>(add_term);
    if constexpr (terms == dynamic) {
      for (std::size_t rest = product.terms % parts; rest > 0; --rest) add_term.template operator()<0>();
    } else {
      simd::unroll<terms % parts>(add_term);
    }
  };
  (add(products), ...);
  simd::unroll<C>([&]<std::size_t k>() __attribute__((always_inline)) {
    if constexpr (parts == 4) sum[2][k].add(sum[3][k]);
    if constexpr (parts == 4) sum[0][k].add(sum[2][k]);
    if constexpr (parts >= 2) sum[0][k].add(sum[1][k]);
  });
  use(sum[0]);
}

/// A block of the columns of y, from `first` on.
template <simd::Block block, Scalar T, std::size_t... I, std::size_t N>
[[gnu::always_inline]] inline void set_columns(std::size_t first, const T* b, T* y, RowProduct<T, I, N>... products) {
  constexpr std::size_t C = block.packs, L = block.lanes;
  const auto at = [&](std::size_t k) __attribute__((always_inline)) { return first + k * L; };
  const auto store = [&](const auto& packs) __attribute__((always_inline)) {
    simd::unroll<C>([&]<std::size_t k>() __attribute__((always_inline)) { packs[k].store(y + at(k)); });
  };
  sum_columns<C, L>(at, store, b, products...);
}

/// Σ x w of two rows of I numbers, as many side by side as fit.
template <Scalar T> [[gnu::always_inline]] inline T dot(const T* x, const T* w, std::size_t I) {
  T sum = 0;
  simd::for_each_block<T, 4>(I, [&]<simd::Block block>(std::size_t first) __attribute__((always_inline)) {
    using Pack = simd::Pack<T, block.lanes>;
    Pack part = Pack::all(0);
    simd::unroll<block.packs>([&]<std::size_t k>() __attribute__((always_inline)) {
      const std::size_t at = first + k * block.lanes;
      part.add_product(Pack::load(x + at), Pack::load(w + at));
    });
    sum += part.sum();
  });
  return sum;
}

/// The same for I that the compiler knows, in up to four parts.
template <std::size_t I, Scalar T> [[gnu::always_inline]] inline T dot(const T* x, const T* w) {
  constexpr std::size_t L = simd::lanes<T>(I), parts = std::min<std::size_t>(I / L, 4), whole = I - I % (parts * L);
  using Pack = simd::Pack<T, L>;
  Pack sum[parts];
  simd::unroll<parts>([&]<std::size_t part>() __attribute__((always_inline)) { sum[part] = Pack::all(0); });
#pragma GCC unroll 1
  for (std::size_t i = 0; i < whole; i += parts * L) {
    simd::unroll<parts>([&]<std::size_t part>() __attribute__((always_inline)) {
      sum[part].add_product(Pack::load(x + i + part * L), Pack::load(w + i + part * L));
    });
  }
  simd::unroll<parts - 1>([&]<std::size_t part>() __attribute__((always_inline)) { sum[0].add(sum[part + 1]); });
  if constexpr (whole < I) {
    return sum[0].sum() + dot<I - whole>(x + whole, w + whole);
  } else {
    return sum[0].sum();
  }
}

/// The product with a single column.
template <Scalar T, std::size_t I> [[gnu::always_inline]] inline T dot(RowProduct<T, I, 1> product) {
  if constexpr (I == dynamic) {
    return dot(product.x, product.w, product.terms);
  } else {
    return dot<I>(product.x, product.w);
  }
}

/// The same as the plain loops.
template <Scalar T, std::size_t... I, std::size_t N>
[[gnu::always_inline]] inline void set_row(const T* b, T* y, RowProduct<T, I, N>... products) {
  if constexpr (N == 1) {
    *y = ((b ? *b : T(0)) + ... + dot(products));
  } else {
    simd::for_each_block<T, N, row_sums>([&]<std::size_t first, simd::Block block>() __attribute__((always_inline)) {
      set_columns<block>(first, b, y, products...);
    });
  }
}

/// The same for weights of which only a run knows the size.
template <Scalar T, std::size_t... I>
void set_row(std::size_t N, const T* b, T* y, const RowProduct<T, I, dynamic>&... products) {
  if (N == 1) {
    *y = ((b ? *b : T(0)) + ... + dot(products.x, products.w, products.terms));
  } else {
    simd::for_each_block<T, row_sums>(N, [&]<simd::Block block>(std::size_t first) __attribute__((always_inline)) {
      set_columns<block>(first, b, y, products...);
    });
  }
}

}  // namespace tiles

/// y (N) = b (N) + Σ x w, the sum of one product or more; b is empty where there is no bias.
template <Scalar T, std::size_t M, std::size_t... I, std::size_t N>
  requires(M == N || M == 0 || M == dynamic)
[[gnu::always_inline]] inline void set_row(std::span<const T, M> b, T* y, RowProduct<T, I, N>... products) {
  const T* const bias = M == 0 ? nullptr : b.data();
  if constexpr (N == dynamic) {
    const auto columns = [](const auto& first, const auto&...) { return first.columns; };
    tiles::set_row(columns(products...), bias, y, products...);
  } else if constexpr (with_simd) {
    tiles::set_row(bias, y, products...);
  } else {
    naive::set_row(bias, y, products...);
  }
}

/// y (N) = x (N), in registers of full width. A compiler copies in narrower ones, and then a reader with wide ones
/// waits until all of it has reached the cache.
template <Scalar T, std::size_t N> [[gnu::always_inline]] inline void copy_row(std::span<const T, N> x, T* y) {
  const auto copy = [&]<simd::Block block>(std::size_t first) __attribute__((always_inline)) {
    using Pack = simd::Pack<T, block.lanes>;
    simd::unroll<block.packs>([&]<std::size_t k>() __attribute__((always_inline)) {
      Pack::load(x.data() + first + k * block.lanes).store(y + first + k * block.lanes);
    });
  };
  if constexpr (N == dynamic) {
    simd::for_each_block<T, 2>(x.size(), copy);
  } else if constexpr (with_simd) {
    simd::for_each_block<T, N, tiles::row_sums>([&]<std::size_t first, simd::Block block>() __attribute__((
                                                    always_inline)) { copy.template operator()<block>(first); });
  } else {
    std::ranges::copy(x, y);
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail
