// LayerNormalization: the features of every step get mean 0 and variance 1, then a scale and a shift that are learnt.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "rnnts/core/error.hpp"
#include "rnnts/core/loops.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/tensor/tensor.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI {

struct LayerNormalizationOptions {
  double epsilon = 1e-3;  ///< is added to the variance
  bool center = true;     ///< with beta
  bool scale = true;      ///< with gamma
  Initializer beta_initializer = zeros;
  Initializer gamma_initializer = ones;
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
};

/// n = (x - mean(x)) / sqrt(var(x) + epsilon), y = gamma ⊙ n + beta, with mean and variance over the features of one
/// step of one sample (Ba, Kiros and Hinton 2016, arXiv:1607.06450).
///
/// x, n, y: (T,B,I)   gamma, beta: (I); for vectors T is 1.
template <LayerNormalizationOptions options = LayerNormalizationOptions{}> struct LayerNormalization {
  static_assert(options.epsilon > 0, "The epsilon of LayerNormalization must be above 0.");

  template <Scalar T, Shape Input> struct Layer {
    using scalar = T;
    using State = Nothing;
    using Workspace = Nothing;

    static constexpr std::string_view name = "layer_normalization";
    static constexpr std::size_t I = Input.features;
    static constexpr Shape input = Input, output = Input;

    static std::string config() { return detail::sentence("epsilon ", options.epsilon); }

    struct Parameters {
      Tensor<T, options.scale ? I : 0> gamma;
      Tensor<T, options.center ? I : 0> beta;

      static constexpr auto fields() {
        constexpr auto chosen = options;  // clang 19 crashes on members of a template argument here
        return std::tuple{Field{"gamma", &Parameters::gamma, chosen.gamma_initializer, chosen.gamma_regularizer},
                          Field{"beta", &Parameters::beta, chosen.beta_initializer, chosen.beta_regularizer}};
      }
    };

    static void resize(Parameters& p, const LayerNormalization&, const Shape& in) {
      p.gamma.resize(in.features);
      p.beta.resize(in.features);
    }
    static LayerNormalization specification(const Parameters&) { return {}; }

    struct Tape {
      SequenceBuffer<T, I> n;               ///< (T,B,I)
      SequenceBuffer<T, 1> inverse_stddev;  ///< 1 / sqrt(var(x) + epsilon), (T,B,1)
    };

    static void forward(const Parameters& p, Sequence<const T, I> x, Tape& tape, Sequence<T, I> y) {
      const auto n = tape.n.resize_as(x).rows();
      const auto inverse_stddev = tape.inverse_stddev.resize(x.steps, x.batch).rows();
      for (std::size_t row = 0; row < n.count; ++row) {
        *inverse_stddev[row] = normalize(x.width, x.rows()[row], n[row]);
        scale_and_shift(p, x.width, n[row], y.rows()[row]);
      }
    }

    static void backward(const Parameters& p, Sequence<const T, I> x, const Tape& tape, Sequence<const T, I>,
                         Sequence<const T, I> dy, Workspace&, Parameters& dp, Sequence<T, I> dx) {
      const auto n = tape.n.view().rows();
      const auto inverse_stddev = tape.inverse_stddev.view().rows();
      for (std::size_t row = 0; row < x.rows().count; ++row) {
        add_weight_gradients(n[row], dy.rows()[row], dp);
        if (!dx.empty()) normalize_backward(p, dx.width, n[row], *inverse_stddev[row], dy.rows()[row], dx.rows()[row]);
      }
    }

    /// One vector, without an allocation.   x, y: (I)
    static void step(const Parameters& p, std::span<const T, I> x, State&, std::span<T, I> y) noexcept {
      normalize(x.size(), x.data(), y.data());
      scale_and_shift(p, x.size(), y.data(), y.data());
    }

   private:
    /// n from x, of I numbers each; returns 1 / sqrt(var(x) + epsilon).
    static T normalize(detail::Extent<I> size, const T* x, T* n) noexcept {
      const T count = static_cast<T>(size);
      T sum = 0, squares = 0;
      for (std::size_t i = 0; i < size; ++i) sum += x[i];
      const T mean = sum / count;
      for (std::size_t i = 0; i < size; ++i) squares += (x[i] - mean) * (x[i] - mean);
      const T inverse_stddev = 1 / std::sqrt(squares / count + T(options.epsilon));
      for (std::size_t i = 0; i < size; ++i) n[i] = (x[i] - mean) * inverse_stddev;
      return inverse_stddev;
    }

    /// dn = dy ⊙ gamma, dx = (dn - mean(dn) - n mean(dn ⊙ n)) / sqrt(var(x) + epsilon)
    static void normalize_backward(const Parameters& p, detail::Extent<I> size, const T* n, T inverse_stddev,
                                   const T* dy, T* dx) {
      const T count = static_cast<T>(size);
      T mean = 0, mean_with_n = 0;
      for (std::size_t i = 0; i < size; ++i) {
        dx[i] = dy[i] * gamma(p, i);
        mean += dx[i] / count;
        mean_with_n += dx[i] * n[i] / count;
      }
      for (std::size_t i = 0; i < size; ++i) dx[i] = (dx[i] - mean - n[i] * mean_with_n) * inverse_stddev;
    }

    /// y = gamma ⊙ n + beta; y may be n.
    static void scale_and_shift(const Parameters& p, detail::Extent<I> size, const T* n, T* y) noexcept {
      for (std::size_t i = 0; i < size; ++i) y[i] = gamma(p, i) * n[i] + (options.center ? p.beta.data()[i] : T(0));
    }

    static void add_weight_gradients(const T* n, const T* dy, Parameters& dp) {
      for (std::size_t i = 0; i < dp.gamma.size(); ++i) dp.gamma.data()[i] += dy[i] * n[i];
      for (std::size_t i = 0; i < dp.beta.size(); ++i) dp.beta.data()[i] += dy[i];
    }

    static T gamma(const Parameters& p, std::size_t i) noexcept { return options.scale ? p.gamma.data()[i] : T(1); }
  };
};

}  // namespace rnnts::inline RNNTS_ABI

RNNTS_LOOPS_END
