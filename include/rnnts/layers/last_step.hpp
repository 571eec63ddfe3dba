// LastStep: of a sequence its last step.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

#include "rnnts/layers/layer.hpp"

namespace rnnts::inline RNNTS_ABI {

/// y = x[T-1], with T the length of each sample.   x: (T,B,I)   y: (1,B,I)
struct LastStep {
  template <Scalar T, Shape Input> struct Layer {
    static_assert(Input.is_sequence, "LastStep needs a sequence, but the layer before it gives a vector.");

    using scalar = T;
    using Parameters = Nothing;
    using Tape = Nothing;
    using Workspace = Nothing;
    using State = Nothing;

    static constexpr std::string_view name = "last_step";
    static constexpr std::size_t I = Input.features;
    static constexpr Shape input = Input, output = vector_shape(I);

    static void forward(const Parameters&, Sequence<const T, I> x, Tape&, Sequence<T, I> y) {
      for (std::size_t b = 0; b < x.batch; ++b) std::ranges::copy(x[x.length(b) - 1].row(b), y[0][b]);
    }

    static void backward(const Parameters&, Sequence<const T, I> x, const Tape&, Sequence<const T, I>,
                         Sequence<const T, I> dy, Workspace&, Parameters&, Sequence<T, I> dx) {
      if (dx.empty()) return;
      std::ranges::fill(dx.rows(), T(0));
      for (std::size_t b = 0; b < x.batch; ++b) std::ranges::copy(dy[0].row(b), dx[x.length(b) - 1][b]);
    }

    /// The step at hand is the last one so far.   x, y: (I)
    static void step(const Parameters&, std::span<const T, I> x, State&, std::span<T, I> y) noexcept {
      std::ranges::copy(x, y.begin());
    }
  };
};

}  // namespace rnnts::inline RNNTS_ABI
