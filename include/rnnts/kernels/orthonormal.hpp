// Random orthonormal rows, by Gram and Schmidt's method.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "rnnts/core/loops.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/kernels/blas.hpp"
#include "rnnts/kernels/plan.hpp"
#include "rnnts/kernels/simd.hpp"
#include "rnnts/kernels/tiles.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI::detail {

/// How rows are made orthonormal: with each sum added up in the order of its terms, which takes the time that one
/// addition waits for another, or in parts that fit into registers.
template <Scalar T, bool in_order> struct GramSchmidt {
  static constexpr std::size_t parts = 16;    ///< numbers that are done at once where their order makes no difference
  static constexpr std::size_t at_once = 32;  ///< rows between which one pass over the rows before them is shared

  std::size_t length;  ///< of each row

  /// The products of several rows, one after the other in memory, with another.
  template <std::size_t rows> std::array<T, rows> dots(const T* row, const T* other) const {
    if constexpr (in_order) {
      std::array<T, rows> sums{};
      for (std::size_t i = 0; i < length; ++i) {
        simd::unroll<rows>([&]<std::size_t k>()
                               __attribute__((always_inline)) { sums[k] += row[k * length + i] * other[i]; });
      }
      return sums;
    } else {
      static_assert(rows == 1);
      T sum[parts] = {};
      const std::size_t whole = length - length % parts;
      for (std::size_t i = 0; i < whole; i += parts) {
        for (std::size_t part = 0; part < parts; ++part) sum[part] += row[i + part] * other[i + part];
      }
      for (std::size_t i = whole; i < length; ++i) sum[i - whole] += row[i] * other[i];
      for (std::size_t part = 1; part < parts; ++part) sum[0] += sum[part];
      return {sum[0]};
    }
  }

  T square(const T* row) const { return dots<1>(row, row)[0]; }

  /// Makes several rows orthogonal to another.
  template <std::size_t rows> void remove(T* row, const T* other) const {
    for (const T along : dots<rows>(row, other)) {
      const std::size_t whole = length - length % parts;
      for (std::size_t i = 0; i < whole; i += parts) {
        T rest[parts];
        for (std::size_t part = 0; part < parts; ++part) rest[part] = row[i + part] - along * other[i + part];
        std::copy_n(rest, parts, row + i);
      }
      for (std::size_t i = whole; i < length; ++i) row[i] -= along * other[i];
      row += length;
    }
  }

  /// Makes a row orthogonal to the rows `first` to `last` of q, one after the other.
  void remove_each(T* row, const T* q, std::size_t first, std::size_t last) const {
    for (std::size_t k = first; k < last; ++k) remove<1>(row, q + k * length);
  }

  /// Makes each of `count` <= `at_once` rows, the first at `row`, orthogonal to the first `last` rows of q.
  void remove_from_all(T* row, std::size_t count, const T* q, std::size_t last) const {
    if (last == 0) return;
    if constexpr (!in_order && (with_blas || with_simd)) {
      std::vector<T> transposed(length * at_once), along(last * at_once);
      for (std::size_t k = 0; k < count; ++k) {
        for (std::size_t i = 0; i < length; ++i) transposed[i * at_once + k] = row[k * length + i];
      }
      add_product(blas::Left::plain, last, length, q, transposed.data(), along.data());
      for (T& number : along) number = -number;
      add_product(blas::Left::transposed, length, last, q, along.data(), transposed.data());
      for (std::size_t k = 0; k < count; ++k) {
        for (std::size_t i = 0; i < length; ++i) row[k * length + i] = transposed[i * at_once + k];
      }
      return;
    }
    constexpr std::size_t together = in_order ? 8 : 1;  // sums that do not wait for each other
    const std::size_t whole = count - count % together;
    for (std::size_t before = 0; before < last; ++before) {  // each is read from memory once for all
      const T* const other = q + before * length;
      for (std::size_t k = 0; k < whole; k += together) remove<together>(row + k * length, other);
      for (std::size_t k = whole; k < count; ++k) remove<1>(row + k * length, other);
    }
  }

  /// c (rows, at_once) += op(q) b (inner, at_once), as `blas::add_product`.
  static void add_product(blas::Left left, std::size_t rows, std::size_t inner, const T* q, const T* b, T* c) {
    if constexpr (with_blas) {
      blas::add_product(left, rows, at_once, inner, q, b, c);
    } else {
      const bool plain = left == blas::Left::plain;
      tiles::add_product<at_once>(rows, inner, tiles::Strided<T>{q, plain ? inner : 1, plain ? 1 : rows}, b, c);
    }
  }
};

/// Fills `q` with `count` orthonormal rows of `length` >= `count` numbers each: normal numbers, row after row, each
/// made orthogonal to those before it. This distribution is uniform over all such rows, as that of a QR decomposition
/// with positive diagonal.
///
/// Once leaves an error that grows with what a row has lost of its length; twice is exact to rounding (Giraud and
/// others 2005). In order, all rows are done twice, else those that have lost half.
template <Scalar T, bool in_order> void fill_orthonormal(T* q, std::size_t count, std::size_t length, Random& random) {
  const GramSchmidt<T, in_order> method{length};
  constexpr std::size_t at_once = method.at_once;
  if constexpr (!in_order) {  // in less time
    for (std::size_t i = 0; i < count * length; i += 2) {
      const auto [one, other] = random.two_normals();
      q[i] = static_cast<T>(one);
      if (i + 1 < count * length) q[i + 1] = static_cast<T>(other);
    }
  }
  for (std::size_t first = 0; first < count; first += at_once) {
    const std::size_t last = std::min(first + at_once, count);
    T* const rows = q + first * length;
    if constexpr (in_order) {
      for (std::size_t i = 0; i < (last - first) * length; ++i) rows[i] = static_cast<T>(random.normal());
    }

    T squares[at_once] = {};  // of the lengths
    const auto have_lost_half = [&] {
      bool any = false;
      for (std::size_t k = first; k < last; ++k) {
        const T before = squares[k - first], now = squares[k - first] = method.square(q + k * length);
        any = any || now < before / 4;
      }
      return any;
    };
    have_lost_half();
    method.remove_from_all(rows, last - first, q, first);
    if (have_lost_half() && !in_order) {
      method.remove_from_all(rows, last - first, q, first);
      have_lost_half();
    }

    for (std::size_t k = first; k < last; ++k) {
      T* const row = q + k * length;
      method.remove_each(row, q, first, k);
      T square = method.square(row);
      if (in_order || square < squares[k - first] / 4) {
        method.remove_each(row, q, 0, k);
        square = method.square(row);
      }
      const T norm = std::sqrt(square);
      for (std::size_t i = 0; i < length; ++i) row[i] /= norm;
    }
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail

RNNTS_LOOPS_END
