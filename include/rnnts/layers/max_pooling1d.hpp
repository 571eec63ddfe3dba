// MaxPooling1D: maxima over a window that moves over the steps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/core/sliding.hpp"
#include "rnnts/kernels/pooling.hpp"
#include "rnnts/layers/layer.hpp"

namespace rnnts::inline RNNTS_ABI {

/// y[t] = max of x[t Strides + k] over k = 0, …, PoolSize - 1, for every feature. The gradient goes to the first step
/// that has the maximum.
///
/// x: (T,B,I)   y: (T',B,I), with T' = `output_steps(T)`; steps that do not fill a window are left out.
template <std::size_t PoolSize = 2, std::size_t Strides = PoolSize> struct MaxPooling1D {
  static_assert(PoolSize > 0 && Strides > 0, "The pool size and the strides of MaxPooling1D must be at least 1.");

  template <Scalar T, Shape Input> struct Layer {
    static_assert(Input.is_sequence,
                  "MaxPooling1D needs a sequence, but the layer before it gives a vector: set its return_sequences.");
    static_assert(detail::fits_into(Input, PoolSize),
                  "MaxPooling1D: the pool is longer than the sequence, so that there is no output.");

    using scalar = T;
    using Parameters = Nothing;
    using Tape = Nothing;
    using Workspace = Nothing;

    static constexpr std::string_view name = "max_pooling1d";
    static constexpr std::size_t I = Input.features;
    static constexpr Shape input = Input, output = detail::sliding_shape(Input, I, PoolSize, Strides);

    static std::string config() { return detail::sentence("pool_size ", PoolSize, ", strides ", Strides); }

    /// floor((steps - PoolSize) / Strides) + 1. Throws ShapeError if there are fewer steps than the pool has.
    static constexpr std::size_t output_steps(std::size_t steps) {
      return detail::sliding_steps(name, steps, PoolSize, Strides);
    }

    static void forward(const Parameters&, Sequence<const T, I> x, Tape&, Sequence<T, I> y) {
      for (std::size_t t = 0; t < y.steps; ++t) {
        for (std::size_t b = 0; b < y.batch; ++b) {
          detail::maximum_of_steps(x, b, t * Strides, PoolSize, y[t].row(b));
        }
      }
    }

    static void backward(const Parameters&, Sequence<const T, I> x, const Tape&, Sequence<const T, I>,
                         Sequence<const T, I> dy, Workspace&, Parameters&, Sequence<T, I> dx) {
      if (dx.empty()) return;
      std::ranges::fill(dx.rows(), T(0));
      for (std::size_t t = 0; t < dy.steps; ++t) {
        for (std::size_t b = 0; b < dy.batch; ++b) {
          detail::maximum_of_steps_backward(x, dy[t].row(b), b, t * Strides, PoolSize, dx);
        }
      }
    }
  };
};

}  // namespace rnnts::inline RNNTS_ABI
