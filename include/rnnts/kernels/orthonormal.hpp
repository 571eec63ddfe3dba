// Random orthonormal rows, by Gram and Schmidt's method.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/kernels/blas.hpp"
#include "rnnts/kernels/plan.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// How rows are made orthonormal: with each sum added up in the order of its terms, which takes the time that one
/// addition waits for another, or in parts that fit into registers.
template <Scalar T, bool in_order> struct GramSchmidt {
  static constexpr std::size_t parts = in_order ? 1 : 16;

  std::size_t length;  ///< of each row

  T dot(const T* a, const T* b) const {
    T sum[parts] = {};
    const std::size_t whole = length - length % parts;
    for (std::size_t i = 0; i < whole; i += parts) {
      for (std::size_t part = 0; part < parts; ++part) sum[part] += a[i + part] * b[i + part];
    }
    for (std::size_t i = whole; i < length; ++i) sum[i - whole] += a[i] * b[i];
    for (std::size_t part = 1; part < parts; ++part) sum[0] += sum[part];
    return sum[0];
  }

  /// Makes `row` orthogonal to the rows `first` to `last` of q, one after the other.
  void remove(T* row, const T* q, std::size_t first, std::size_t last) const {
    for (std::size_t k = first; k < last; ++k) {
      const T* const before = q + k * length;
      const T along = dot(row, before);
      const std::size_t whole = length - length % parts;
      for (std::size_t i = 0; i < whole; i += parts) {
        T rest[parts];
        for (std::size_t part = 0; part < parts; ++part) rest[part] = row[i + part] - along * before[i + part];
        std::copy_n(rest, parts, row + i);
      }
      for (std::size_t i = whole; i < length; ++i) row[i] -= along * before[i];
    }
  }

  /// Makes each of `count` rows, the first at `row`, orthogonal to the first `last` rows of q.
  void remove_from_all(T* row, std::size_t count, const T* q, std::size_t last) const {
    if (last == 0) return;
    if constexpr (with_blas && !in_order) {
      std::vector<T> transposed(length * count), along(last * count);
      for (std::size_t k = 0; k < count; ++k) {
        for (std::size_t i = 0; i < length; ++i) transposed[i * count + k] = row[k * length + i];
      }
      blas::add_product(blas::Left::plain, last, count, length, q, transposed.data(), along.data());
      for (T& number : along) number = -number;
      blas::add_product(blas::Left::transposed, length, count, last, q, along.data(), transposed.data());
      for (std::size_t k = 0; k < count; ++k) {
        for (std::size_t i = 0; i < length; ++i) row[k * length + i] = transposed[i * count + k];
      }
      return;
    }
    for (std::size_t before = 0; before < last; ++before) {  // each is read from memory once for all
      for (std::size_t k = 0; k < count; ++k) remove(row + k * length, q, before, before + 1);
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
  constexpr std::size_t at_once = 32;
  const GramSchmidt<T, in_order> method{length};
  for (std::size_t first = 0; first < count; first += at_once) {
    const std::size_t last = std::min(first + at_once, count);
    T* const rows = q + first * length;
    for (std::size_t i = 0; i < (last - first) * length; ++i) rows[i] = static_cast<T>(random.normal());

    T squares[at_once] = {};  // of the lengths
    const auto have_lost_half = [&] {
      bool any = false;
      for (std::size_t k = first; k < last; ++k) {
        const T before = squares[k - first], now = squares[k - first] = method.dot(q + k * length, q + k * length);
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
      method.remove(row, q, first, k);
      T square = method.dot(row, row);
      if (in_order || square < squares[k - first] / 4) {
        method.remove(row, q, 0, k);
        square = method.dot(row, row);
      }
      const T norm = std::sqrt(square);
      for (std::size_t i = 0; i < length; ++i) row[i] /= norm;
    }
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail
