// LastSteps: of a sequence its last steps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "rnnts/core/error.hpp"
#include "rnnts/core/sliding.hpp"
#include "rnnts/layers/layer.hpp"

namespace rnnts::inline RNNTS_ABI {

/// y[t] = x[T-Steps+t], with T the length of each sample.   x: (T,B,I)   y: (Steps,B,I)
template <std::size_t Steps> struct LastSteps {
  static_assert(Steps > 0, "LastSteps<0> gives no sequence: the number of steps must be at least 1.");

  template <Scalar T, Shape Input> struct Layer {
    static_assert(Input.is_sequence,
                  "LastSteps needs a sequence, but the layer before it gives a vector: set its return_sequences.");
    static_assert(detail::fits_into(Input, Steps),
                  "LastSteps: the sequence is shorter than the number of its last steps that are asked for.");

    using scalar = T;
    using Parameters = Nothing;
    using Tape = Nothing;
    using Workspace = Nothing;

    static constexpr std::string_view name = "last_steps";
    static constexpr std::size_t I = Input.features;
    /// (Where the program chooses the steps of the input, it is told of too few of them when a model is made.)
    static constexpr Shape input = Input, output = sequence_shape(Input.steps == dynamic ? dynamic : Steps, I);

    static std::string config() { return detail::sentence("steps ", Steps); }

    /// Throws ShapeError if there are fewer.
    static constexpr std::size_t output_steps(std::size_t steps) {
      detail::require_steps(name, steps, Steps);
      return Steps;
    }

    static void forward(const Parameters&, Sequence<const T, I> x, Tape&, Sequence<T, I> y) {
      for (std::size_t t = 0; t < Steps; ++t) {
        for (std::size_t b = 0; b < x.batch; ++b) std::ranges::copy(x[x.length(b) - Steps + t].row(b), y[t][b]);
      }
    }

    static void backward(const Parameters&, Sequence<const T, I> x, const Tape&, Sequence<const T, I>,
                         Sequence<const T, I> dy, Workspace&, Parameters&, Sequence<T, I> dx) {
      if (dx.empty()) return;
      std::ranges::fill(dx.rows(), T(0));
      for (std::size_t t = 0; t < Steps; ++t) {
        for (std::size_t b = 0; b < x.batch; ++b) std::ranges::copy(dy[t].row(b), dx[x.length(b) - Steps + t][b]);
      }
    }
  };
};

}  // namespace rnnts::inline RNNTS_ABI
