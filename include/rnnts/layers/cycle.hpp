// Cycle: layers that see a series without its cycle, a table that is learned with them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>

#include "rnnts/core/error.hpp"
#include "rnnts/core/extent.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/initializer.hpp"
#include "rnnts/core/table_row.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/sizes.hpp"
#include "rnnts/layers/stack.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace rnnts::inline RNNTS_ABI {

/// The sizes of a `Cycle`, of which the program may choose the first two when it runs.
struct Period {
  std::size_t steps = 24;     ///< W, after which it begins again
  std::size_t series = 1;     ///< S, each with a cycle of its own
  std::size_t quantiles = 1;  ///< Q, outputs for each step of the horizon; all of them get the cycle
};

/// The steps and series of `Cycle(Period{.steps = 24}, GRU(8), Dense(96))`.
inline constexpr Period chosen_period{.steps = dynamic, .series = dynamic};

/// Subtracts a learned cycle C from a window, and adds it to what the layers forecast (CycleNet: Lin and others 2024,
/// arXiv:2409.18479):
///
///     z[t,k] = x[t,k] - C[s, (w[t] + k) mod W]                         for the K = I - 1 values of step t
///     y[h,q] = layers(z)[h,q] + C[s, (w[T-1] + K + h) mod W]           for the H = N / Q steps after the window
///
/// The last input of each step is s W + w[t]: the number of the series, from 0 to S-1, and the phase of the step's
/// first value, from 0 to W-1. x: (T,B,K+1)   C: (S,W)   z: (T,B,K)   y: (1,B,N)
///
/// `forward` throws DataError if that input is no such number. The table begins with zeros, as in CycleNet.
template <Period period, class... Layers> struct Cycle : detail::LayersOf<Layers...> {
  static_assert(sizeof...(Layers) > 0,
                "Cycle has no layers: they follow its Period, as in Cycle<Period{24}, Dense<96>>.");
  static_assert(period.steps > 0 && period.series > 0 && period.quantiles > 0 && period.quantiles != dynamic,
                "The Period of a Cycle has at least 1 step, 1 series and 1 quantile, and the program cannot choose the "
                "last.");

  static constexpr bool is_chosen = period.steps == dynamic || period.series == dynamic;

  Period sizes = period;  ///< chosen where those of the type are not

  constexpr Cycle()
    requires(!is_chosen)
  = default;
  constexpr explicit Cycle(const Layers&... layers)
    requires(!is_chosen)
      : detail::LayersOf<Layers...>(layers...) {}
  constexpr explicit Cycle(const Period& chosen, const Layers&... layers)
    requires is_chosen
      : detail::LayersOf<Layers...>(layers...), sizes(chosen) {}

  template <Scalar T, Shape Input> struct Layer {
    static_assert(Input.is_sequence,
                  "Cycle needs a sequence: the windows themselves, with the phase in the last input.");
    static_assert(Input.features != 1, "Cycle needs values beside the phase, which is the last input of each step.");

    using scalar = T;

    static constexpr std::string_view name = "cycle";
    static constexpr std::size_t I = Input.features, K = I == dynamic ? dynamic : I - 1, Q = period.quantiles;
    static constexpr Shape inner_input = sequence_shape(Input.steps, K);
    using Inner = typename detail::Fold<T, inner_input, detail::Stack<>, Layers...>::type;
    static constexpr std::size_t N = Inner::output.features;
    static constexpr Shape input = Input, output = Inner::output;
    static constexpr bool is_dynamic = is_chosen || I == dynamic || Input.steps == dynamic || Inner::is_dynamic;

    static_assert(!output.is_sequence, "The layers in a Cycle end with a vector, the values after the window.");
    static_assert(N == dynamic || N % Q == 0, "The layers in a Cycle give all quantiles of each step.");

    struct Parameters {
      Tensor<T, period.series, period.steps> cycle;
      typename Inner::Parameters layers;

      static constexpr auto fields() {
        return std::tuple{Field{"cycle", &Parameters::cycle, zeros}, Field{"layers", &Parameters::layers}};
      }
    };

    struct Tape {
      SequenceBuffer<T, K> z;
      SequenceBuffer<T, N> forecast;  ///< what the layers give
      typename Inner::Tape layers;

      static constexpr auto fields() { return std::tuple{Field{"layers", &Tape::layers}}; }
    };

    struct Workspace {
      SequenceBuffer<T, K> dz;
      typename Inner::Workspace layers;

      static constexpr auto fields() { return std::tuple{Field{"layers", &Workspace::layers}}; }
    };

    /// What makes weights of these sizes.
    template <class LayersInIt> struct Specification {
      Period sizes;
      LayersInIt layers;
    };

    static Shape shape_in(Shape in) {
      in.features -= 1;
      return in;
    }

    /// Throws ArgumentError if a size is 0, or the outputs are not a multiple of the quantiles.
    static void resize(Parameters& p, const auto& specification, const Shape& in) {
      detail::check_extent(name, in.features - 1, "values beside the phase");
      p.cycle.resize(detail::check_extent(name, specification.sizes.series, "series"),
                     detail::check_extent(name, specification.sizes.steps, "steps"));
      Inner::resize(p.layers, specification, shape_in(in));
      const std::size_t outputs = output_features(p, in);
      if (outputs % Q != 0) {
        detail::raise(ArgumentError(
            detail::sentence(name, ": expected a multiple of ", Q, " quantiles of outputs, found ", outputs)));
      }
    }
    static auto specification(const Parameters& p) {
      const auto [series, steps] = p.cycle.extents();
      const auto layers = Inner::specification(p.layers);
      return Specification<decltype(Inner::specification(p.layers))>{{steps, series, Q}, layers};
    }
    static std::size_t output_features(const Parameters& p, const Shape& in) {
      return detail::output_features<Inner>(p.layers, shape_in(in));
    }

    static std::string config(const Parameters& p, const Shape& in) {
      return detail::sentence("quantiles ", Q, " ", Inner::config(p.layers, shape_in(in)));
    }

    static void forward(const Parameters& p, Sequence<const T, I> x, Tape& tape, Sequence<T, N> y,
                        Random* random = nullptr) {
      const auto z = tape.z.resize(x.steps, x.batch, x.width - 1, x.lengths);
      for (std::size_t r = 0; r < x.rows().count; ++r) {
        const T* const in = x.rows()[r];
        T* const out = z.rows()[r];
        walk(p, in[z.width], 0, z.width, [&](std::size_t k, std::size_t c) { out[k] = in[k] - p.cycle.data()[c]; });
      }
      const auto forecast = tape.forecast.resize_as(y);
      detail::forward<Inner>(p.layers, z, tape.layers, forecast, random);
      for (std::size_t b = 0; b < x.batch; ++b) {
        const T* const in = forecast[0][b];
        T* const out = y[0][b];
        walk_ahead(p, x, b, y.width, [&](std::size_t n, std::size_t c) { out[n] = in[n] + p.cycle.data()[c]; });
      }
    }

    static void backward(const Parameters& p, Sequence<const T, I> x, const Tape& tape, Sequence<const T, N>,
                         Sequence<const T, N> dy, Workspace& workspace, Parameters& dp, Sequence<T, I> dx) {
      const auto z = tape.z.view();
      const auto dz = workspace.dz.resize_as(z);
      Inner::backward(p.layers, z, tape.layers, tape.forecast.view(), dy, workspace.layers, dp.layers, dz);
      for (std::size_t b = 0; b < x.batch; ++b) {
        const T* const dout = dy[0][b];
        walk_ahead(p, x, b, dy.width, [&](std::size_t n, std::size_t c) { dp.cycle.data()[c] += dout[n]; });
      }
      for (std::size_t r = 0; r < x.rows().count; ++r) {
        const T* const dout = dz.rows()[r];
        walk(p, x.rows()[r][dz.width], 0, dz.width,
             [&](std::size_t k, std::size_t c) { dp.cycle.data()[c] -= dout[k]; });
        if (dx.empty()) continue;
        std::copy_n(dout, std::size_t{dz.width}, dx.rows()[r]);
        dx.rows()[r][dz.width] = 0;
      }
    }

   private:
    /// Calls visit(k, c) for each of `count` values from the one `after` the phase on, with its place in the table.
    static void walk(const Parameters& p, T row, std::size_t after, std::size_t count, auto visit) {
      const std::size_t steps = p.cycle.extents()[1], found = detail::table_row(name, row, p.cycle.size());
      const std::size_t first = found / steps * steps;
      std::size_t phase = (found + after) % steps;
      for (std::size_t k = 0; k < count; ++k) {
        visit(k, first + phase);
        if (++phase == steps) phase = 0;
      }
    }

    /// The same for the outputs of sample b, Q for each step after its window.
    static void walk_ahead(const Parameters& p, Sequence<const T, I> x, std::size_t b, std::size_t outputs,
                           auto visit) {
      const std::size_t values = x.width - 1;
      walk(p, x[x.length(b) - 1][b][values], values, outputs / Q, [&](std::size_t h, std::size_t c) {
        for (std::size_t n = h * Q; n < (h + 1) * Q; ++n) visit(n, c);
      });
    }
  };
};

template <class... Layers> Cycle(const Period&, const Layers&...) -> Cycle<chosen_period, Layers...>;

}  // namespace rnnts::inline RNNTS_ABI
