// GlobalMaxPooling1D: the largest value of all steps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "rnnts/kernels/pooling.hpp"
#include "rnnts/layers/layer.hpp"

namespace rnnts::inline RNNTS_ABI {

/// y = max of x[t] over the steps of each sample, for every feature. The gradient goes to the first step that has the
/// maximum.   x: (T,B,I)   y: (1,B,I)
struct GlobalMaxPooling1D {
  template <Scalar T, Shape Input> struct Layer {
    static_assert(Input.is_sequence,
                  "GlobalMaxPooling1D needs a sequence, but the layer before it gives a vector: set its "
                  "return_sequences.");

    using scalar = T;
    using Parameters = Nothing;
    using Tape = Nothing;
    using Workspace = Nothing;

    static constexpr std::string_view name = "global_max_pooling1d";
    static constexpr std::size_t I = Input.features;
    static constexpr Shape input = Input, output = vector_shape(I);

    static void forward(const Parameters&, Sequence<const T, I> x, Tape&, Sequence<T, I> y) {
      for (std::size_t b = 0; b < x.batch; ++b) detail::maximum_of_steps(x, b, 0, x.length(b), y[0].row(b));
    }

    static void backward(const Parameters&, Sequence<const T, I> x, const Tape&, Sequence<const T, I>,
                         Sequence<const T, I> dy, Workspace&, Parameters&, Sequence<T, I> dx) {
      if (dx.empty()) return;
      std::ranges::fill(dx.rows(), T(0));
      for (std::size_t b = 0; b < x.batch; ++b) {
        detail::maximum_of_steps_backward(x, dy[0].row(b), b, 0, x.length(b), dx);
      }
    }
  };
};

}  // namespace rnnts::inline RNNTS_ABI
