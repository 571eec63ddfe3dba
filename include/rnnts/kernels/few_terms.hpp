// Products with weights of so few rows, as a layer with one to three inputs has, that these stay in registers while the
// rows of the batch go by.
#pragma once

#include <cstddef>

#include "rnnts/kernels/simd.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail::few_terms {

/// Columns of a matrix (I,N), that stay in registers: `packs` of `lanes` numbers from each row. N is an argument, which
/// costs no time, so that matrices of any N share the code.
template <Scalar T, std::size_t I, std::size_t packs, std::size_t lanes> struct Columns {
  static constexpr std::size_t count = packs * lanes;

  using Pack = simd::Pack<T, lanes>;

  Pack numbers[I][packs];

  /// Calls `body<i, k>()` for each pack.
  [[gnu::always_inline]] static void for_each_pack(const auto& body) {
    simd::unroll<I * packs>([&]<std::size_t ik>()
                                __attribute__((always_inline)) { body.template operator()<ik / packs, ik % packs>(); });
  }

  [[gnu::always_inline]] void load(const T* matrix, std::size_t N) {
    for_each_pack([&]<std::size_t i, std::size_t k>()
                      __attribute__((always_inline)) { numbers[i][k] = Pack::load(matrix + i * N + k * lanes); });
  }
  [[gnu::always_inline]] void store(T* matrix, std::size_t N) const {
    for_each_pack([&]<std::size_t i, std::size_t k>()
                      __attribute__((always_inline)) { numbers[i][k].store(matrix + i * N + k * lanes); });
  }
  [[gnu::always_inline]] void set_to_zero() {
    for_each_pack([&]<std::size_t i, std::size_t k>() __attribute__((always_inline)) { numbers[i][k] = Pack::all(0); });
  }
  [[gnu::always_inline]] void add(const Columns& others) {
    for_each_pack([&]<std::size_t i, std::size_t k>()
                      __attribute__((always_inline)) { numbers[i][k].add(others.numbers[i][k]); });
  }
  /// += x^T (I,1) dy (1,count)
  [[gnu::always_inline]] void add_row(const T* x, const T* dy) {
    simd::unroll<packs>([&]<std::size_t k>() __attribute__((always_inline)) {
      const Pack term = Pack::load(dy + k * lanes);
      simd::unroll<I>([&]<std::size_t i>()
                          __attribute__((always_inline)) { numbers[i][k].add_product(Pack::all(x[i]), term); });
    });
  }

  /// y (rows,count) += x (rows,I) w (I,count); w and y have rows of N numbers.
  static void add_product(Rows<const T, I> x, const T* w, T* y, std::size_t N) {
    Columns weights;
    weights.load(w, N);
    for (std::size_t row = 0; row < x.count; ++row, y += N) {
      const T* const in = x[row];
      Pack factor[I];
      simd::unroll<I>([&]<std::size_t i>() __attribute__((always_inline)) { factor[i] = Pack::all(in[i]); });
      simd::unroll<packs>([&]<std::size_t k>() __attribute__((always_inline)) {
        Pack sum = Pack::load(y + k * lanes);
        simd::unroll<I>([&]<std::size_t i>()
                            __attribute__((always_inline)) { sum.add_product(factor[i], weights.numbers[i][k]); });
        sum.store(y + k * lanes);
      });
    }
  }

  /// dw (I,count) += x^T (I,rows) dy (rows,count); dy and dw have rows of N numbers. If the sums are few, those of even
  /// and odd rows are kept apart, so that one need not wait for the other.
  static void add_outer_product(Rows<const T, I> x, const T* dy, T* dw, std::size_t N) {
    Columns sums;
    sums.load(dw, N);
    std::size_t row = 0;
    if constexpr (I * packs <= 4) {
      Columns odd_sums;
      odd_sums.set_to_zero();
      for (; row + 1 < x.count; row += 2, dy += 2 * N) {
        sums.add_row(x[row], dy);
        odd_sums.add_row(x[row + 1], dy + N);
      }
      sums.add(odd_sums);
    }
    for (; row < x.count; ++row, dy += N) sums.add_row(x[row], dy);
    sums.store(dw, N);
  }
};

/// Calls `body<first, Columns<…>>()` for blocks of the columns of matrices (I,N), each in half of the registers at
/// most.
template <Scalar T, std::size_t I, std::size_t N> void for_each_columns(const auto& body) {
  simd::for_each_block<T, N, simd::registers / 2 / I>([&]<std::size_t first, simd::Block block>() {
    body.template operator()<first, Columns<T, I, block.packs, block.lanes>>();
  });
}

/// y (rows,N) += x (rows,I) w (I,N)
template <Scalar T, std::size_t I, std::size_t N>
void add_product(Rows<const T, I> x, const Tensor<T, I, N>& w, Rows<T, N> y) {
  for_each_columns<T, I, N>(
      [&]<std::size_t first, class Weights>() { Weights::add_product(x, w.data() + first, y.data + first, N); });
}

/// dw (I,N) += x^T (I,rows) dy (rows,N)
template <Scalar T, std::size_t I, std::size_t N>
void add_outer_product(Rows<const T, I> x, Rows<const T, N> dy, Tensor<T, I, N>& dw) {
  for_each_columns<T, I, N>(
      [&]<std::size_t first, class Sums>() { Sums::add_outer_product(x, dy.data + first, dw.data() + first, N); });
}

}  // namespace rnnts::inline RNNTS_ABI::detail::few_terms
