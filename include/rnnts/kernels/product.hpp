// Products of rows with weights, and of rows with rows: with the weights in registers if there are few, through the
// BLAS where it pays, in tiles of SIMD registers, or as plain loops.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

#include "rnnts/core/loops.hpp"
#include "rnnts/kernels/blas.hpp"
#include "rnnts/kernels/few_terms.hpp"
#include "rnnts/kernels/loop.hpp"
#include "rnnts/kernels/naive.hpp"
#include "rnnts/kernels/plan.hpp"
#include "rnnts/kernels/tiles.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// Whether a product with as many rows runs in the BLAS: not where that has narrower registers than the tiles.
inline bool pays_in_blas(ProductPlan plan, std::size_t rows) {
  return rows >= plan.blas_from_rows && !(plan.kernel == Kernel::tiles && blas::is_narrower());
}

/// Weights (I,N); their own extents may be `dynamic` where the rows have the compiler's.
template <class W, class T, std::size_t I, std::size_t N>
concept WeightsOf = std::same_as<W, Tensor<T, I, N>> || std::same_as<W, Tensor<T, dynamic, dynamic>>;

/// The two products for sizes that only a run knows: compiled once for all of them.
namespace any_size {

template <Scalar T> void add_product(std::size_t rows, std::size_t I, std::size_t N, const T* x, const T* w, T* y) {
  if (with_blas && rows >= blas_from_rows) {
    const ProductPlan plan = product_plan(I, N);
    if (pays_in_blas(plan, rows) && rows <= plan.blas_to_rows) {
      return blas::add_product(blas::Left::plain, rows, N, I, x, w, y);
    }
  }
  tiles::add_product(rows, I, N, tiles::Strided<T>{x, I, 1}, w, y);
}

template <Scalar T>
void add_outer_product(std::size_t rows, std::size_t I, std::size_t N, const T* x, const T* dy, T* dw) {
  if (with_blas && rows >= blas_from_rows && pays_in_blas(product_plan(I, N), rows)) {
    return blas::add_product(blas::Left::transposed, I, N, rows, x, dy, dw);
  }
  tiles::add_product(I, rows, N, tiles::Strided<T>{x, 1, I}, dy, dw);
}

}  // namespace any_size
}  // namespace detail

/// y (rows,N) += x (rows,I) w (I,N)
template <class In, std::size_t I, class Weights, Scalar T, std::size_t N>
  requires detail::WeightsOf<Weights, T, I, N>
void add_product(Rows<In, I> rows, const Weights& w, Rows<T, N> y) {
  using detail::Kernel;
  const Rows<const T, I> x = rows;
  if constexpr (I == dynamic || N == dynamic) {
    return detail::any_size::add_product(x.count, x.width, y.width, x.data, w.data(), y.data);
  } else {
    constexpr detail::ProductPlan plan = detail::product_plan(I, N);
    if constexpr (plan.may_use_blas()) {
      if (detail::pays_in_blas(plan, x.count) && x.count <= plan.blas_to_rows) {
        return detail::blas::add_product(detail::blas::Left::plain, x.count, N, I, x.data, w.data(), y.data);
      }
    }
    if constexpr (plan.kernel == Kernel::few_terms) {
      detail::few_terms::add_product(x, w, y);
    } else if constexpr (plan.kernel == Kernel::tiles) {
      detail::tiles::add_product<N>(x.count, I, detail::tiles::Strided<T>{x.data, I, 1}, w.data(), y.data);
    } else {
      detail::naive::add_product(x, w, y);
    }
  }
}

/// dw (I,N) += x^T (I,rows) dy (rows,N)
template <Scalar T, std::size_t I, std::size_t N>
void add_outer_product(std::type_identity_t<Rows<const T, I>> x, std::type_identity_t<Rows<const T, N>> dy,
                       Tensor<T, I, N>& dw) {
  using detail::Kernel;
  if (x.count == 0) return;  // and then there may be no memory behind x
  if constexpr (I == dynamic || N == dynamic) {
    return detail::any_size::add_outer_product(x.count, x.width, dy.width, x.data, dy.data, dw.data());
  } else {
    constexpr detail::ProductPlan plan = detail::product_plan(I, N);
    if constexpr (plan.may_use_blas()) {
      if (detail::pays_in_blas(plan, x.count)) {
        return detail::blas::add_product(detail::blas::Left::transposed, I, N, x.count, x.data, dy.data, dw.data());
      }
    }
    if constexpr (plan.kernel == Kernel::few_terms) {
      detail::few_terms::add_outer_product(x, dy, dw);
    } else if constexpr (plan.kernel == Kernel::tiles) {
      detail::tiles::add_product<N>(I, x.count, detail::tiles::Strided<T>{x.data, 1, I}, dy.data, dw.data());
    } else {
      detail::naive::add_outer_product(x, dy, dw);
    }
  }
}

/// wt (N,I) = w^T (N,I)
template <Scalar T, std::size_t I, std::size_t N> void transpose(const Tensor<T, I, N>& w, Tensor<T, N, I>& wt) {
  wt.resize(w.extents()[1], w.extents()[0]);
  for (std::size_t i = 0; i < w.extents()[0]; ++i) {
    for (std::size_t n = 0; n < w.extents()[1]; ++n) wt(n, i) = w(i, n);
  }
}

namespace detail {

/// y (rows,N) += x (rows,N)
template <Scalar T, std::size_t N> void add(std::type_identity_t<Rows<const T, N>> x, Rows<T, N> y) {
  for_each_number(y.size(), [&](std::size_t i) { y.data[i] += x.data[i]; });
}

/// y (rows,N) = b (N) in every row, or 0 where there is no bias
template <Scalar T, std::size_t M, std::size_t N>
  requires(M == N || M == 0 || M == dynamic)
void set_rows(std::span<const T, M> b, Rows<T, N> y) {
  for (std::size_t row = 0; row < y.count; ++row) {
    T* const out = y[row];
    for_each_number(y.width, [&](std::size_t n) { out[n] = M == 0 ? T(0) : b.data()[n]; });
  }
}

}  // namespace detail

/// db (N) += sum of dy (rows,N) over its rows; nothing where there is no bias
template <Scalar T, std::size_t M, std::size_t N>
  requires(M == N || M == 0)
void add_sum_of_rows(Rows<T, N> dy, std::span<T, M> db) {
  for (std::size_t row = 0; row < dy.count; ++row) {
    const T* const in = dy[row];
    detail::for_each_number(db.size(), [&](std::size_t n) { db.data()[n] += in[n]; });
  }
}

}  // namespace rnnts::inline RNNTS_ABI

RNNTS_LOOPS_END
