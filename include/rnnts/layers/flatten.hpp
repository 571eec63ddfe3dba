// Flatten: a sequence becomes one long vector.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "rnnts/layers/layer.hpp"

namespace rnnts::inline RNNTS_ABI {

/// y[t I + i] = x[t, i].   x: (T,B,I)   y: (1,B,T*I)
struct Flatten {
  template <Scalar T, Shape Input> struct Layer {
    static_assert(Input.is_sequence && Input.steps != any_steps,
                  "Flatten needs to know the number of steps: write Input<features, steps>, as in Input<1, 20>.");

    using scalar = T;
    using Parameters = Nothing;
    using Tape = Nothing;
    using Workspace = Nothing;

    static constexpr std::string_view name = "flatten";
    static constexpr std::size_t I = Input.features, Steps = Input.steps;
    static constexpr Shape input = Input, output = vector_shape(Steps * I);

    static void forward(const Parameters&, Sequence<const T, I> x, Tape&, Sequence<T, Steps * I> y) {
      for (std::size_t t = 0; t < Steps; ++t) {
        for (std::size_t b = 0; b < x.batch; ++b) std::copy_n(x[t][b], I, y[0][b] + t * I);
      }
    }

    static void backward(const Parameters&, Sequence<const T, I>, const Tape&, Sequence<const T, Steps * I>,
                         Sequence<const T, Steps * I> dy, Workspace&, Parameters&, Sequence<T, I> dx) {
      if (dx.empty()) return;
      for (std::size_t t = 0; t < Steps; ++t) {
        for (std::size_t b = 0; b < dx.batch; ++b) std::copy_n(dy[0][b] + t * I, I, dx[t][b]);
      }
    }
  };
};

}  // namespace rnnts::inline RNNTS_ABI
