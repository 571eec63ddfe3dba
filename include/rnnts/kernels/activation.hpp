// Activations and their derivatives: Keras' functions, by Keras' names and definitions.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <numbers>
#include <string_view>
#include <type_traits>

#include "rnnts/core/loops.hpp"
#include "rnnts/kernels/elementary.hpp"
#include "rnnts/kernels/loop.hpp"
#include "rnnts/tensor/view.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI {

/// A function of one number: `value(x)` is y, and `slope(x, y)` is dy/dx at that point.
///
/// Where `needs_input` is true, layers keep x for the backward pass; otherwise they keep y alone, and the `x`
/// that `slope` is given is meaningless.
template <class A>
concept ElementwiseActivation = requires(double x) {
  { A::name } -> std::convertible_to<std::string_view>;
  { A::needs_input } -> std::convertible_to<bool>;
  { A::value(x) } -> std::same_as<double>;
  { A::slope(x, x) } -> std::same_as<double>;
};

/// A function of a whole row of features, as softmax: `forward` of `size` numbers x to y (which may be the
/// same memory), and `backward` from y and dL/dy to dL/dx (which may be the memory of dL/dy).
template <class A>
concept RowActivation = requires(const double* in, double* out, std::size_t size) {
  { A::name } -> std::convertible_to<std::string_view>;
  A::forward(in, out, size);
  A::backward(in, in, out, size);
};

template <class A>
concept Activation = ElementwiseActivation<A> || RowActivation<A>;

struct Linear {
  static constexpr std::string_view name = "linear";
  static constexpr bool needs_input = false;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) { return x; }
  template <Scalar T> [[gnu::always_inline]] static T slope(T, T) { return 1; }
};

struct Tanh {
  static constexpr std::string_view name = "tanh";
  static constexpr bool needs_input = false;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) { return detail::elementary::tanh(x); }
  template <Scalar T> [[gnu::always_inline]] static T slope(T, T y) { return 1 - y * y; }
};

struct Sigmoid {
  static constexpr std::string_view name = "sigmoid";
  static constexpr bool needs_input = false;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) { return detail::elementary::sigmoid(x); }
  template <Scalar T> [[gnu::always_inline]] static T slope(T, T y) { return y * (1 - y); }
};

/// Tanh within 7e-5, where it is the time of a single step that counts, as in audio: odd, within [-1, 1], 0 at 0, and
/// rising but for the rounding of its last digits. The slope is that of tanh with this output.
struct FastTanh {
  static constexpr std::string_view name = "fast_tanh";
  static constexpr bool needs_input = false;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) { return detail::elementary::fast_tanh(x); }
  template <Scalar T> [[gnu::always_inline]] static T slope(T, T y) { return 1 - y * y; }
};

/// Sigmoid within 3.5e-5, 1/2 + FastTanh(x/2) / 2; likewise.
struct FastSigmoid {
  static constexpr std::string_view name = "fast_sigmoid";
  static constexpr bool needs_input = false;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) {
    return T(0.5) + T(0.5) * detail::elementary::fast_tanh(T(0.5) * x);
  }
  template <Scalar T> [[gnu::always_inline]] static T slope(T, T y) { return y * (1 - y); }
};

/// max(x, 0), with slope 0 at 0.
struct ReLU {
  static constexpr std::string_view name = "relu";
  static constexpr bool needs_input = false;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) { return detail::select(x < 0, T(0), x); }
  template <Scalar T> [[gnu::always_inline]] static T slope(T, T y) { return detail::select(y > 0, T(1), T(0)); }
};

/// x, or 0.2 x where x is negative.
struct LeakyReLU {
  static constexpr std::string_view name = "leaky_relu";
  static constexpr bool needs_input = false;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) { return detail::select(x < 0, T(0.2) * x, x); }
  template <Scalar T> [[gnu::always_inline]] static T slope(T, T y) { return detail::select(y > 0, T(1), T(0.2)); }
};

/// log(1 + e^x).
struct Softplus {
  static constexpr std::string_view name = "softplus";
  static constexpr bool needs_input = true;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) {
    return ReLU::value(x) + std::log1p(detail::elementary::exp(-std::abs(x)));
  }
  template <Scalar T> [[gnu::always_inline]] static T slope(T x, T) { return detail::elementary::sigmoid(x); }
};

/// x, or e^x - 1 where x is negative (Clevert, Unterthiner and Hochreiter 2015, arXiv:1511.07289).
struct ELU {
  static constexpr std::string_view name = "elu";
  static constexpr bool needs_input = false;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) { return x < 0 ? std::expm1(x) : x; }
  template <Scalar T> [[gnu::always_inline]] static T slope(T, T y) { return detail::select(y < 0, y + 1, T(1)); }
};

/// A scaled ELU that keeps mean 0 and variance 1 (Klambauer and others 2017, arXiv:1706.02515).
struct SELU {
  static constexpr std::string_view name = "selu";
  static constexpr bool needs_input = false;
  static constexpr double alpha = 1.6732632423543772848, scale = 1.0507009873554804934;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) {
    return T(scale) * (x < 0 ? T(alpha) * std::expm1(x) : x);
  }
  template <Scalar T> [[gnu::always_inline]] static T slope(T, T y) {
    return detail::select(y < 0, y + T(scale * alpha), T(scale));
  }
};

/// x sigmoid(x), also called swish (Ramachandran, Zoph and Le 2017, arXiv:1710.05941).
struct SiLU {
  static constexpr std::string_view name = "silu";
  static constexpr bool needs_input = true;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) { return x * detail::elementary::sigmoid(x); }
  template <Scalar T> [[gnu::always_inline]] static T slope(T x, T) {
    const T s = detail::elementary::sigmoid(x);
    return s * (1 + x * (1 - s));
  }
};

/// x times the normal distribution function (Hendrycks and Gimpel 2016, arXiv:1606.08415), not its
/// approximation by tanh.
struct GELU {
  static constexpr std::string_view name = "gelu";
  static constexpr bool needs_input = true;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) { return x * cumulative(x); }
  template <Scalar T> [[gnu::always_inline]] static T slope(T x, T) {
    const T density = detail::elementary::exp(-x * x / 2) * T(std::numbers::inv_sqrtpi / std::numbers::sqrt2);
    return cumulative(x) + x * density;
  }
  template <Scalar T> [[gnu::always_inline]] static T cumulative(T x) {
    return std::erfc(-x / T(std::numbers::sqrt2)) / 2;
  }
};

/// x / (1 + |x|).
struct Softsign {
  static constexpr std::string_view name = "softsign";
  static constexpr bool needs_input = false;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) { return x / (1 + std::abs(x)); }
  template <Scalar T> [[gnu::always_inline]] static T slope(T, T y) { return (1 - std::abs(y)) * (1 - std::abs(y)); }
};

/// x / 6 + 1/2 within [0, 1], as in Keras 3; Keras 2 had x / 5 + 1/2.
struct HardSigmoid {
  static constexpr std::string_view name = "hard_sigmoid";
  static constexpr bool needs_input = false;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) { return detail::clamp(x / 6 + T(0.5), T(0), T(1)); }
  template <Scalar T> [[gnu::always_inline]] static T slope(T, T y) {
    return detail::select(y > 0 && y < 1, T(1) / 6, T(0));
  }
};

/// e^x.
struct Exponential {
  static constexpr std::string_view name = "exponential";
  static constexpr bool needs_input = false;
  template <Scalar T> [[gnu::always_inline]] static T value(T x) { return detail::elementary::exp(x); }
  template <Scalar T> [[gnu::always_inline]] static T slope(T, T y) { return y; }
};

/// e^x[i] / sum of e^x[j] over the features of a row.
struct Softmax {
  static constexpr std::string_view name = "softmax";

  template <Scalar T> static void forward(const T* x, T* y, std::size_t size) {
    T largest = x[0], sum = 0;
    for (std::size_t i = 1; i < size; ++i) largest = x[i] > largest ? x[i] : largest;
    for (std::size_t i = 0; i < size; ++i) sum += y[i] = detail::elementary::exp(x[i] - largest);
    for (std::size_t i = 0; i < size; ++i) y[i] /= sum;
  }

  /// dx[i] = y[i] (dy[i] - sum of y[j] dy[j])
  template <Scalar T> static void backward(const T* y, const T* dy, T* dx, std::size_t size) {
    T mean = 0;
    for (std::size_t i = 0; i < size; ++i) mean += y[i] * dy[i];
    for (std::size_t i = 0; i < size; ++i) dx[i] = y[i] * (dy[i] - mean);
  }
};

namespace detail {

/// Whether a layer must keep the input of the activation beside its output.
template <Activation A> inline constexpr bool activation_needs_input = false;
template <ElementwiseActivation A> inline constexpr bool activation_needs_input<A> = A::needs_input;

/// y = A(x), row by row; y may be x.
template <Activation A, Scalar T, std::size_t N> void activate(std::type_identity_t<Rows<const T, N>> x, Rows<T, N> y) {
  if (std::is_same_v<A, Linear> && x.data == y.data) return;  // what is there already
  if constexpr (ElementwiseActivation<A>) {
    for_each_number(y.size(), [&](std::size_t i) { y.data[i] = A::value(x.data[i]); });
  } else {
    for (std::size_t row = 0; row < y.count; ++row) A::forward(x[row], y[row], y.width);
  }
}

/// dx = dy A'(x), where y = A(x); dx may be dy. `x` may be empty unless the activation needs its input.
template <Activation A, Scalar T, std::size_t N>
void activate_backward(std::type_identity_t<Rows<const T, N>> x, std::type_identity_t<Rows<const T, N>> y,
                       std::type_identity_t<Rows<const T, N>> dy, Rows<T, N> dx) {
  if constexpr (ElementwiseActivation<A>) {
    for_each_number(dx.size(), [&](std::size_t i) {
      dx.data[i] = dy.data[i] * A::slope(A::needs_input ? x.data[i] : T(0), y.data[i]);
    });
  } else {
    for (std::size_t row = 0; row < dx.count; ++row) A::backward(y[row], dy[row], dx[row], dx.width);
  }
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI

RNNTS_LOOPS_END
