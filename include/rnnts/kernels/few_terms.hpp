// Products with weights of so few rows, as a layer with one to three inputs has, that these stay in registers while the
// rows of the batch go by.
#pragma once

#include <algorithm>
#include <cstddef>

#include "rnnts/kernels/simd.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

#if RNNTS_WITH_XSIMD

namespace rnnts::inline v0::few_terms {

/// Columns of weights (I,N) from column `first` on, in half of the registers.
template <Scalar T, std::size_t I, std::size_t N, std::size_t first> struct Columns {
  static constexpr std::size_t lanes = simd::lanes<T>(N - first);
  static constexpr std::size_t packs = std::min((N - first) / lanes, std::max(simd::registers / 2 / I, std::size_t{1}));
  static constexpr std::size_t next = first + packs * lanes;  ///< the column after them

  using Pack = simd::Pack<T, lanes>;

  Pack weights[I][packs];

  /// Calls `body<i, k>(offset)` for each pack, with where it stands in the matrix.
  [[gnu::always_inline]] static void for_each_pack(const auto& body) {
    simd::unroll<I * packs>([&]<std::size_t ik>() __attribute__((always_inline)) {
      body.template operator()<ik / packs, ik % packs>(ik / packs * N + first + ik % packs * lanes);
    });
  }

  [[gnu::always_inline]] void load(const T* w) {
    for_each_pack([&]<std::size_t i, std::size_t k>(std::size_t offset)
                      __attribute__((always_inline)) { weights[i][k] = Pack::load(w + offset); });
  }
  [[gnu::always_inline]] void store(T* w) const {
    for_each_pack([&]<std::size_t i, std::size_t k>(std::size_t offset)
                      __attribute__((always_inline)) { weights[i][k].store(w + offset); });
  }
};

/// y (rows,N) += x (rows,I) w (I,N), from column `first` on.
template <std::size_t first = 0, Scalar T, std::size_t I, std::size_t N>
void add_product(Rows<const T, I> x, const Tensor<T, I, N>& w, Rows<T, N> y) {
  using Columns = few_terms::Columns<T, I, N, first>;
  using Pack = typename Columns::Pack;
  Columns columns;
  columns.load(w.data());
  for (std::size_t row = 0; row < x.count; ++row) {
    const T* const in = x[row];
    simd::unroll<Columns::packs>([&]<std::size_t k>() __attribute__((always_inline)) {
      T* const out = y[row] + first + k * Columns::lanes;
      Pack sum = Pack::load(out);
      simd::unroll<I>([&]<std::size_t i>()
                          __attribute__((always_inline)) { sum.add_product(Pack::all(in[i]), columns.weights[i][k]); });
      sum.store(out);
    });
  }
  if constexpr (Columns::next < N) add_product<Columns::next>(x, w, y);
}

/// dw (I,N) += x^T (I,rows) dy (rows,N), from column `first` on.
template <std::size_t first = 0, Scalar T, std::size_t I, std::size_t N>
void add_outer_product(Rows<const T, I> x, Rows<const T, N> dy, Tensor<T, I, N>& dw) {
  using Columns = few_terms::Columns<T, I, N, first>;
  using Pack = typename Columns::Pack;
  Columns sums;
  sums.load(dw.data());
  for (std::size_t row = 0; row < x.count; ++row) {
    const T* const in = x[row];
    simd::unroll<Columns::packs>([&]<std::size_t k>() __attribute__((always_inline)) {
      const Pack term = Pack::load(dy[row] + first + k * Columns::lanes);
      simd::unroll<I>([&]<std::size_t i>()
                          __attribute__((always_inline)) { sums.weights[i][k].add_product(Pack::all(in[i]), term); });
    });
  }
  sums.store(dw.data());
  if constexpr (Columns::next < N) add_outer_product<Columns::next>(x, dy, dw);
}

}  // namespace rnnts::inline v0::few_terms

#endif
