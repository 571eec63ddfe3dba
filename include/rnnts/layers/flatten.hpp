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
                  "Flatten needs to know the number of steps: write Input<features, steps>, as in Input<1, 20>, or "
                  "Input<dynamic, dynamic> and Input(1, 20).");

    using scalar = T;
    using Parameters = Nothing;
    using Tape = Nothing;
    using Workspace = Nothing;

    static constexpr std::string_view name = "flatten";
    static constexpr std::size_t I = Input.features;
    static constexpr std::size_t N = I == dynamic || Input.steps == dynamic ? dynamic : Input.steps * I;
    static constexpr Shape input = Input, output = vector_shape(N);

    static std::size_t output_features(const Parameters&, const Shape& in) { return in.steps * in.features; }

    static void forward(const Parameters&, Sequence<const T, I> x, Tape&, Sequence<T, N> y) {
      for (std::size_t t = 0; t < x.steps; ++t) {
        for (std::size_t b = 0; b < x.batch; ++b) std::ranges::copy(x[t].row(b), y[0][b] + t * x.width);
      }
    }

    static void backward(const Parameters&, Sequence<const T, I>, const Tape&, Sequence<const T, N>,
                         Sequence<const T, N> dy, Workspace&, Parameters&, Sequence<T, I> dx) {
      if (dx.empty()) return;
      for (std::size_t t = 0; t < dx.steps; ++t) {
        for (std::size_t b = 0; b < dx.batch; ++b)
          std::copy_n(dy[0][b] + t * dx.width, std::size_t{dx.width}, dx[t][b]);
      }
    }
  };
};

}  // namespace rnnts::inline RNNTS_ABI
