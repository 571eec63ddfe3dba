// LastSteps: of a sequence its last steps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>

#include "rnnts/core/error.hpp"
#include "rnnts/core/sliding.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/sizes.hpp"

namespace rnnts::inline RNNTS_ABI {

/// y[t] = x[T-Steps+t], with T the length of each sample.   x: (T,B,I)   y: (Steps,B,I)
template <std::size_t Steps = dynamic> struct LastSteps {
  static_assert(Steps > 0, "LastSteps<0> gives no sequence: the number of steps must be at least 1.");

  [[no_unique_address]] detail::Extent<Steps> steps;  ///< which the program may choose: `LastSteps(24)`

  constexpr LastSteps()
    requires(Steps != dynamic)
  = default;
  constexpr explicit LastSteps(std::size_t chosen)
    requires(Steps == dynamic)
      : steps(chosen) {}

  template <Scalar T, Shape Input> struct Layer {
    static_assert(Input.is_sequence,
                  "LastSteps needs a sequence, but the layer before it gives a vector: set its return_sequences.");
    static_assert(Steps == dynamic || detail::fits_into(Input, Steps),
                  "LastSteps: the sequence is shorter than the number of its last steps that are asked for.");

    using scalar = T;
    using Tape = Nothing;
    using Workspace = Nothing;

    static constexpr std::string_view name = "last_steps";
    static constexpr std::size_t I = Input.features;
    /// (Where the program chooses the steps of the input, it is told of too few of them when a model is made.)
    static constexpr Shape input = Input, output = sequence_shape(Input.steps == dynamic ? dynamic : Steps, I);

    /// No weights, but the number of steps.
    struct Parameters {
      [[no_unique_address]] detail::Extent<Steps> steps = 0;

      static constexpr auto fields() { return std::tuple{}; }
    };

    static void resize(Parameters& p, const LastSteps& layer, const Shape&) { p.steps = layer.steps; }
    static LastSteps specification(const Parameters& p) { return detail::of_units<LastSteps, Steps>(p.steps); }

    static std::string config(const Parameters& p, const Shape&) {
      return detail::sentence("steps ", std::size_t{p.steps});
    }

    /// Throws ShapeError if there are fewer. Of `any_steps` there may be enough.
    static constexpr std::size_t output_steps(const Parameters& p, std::size_t steps) {
      if (steps != any_steps) detail::require_steps(name, steps, p.steps);
      return p.steps;
    }

    static void forward(const Parameters& p, Sequence<const T, I> x, Tape&, Sequence<T, I> y) {
      for (std::size_t t = 0; t < p.steps; ++t) {
        for (std::size_t b = 0; b < x.batch; ++b) std::ranges::copy(x[x.length(b) - p.steps + t].row(b), y[t][b]);
      }
    }

    static void backward(const Parameters& p, Sequence<const T, I> x, const Tape&, Sequence<const T, I>,
                         Sequence<const T, I> dy, Workspace&, Parameters&, Sequence<T, I> dx) {
      if (dx.empty()) return;
      std::ranges::fill(dx.rows(), T(0));
      for (std::size_t t = 0; t < p.steps; ++t) {
        for (std::size_t b = 0; b < x.batch; ++b) std::ranges::copy(dy[t].row(b), dx[x.length(b) - p.steps + t][b]);
      }
    }
  };
};

LastSteps(std::size_t) -> LastSteps<>;

}  // namespace rnnts::inline RNNTS_ABI
