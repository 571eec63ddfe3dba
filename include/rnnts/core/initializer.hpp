// Initial values of weights: Keras' initializers, by Keras' names.
#pragma once

#include <cstddef>

#include "rnnts/core/abi.hpp"

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
  std::size_t outputs_per_column = 1;
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

/// An initializer of a kernel (K,I,F), which is taken for a matrix (K I,F): a number of the input reaches K F outputs,
/// by which Keras divides.
constexpr Initializer of_convolution(Initializer initializer, std::size_t K) {
  initializer.outputs_per_column = K;
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

}  // namespace rnnts::inline RNNTS_ABI
