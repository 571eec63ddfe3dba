// Initial values of weights: Keras' initializers, by Keras' names.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"

namespace rnnts::inline RNNTS_ABI {

/// How a weight of extents (rows, columns) gets its first values. A value, so that it can be a template
/// argument: `Dense<8, ReLU, DenseOptions{.kernel_initializer = he_normal}>`.
struct Initializer {
  enum class Kind { constant, uniform, normal, truncated_normal, variance_uniform, variance_normal, orthogonal };
  /// What the variance is divided by: the number of inputs (rows), of outputs (columns), or their mean.
  enum class Fan { in, out, average };

  Kind kind = Kind::constant;
  double a = 0;  ///< the constant, the lower bound, the mean, the factor of the variance, or the gain
  double b = 0;  ///< the upper bound or the standard deviation
  Fan fan = Fan::average;
  bool unit_forget = false;  ///< adds 1 to the second quarter of the columns
};

/// All values alike.
constexpr Initializer constant(double value) { return {.kind = Initializer::Kind::constant, .a = value}; }
/// Uniform in [low, high).
constexpr Initializer random_uniform(double low = -0.05, double high = 0.05) {
  return {.kind = Initializer::Kind::uniform, .a = low, .b = high};
}
/// Normal with the given mean and standard deviation.
constexpr Initializer random_normal(double mean = 0, double stddev = 0.05) {
  return {.kind = Initializer::Kind::normal, .a = mean, .b = stddev};
}
/// Normal, with values beyond two standard deviations drawn again.
constexpr Initializer truncated_normal(double mean = 0, double stddev = 0.05) {
  return {.kind = Initializer::Kind::truncated_normal, .a = mean, .b = stddev};
}
/// A (semi-)orthogonal matrix times `gain` (Saxe, McClelland and Ganguli 2013, arXiv:1312.6120).
constexpr Initializer orthogonal(double gain = 1) { return {.kind = Initializer::Kind::orthogonal, .a = gain}; }

namespace detail {

/// An initializer with 1 added to the second quarter of the columns: the bias of an LSTM's forget gate.
constexpr Initializer unit_forget(Initializer initializer) {
  initializer.unit_forget = true;
  return initializer;
}

}  // namespace detail

inline constexpr Initializer zeros = constant(0);
inline constexpr Initializer ones = constant(1);

/// Variance 2 / (rows + columns) (Glorot and Bengio 2010).
inline constexpr Initializer glorot_uniform{Initializer::Kind::variance_uniform, 1, 0, Initializer::Fan::average};
inline constexpr Initializer glorot_normal{Initializer::Kind::variance_normal, 1, 0, Initializer::Fan::average};
/// Variance 2 / rows (He, Zhang, Ren and Sun 2015, arXiv:1502.01852).
inline constexpr Initializer he_uniform{Initializer::Kind::variance_uniform, 2, 0, Initializer::Fan::in};
inline constexpr Initializer he_normal{Initializer::Kind::variance_normal, 2, 0, Initializer::Fan::in};
/// Variance 1 / rows (LeCun, Bottou, Orr and Müller 1998).
inline constexpr Initializer lecun_uniform{Initializer::Kind::variance_uniform, 1, 0, Initializer::Fan::in};
inline constexpr Initializer lecun_normal{Initializer::Kind::variance_normal, 1, 0, Initializer::Fan::in};

namespace detail {

/// Fills `q` with a row-major (rows, columns) matrix, rows >= columns, whose columns are orthonormal: normal
/// numbers, made orthonormal column by column by Gram and Schmidt's method, applied twice to be exact to
/// rounding (Giraud and others 2005). This distribution is uniform over all such matrices, as that of a QR
/// decomposition with positive diagonal.
inline void fill_orthonormal(std::span<double> q, std::size_t rows, std::size_t columns, Random& random) {
  const auto at = [&](std::size_t row, std::size_t column) -> double& { return q[row * columns + column]; };
  const auto dot = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t row = 0; row < rows; ++row) sum += at(row, a) * at(row, b);
    return sum;
  };
  for (std::size_t column = 0; column < columns; ++column) {
    for (std::size_t row = 0; row < rows; ++row) at(row, column) = random.normal();
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t before = 0; before < column; ++before) {
        const double along = dot(column, before);
        for (std::size_t row = 0; row < rows; ++row) at(row, column) -= along * at(row, before);
      }
    }
    const double length = std::sqrt(dot(column, column));
    for (std::size_t row = 0; row < rows; ++row) at(row, column) /= length;
  }
}

template <Scalar T>
void fill_orthogonal(std::span<T> values, std::size_t rows, std::size_t columns, double gain, Random& random) {
  const bool tall = rows >= columns;
  const std::size_t longer = tall ? rows : columns, shorter = tall ? columns : rows;
  std::vector<double> q(longer * shorter);
  fill_orthonormal(q, longer, shorter, random);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      const double value = tall ? q[row * shorter + column] : q[column * shorter + row];
      values[row * columns + column] = static_cast<T>(gain * value);
    }
  }
}

template <Scalar T>
void draw_values(Initializer how, std::span<T> values, std::size_t rows, std::size_t columns, Random& random) {
  using enum Initializer::Kind;
  const auto fill = [&](auto draw) {
    for (T& value : values) value = static_cast<T>(draw());
  };
  const auto variance = [&] {
    const auto inputs = static_cast<double>(rows), outputs = static_cast<double>(columns);
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
    case orthogonal: return fill_orthogonal(values, rows, columns, how.a, random);
  }
}

/// Overwrites `values`, row-major of extents (rows, columns); a vector has one row. The formulas are those of Keras 3.
template <Scalar T>
void initialize(Initializer how, std::span<T> values, std::size_t rows, std::size_t columns, Random& random) {
  draw_values(how, values, rows, columns, random);
  if (!how.unit_forget) return;
  for (std::size_t row = 0; row < rows; ++row) {
    for (T& value : values.subspan(row * columns + columns / 4, columns / 4)) value += 1;
  }
}

}  // namespace detail

}  // namespace rnnts::inline RNNTS_ABI
