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

/// As many columns of a matrix (I,N), from column `first` on, as half of the registers hold.
template <Scalar T, std::size_t I, std::size_t N, std::size_t first> struct Columns {
  static constexpr std::size_t lanes = simd::lanes<T>(N - first);
  static constexpr std::size_t packs = std::min((N - first) / lanes, simd::registers / 2 / I);
  static constexpr std::size_t next = first + packs * lanes;  ///< the column after them

  using Pack = simd::Pack<T, lanes>;

  Pack numbers[I][packs];

  /// Calls `body<i, k>(offset)` for each pack, with where it stands in the matrix.
  [[gnu::always_inline]] static void for_each_pack(const auto& body) {
    simd::unroll<I * packs>([&]<std::size_t ik>() __attribute__((always_inline)) {
      body.template operator()<ik / packs, ik % packs>(ik / packs * N + first + ik % packs * lanes);
    });
  }

  [[gnu::always_inline]] void load(const T* matrix) {
    for_each_pack([&]<std::size_t i, std::size_t k>(std::size_t offset)
                      __attribute__((always_inline)) { numbers[i][k] = Pack::load(matrix + offset); });
  }
  [[gnu::always_inline]] void store(T* matrix) const {
    for_each_pack([&]<std::size_t i, std::size_t k>(std::size_t offset)
                      __attribute__((always_inline)) { numbers[i][k].store(matrix + offset); });
  }
  [[gnu::always_inline]] void set_to_zero() {
    for_each_pack([&]<std::size_t i, std::size_t k>(std::size_t)
                      __attribute__((always_inline)) { numbers[i][k] = Pack::all(0); });
  }
  [[gnu::always_inline]] void add(const Columns& others) {
    for_each_pack([&]<std::size_t i, std::size_t k>(std::size_t)
                      __attribute__((always_inline)) { numbers[i][k].add(others.numbers[i][k]); });
  }
  /// += x^T (I,1) dy (1,N)
  [[gnu::always_inline]] void add_outer_product(const T* x, const T* dy) {
    simd::unroll<packs>([&]<std::size_t k>() __attribute__((always_inline)) {
      const Pack term = Pack::load(dy + first + k * lanes);
      simd::unroll<I>([&]<std::size_t i>()
                          __attribute__((always_inline)) { numbers[i][k].add_product(Pack::all(x[i]), term); });
    });
  }
};

/// y (rows,N) += x (rows,I) w (I,N), from column `first` on.
template <std::size_t first = 0, Scalar T, std::size_t I, std::size_t N>
void add_product(Rows<const T, I> x, const Tensor<T, I, N>& w, Rows<T, N> y) {
  using Weights = Columns<T, I, N, first>;
  using Pack = typename Weights::Pack;
  Weights weights;
  weights.load(w.data());
  for (std::size_t row = 0; row < x.count; ++row) {
    const T* const in = x[row];
    T* const out = y[row] + first;
    Pack factor[I];
    simd::unroll<I>([&]<std::size_t i>() __attribute__((always_inline)) { factor[i] = Pack::all(in[i]); });
    simd::unroll<Weights::packs>([&]<std::size_t k>() __attribute__((always_inline)) {
      Pack sum = Pack::load(out + k * Weights::lanes);
      simd::unroll<I>([&]<std::size_t i>()
                          __attribute__((always_inline)) { sum.add_product(factor[i], weights.numbers[i][k]); });
      sum.store(out + k * Weights::lanes);
    });
  }
  if constexpr (Weights::next < N) add_product<Weights::next>(x, w, y);
}

/// dw (I,N) += x^T (I,rows) dy (rows,N), from column `first` on. If the sums are few, those of even and odd rows are
/// kept apart, so that one need not wait for the other.
template <std::size_t first = 0, Scalar T, std::size_t I, std::size_t N>
void add_outer_product(Rows<const T, I> x, Rows<const T, N> dy, Tensor<T, I, N>& dw) {
  using Sums = Columns<T, I, N, first>;
  Sums sums;
  sums.load(dw.data());
  std::size_t row = 0;
  if constexpr (I * Sums::packs <= 4) {
    Sums odd_sums;
    odd_sums.set_to_zero();
    for (; row + 1 < x.count; row += 2) {
      sums.add_outer_product(x[row], dy[row]);
      odd_sums.add_outer_product(x[row + 1], dy[row + 1]);
    }
    sums.add(odd_sums);
  }
  for (; row < x.count; ++row) sums.add_outer_product(x[row], dy[row]);
  sums.store(dw.data());
  if constexpr (Sums::next < N) add_outer_product<Sums::next>(x, dy, dw);
}

}  // namespace rnnts::inline v0::few_terms

#endif
