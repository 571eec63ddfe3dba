// Draws the first values of weights, as an `Initializer` says.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "rnnts/core/initializer.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/kernels/orthonormal.hpp"
#include "rnnts/kernels/plan.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// Overwrites `values` by a matrix whose rows or columns, whichever are fewer, are orthonormal, times `gain`.
template <bool may_be_large, Scalar T>
void fill_orthogonal(std::span<T> values, std::size_t rows, std::size_t columns, double gain, Random& random) {
  const auto fill = [&]<Scalar Number, bool in_order>() {
    std::vector<Number> q(rows * columns);
    fill_orthonormal<Number, in_order>(q.data(), std::min(rows, columns), std::max(rows, columns), random);
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t column = 0; column < columns; ++column) {
        const Number number = q[rows < columns ? row * columns + column : column * rows + row];
        values[row * columns + column] = static_cast<T>(gain * number);
      }
    }
  };
  if constexpr (may_be_large) {
    if (rows * columns > orthonormal_in_order_to) return fill.template operator()<T, false>();
  }
  fill.template operator()<double, true>();
}

template <bool may_be_large, Scalar T>
void draw_values(const Initializer& how, std::span<T> values, std::size_t rows, std::size_t columns, Random& random) {
  using enum Initializer::Kind;
  const auto fill = [&](auto draw) {
    for (T& value : values) value = static_cast<T>(draw());
  };
  const auto variance = [&] {
    const auto inputs = static_cast<double>(rows), outputs = static_cast<double>(columns * how.outputs_per_column);
    switch (how.fan) {
      case Initializer::Fan::in: return how.a / inputs;
      case Initializer::Fan::out: return how.a / outputs;
      case Initializer::Fan::average: break;
    }
    return how.a / ((inputs + outputs) / 2);
  };
  switch (how.kind) {
    case constant: return fill([&] { return how.a; });
    case uniform: return fill([&] { return random.uniform(how.a, how.b); });
    case normal: return fill([&] { return how.a + how.b * random.normal(); });
    case truncated_normal: return fill([&] { return how.a + how.b * random.truncated_normal(); });
    case variance_uniform: {
      const double limit = std::sqrt(3 * variance());
      return fill([&] { return random.uniform(-limit, limit); });
    }
    case variance_normal: {
      // Cutting a normal distribution at two standard deviations leaves 0.8796 of its standard deviation.
      const double stddev = std::sqrt(variance()) / 0.87962566103423978;
      return fill([&] { return stddev * random.truncated_normal(); });
    }
    case orthogonal: return fill_orthogonal<may_be_large>(values, rows, columns, how.a, random);
  }
}

/// Overwrites `values`, row-major of extents (rows, columns); a vector has one row. The formulas are those of Keras 3.
/// `may_be_large`: whether there may be more numbers than `orthonormal_in_order_to`, for which there is code of its
/// own.
template <bool may_be_large = true, Scalar T>
[[gnu::noinline]] void initialize(const Initializer& how, std::span<T> values, std::size_t rows, std::size_t columns,
                                  Random& random) {
  draw_values<may_be_large>(how, values, rows, columns, random);
  if (!how.unit_forget) return;
  for (std::size_t row = 0; row < rows; ++row) {
    for (T& value : values.subspan(row * columns + columns / 4, columns / 4)) value += 1;
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail
