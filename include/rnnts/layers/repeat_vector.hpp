// RepeatVector: a sequence whose steps are all the same vector.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/layers/layer.hpp"

namespace rnnts::inline RNNTS_ABI {

/// y[t] = x for t = 0, …, Steps - 1.   x: (1,B,I)   y: (Steps,B,I)
template <std::size_t Steps> struct RepeatVector {
  static_assert(Steps > 0, "RepeatVector<0> gives no sequence: the number of steps must be at least 1.");

  template <Scalar T, Shape Input> struct Layer {
    static_assert(!Input.is_sequence,
                  "RepeatVector needs a vector, but the layer before it gives a sequence: leave out its "
                  "return_sequences, or write LastStep between them.");

    using scalar = T;
    using Parameters = Nothing;
    using Tape = Nothing;
    using Workspace = Nothing;

    static constexpr std::string_view name = "repeat_vector";
    static constexpr std::size_t I = Input.features;
    static constexpr Shape input = Input, output = sequence_shape(Steps, I);

    static constexpr std::size_t output_steps(std::size_t) { return Steps; }

    static std::string config() { return detail::sentence("steps ", Steps); }

    static void forward(const Parameters&, Sequence<const T, I> x, Tape&, Sequence<T, I> y) {
      for (std::size_t t = 0; t < Steps; ++t) std::ranges::copy(x[0], y[t].data);
    }

    static void backward(const Parameters&, Sequence<const T, I>, const Tape&, Sequence<const T, I>,
                         Sequence<const T, I> dy, Workspace&, Parameters&, Sequence<T, I> dx) {
      if (dx.empty()) return;
      std::ranges::copy(dy[0], dx.data);
      for (std::size_t t = 1; t < Steps; ++t) detail::add(dy[t], dx[0]);
    }
  };
};

}  // namespace rnnts::inline RNNTS_ABI
