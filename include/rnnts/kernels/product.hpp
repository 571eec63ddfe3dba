// Products of rows with weights, and of rows with rows: with the weights in registers if there are few, through the
// BLAS where it pays, in tiles of SIMD registers, or as plain loops.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include "rnnts/kernels/blas.hpp"
#include "rnnts/kernels/few_terms.hpp"
#include "rnnts/kernels/naive.hpp"
#include "rnnts/kernels/thresholds.hpp"
#include "rnnts/kernels/tiles.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline v0 {

namespace detail {

/// Whether the weights (I,N) are few enough to stay in registers.
template <std::size_t I, std::size_t N>
inline constexpr bool has_few_terms = with_xsimd && I > 0 && (I < tiles_from_terms) && N >= few_terms_from_columns;

/// Whether there are tiles for products with weights (I,N).
template <std::size_t I, std::size_t N>
inline constexpr bool has_tiles = with_xsimd && I >= tiles_from_terms && N >= tiles_from_columns;

#if RNNTS_WITH_BLAS

/// Whether products with weights (I,N) may go through the BLAS.
template <std::size_t I, std::size_t N>
inline constexpr bool has_blas = I * N >= (has_tiles<I, N> ? blas_from_weights_in_tiles : blas_from_weights);

/// Whether y (rows,N) += x (rows,I) w (I,N) goes through the BLAS.
template <std::size_t I, std::size_t N> bool uses_blas(std::size_t rows) {
  if (rows < blas_from_rows) return false;
  return !has_tiles<I, N> || (rows * I * N <= blas_to_multiply_adds && !blas::is_narrower());
}

/// Whether dw (I,N) += x^T (I,rows) dy (rows,N) does.
template <std::size_t I, std::size_t N> bool outer_product_uses_blas(std::size_t rows) {
  return rows >= blas_from_rows && !(has_tiles<I, N> && blas::is_narrower());
}

#endif

}  // namespace detail

/// y (rows,N) += x (rows,I) w (I,N)
template <Scalar T, std::size_t I, std::size_t N>
void add_product(std::type_identity_t<Rows<const T, I>> x, const Tensor<T, I, N>& w, Rows<T, N> y) {
#if RNNTS_WITH_XSIMD
  if constexpr (detail::has_few_terms<I, N>) return detail::few_terms::add_product(x, w, y);
#endif
#if RNNTS_WITH_BLAS
  if constexpr (detail::has_blas<I, N>) {
    if (detail::uses_blas<I, N>(x.count)) {
      return detail::blas::add_product(detail::blas::Left::plain, x.count, N, I, x.data, w.data(), y.data);
    }
  }
#endif
#if RNNTS_WITH_XSIMD
  if constexpr (detail::has_tiles<I, N>) {
    return detail::tiles::add_product<N>(x.count, I, detail::tiles::Strided<T>{x.data, I, 1}, w.data(), y.data);
  }
#endif
  detail::naive::add_product(x, w, y);
}

/// dw (I,N) += x^T (I,rows) dy (rows,N)
template <Scalar T, std::size_t I, std::size_t N>
void add_outer_product(std::type_identity_t<Rows<const T, I>> x, std::type_identity_t<Rows<const T, N>> dy,
                       Tensor<T, I, N>& dw) {
  if (x.count == 0) return;  // and then there may be no memory behind x
#if RNNTS_WITH_XSIMD
  if constexpr (detail::has_few_terms<I, N>) return detail::few_terms::add_outer_product(x, dy, dw);
#endif
#if RNNTS_WITH_BLAS
  if constexpr (detail::has_blas<I, N>) {
    if (detail::outer_product_uses_blas<I, N>(x.count)) {
      return detail::blas::add_product(detail::blas::Left::transposed, I, N, x.count, x.data, dy.data, dw.data());
    }
  }
#endif
#if RNNTS_WITH_XSIMD
  if constexpr (detail::has_tiles<I, N>) {
    return detail::tiles::add_product<N>(I, x.count, detail::tiles::Strided<T>{x.data, 1, I}, dy.data, dw.data());
  }
#endif
  detail::naive::add_outer_product(x, dy, dw);
}

/// wt (N,I) = w^T (N,I)
template <Scalar T, std::size_t I, std::size_t N> void transpose(const Tensor<T, I, N>& w, Tensor<T, N, I>& wt) {
  for (std::size_t i = 0; i < I; ++i) {
    for (std::size_t n = 0; n < N; ++n) wt(n, i) = w(i, n);
  }
}

namespace detail {

/// y (rows,N) += x (rows,N)
template <Scalar T, std::size_t N> void add(std::type_identity_t<Rows<const T, N>> x, Rows<T, N> y) {
  for (std::size_t i = 0; i < y.size(); ++i) y.data[i] += x.data[i];
}

/// y (rows,N) = b (N) in every row, or 0 where there is no bias
template <Scalar T, std::size_t M, std::size_t N>
  requires(M == N || M == 0)
void set_rows(std::span<const T, M> b, Rows<T, N> y) {
  for (std::size_t row = 0; row < y.count; ++row) {
    for (std::size_t n = 0; n < N; ++n) y[row][n] = M == 0 ? T(0) : b.data()[n];
  }
}

}  // namespace detail

/// db (N) += sum of dy (rows,N) over its rows; nothing where there is no bias
template <Scalar T, std::size_t M, std::size_t N>
  requires(M == N || M == 0)
void add_sum_of_rows(Rows<T, N> dy, std::span<T, M> db) {
  for (std::size_t row = 0; row < dy.count; ++row) {
    for (std::size_t n = 0; n < M; ++n) db.data()[n] += dy[row][n];
  }
}

}  // namespace rnnts::inline v0
