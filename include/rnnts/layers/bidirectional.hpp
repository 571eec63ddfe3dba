// Bidirectional: one layer reads the sequence forwards, another of the same kind backwards.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>

#include "rnnts/core/loops.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/recurrent.hpp"
#include "rnnts/layers/sizes.hpp"
#include "rnnts/layers/stack.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI {

/// How the two outputs of Bidirectional become one: side by side, or added, multiplied or averaged number by number.
enum class Merge { concat, sum, mul, ave };

/// y = merge(forward layer of x, backward layer of x reversed in time). Where the layers give sequences, that of the
/// backward layer is turned round again, so that both outputs of a step have seen that step last. Each sample is
/// reversed within its own length.
///
/// x: (T,B,I)   y: (T,B,2N) with concat, else (T,B,N)   `Specification` is a recurrent layer, as LSTM<8> (Schuster and
/// Paliwal 1997)
template <class Specification, Merge merge = Merge::concat> struct Bidirectional {
  [[no_unique_address]] Specification layer;  ///< whose units the program may choose: `Bidirectional(LSTM(8))`

  constexpr Bidirectional() = default;
  constexpr explicit Bidirectional(const Specification& given) : layer(given) {}

  template <Scalar T, Shape Input> struct Layer {
    static_assert(Input.is_sequence,
                  "Bidirectional needs a sequence, but the layer before it gives a vector: set its return_sequences.");

    using Wrapped = typename Specification::template Layer<T, Input>;
    using scalar = T;

    static constexpr std::string_view name = "bidirectional";
    static constexpr std::size_t I = Input.features, N = Wrapped::output.features;
    static constexpr std::size_t Merged = detail::times<(merge == Merge::concat ? 2 : 1), N>;
    static constexpr Shape input = Input;
    static constexpr Shape output = {
        .features = Merged, .steps = Wrapped::output.steps, .is_sequence = Wrapped::output.is_sequence};

    struct Parameters {
      typename Wrapped::Parameters forward, backward;

      static constexpr auto fields() { return fields_of_both<Parameters>(); }
    };

    static std::string config(const Parameters& p, const Shape& in) {
      constexpr std::array names{"concat", "sum", "mul", "ave"};
      return detail::sentence("merge ", names[static_cast<std::size_t>(merge)], " ",
                              detail::in_brackets({detail::layer_text<Wrapped>(0, p.forward, in)}));
    }

    static void resize(Parameters& p, const Bidirectional& both, const Shape& in) {
      detail::resize_layer<Wrapped>(p.forward, both.layer, in, 0);
      detail::resize_layer<Wrapped>(p.backward, both.layer, in, 0);
    }
    static Bidirectional specification(const Parameters& p) {
      return Bidirectional(detail::specification_of<Wrapped>(p.forward));
    }
    static std::size_t output_features(const Parameters& p, const Shape& in) {
      return (merge == Merge::concat ? 2 : 1) * detail::output_features<Wrapped>(p.forward, in);
    }

    struct Tape {
      typename Wrapped::Tape forward, backward;
      SequenceBuffer<T, I> reversed;               ///< x, last step first
      SequenceBuffer<T, N> y_forward, y_backward;  ///< the two outputs, in the order of time
      SequenceBuffer<T, N> y_reversed;             ///< that of the backward layer, in its own order

      static constexpr auto fields() { return fields_of_both<Tape>(); }
    };

    struct Workspace {
      typename Wrapped::Workspace forward, backward;
      SequenceBuffer<T, N> dy_forward, dy_backward, dy_reversed;
      SequenceBuffer<T, I> dx_reversed, dx_backward;

      static constexpr auto fields() { return fields_of_both<Workspace>(); }
    };

    static void forward(const Parameters& p, Sequence<const T, I> x, Tape& tape, Sequence<T, Merged> y,
                        Random* random = nullptr) {
      const std::size_t* const lengths = Wrapped::output.is_sequence ? x.lengths : nullptr;
      const detail::Extent<N> width = detail::output_features<Wrapped>(p.forward, detail::shape_of<Wrapped>(x));
      const auto reversed = tape.reversed.resize_as(x);
      const auto y_forward = tape.y_forward.resize(y.steps, y.batch, width, lengths);
      const auto y_backward = tape.y_backward.resize_as(y_forward);
      const auto y_reversed = tape.y_reversed.resize_as(y_forward);
      detail::reverse_steps(x, reversed);
      detail::forward<Wrapped>(p.forward, x, tape.forward, y_forward, random);
      detail::forward<Wrapped>(p.backward, reversed, tape.backward, y_reversed, random);
      detail::reverse_steps<T, N>(y_reversed, y_backward);
      for (std::size_t row = 0; row < y.rows().count; ++row) {
        merge_row(width, y_forward.rows()[row], y_backward.rows()[row], y.rows()[row]);
      }
    }

    static void backward(const Parameters& p, Sequence<const T, I> x, const Tape& tape, Sequence<const T, Merged>,
                         Sequence<const T, Merged> dy, Workspace& workspace, Parameters& dp, Sequence<T, I> dx) {
      const auto y_forward = tape.y_forward.view(), y_backward = tape.y_backward.view();
      const auto dy_forward = workspace.dy_forward.resize_as(y_forward);
      const auto dy_backward = workspace.dy_backward.resize_as(y_forward);
      const auto dy_reversed = workspace.dy_reversed.resize_as(y_forward);
      for (std::size_t row = 0; row < dy.rows().count; ++row) {
        merge_row_backward(y_forward.width, y_forward.rows()[row], y_backward.rows()[row], dy.rows()[row],
                           dy_forward.rows()[row], dy_backward.rows()[row]);
      }
      detail::reverse_steps(dy_backward, dy_reversed);
      const auto dx_reversed = dx.empty() ? dx : workspace.dx_reversed.resize_as(x);
      Wrapped::backward(p.forward, x, tape.forward, y_forward, dy_forward, workspace.forward, dp.forward, dx);
      Wrapped::backward(p.backward, tape.reversed.view(), tape.backward, tape.y_reversed.view(), dy_reversed,
                        workspace.backward, dp.backward, dx_reversed);
      if (dx.empty()) return;
      const auto dx_backward = workspace.dx_backward.resize_as(x);
      detail::reverse_steps(dx_reversed, dx_backward);
      detail::add(dx_backward.rows(), dx.rows());
    }

   private:
    /// What the two layers have in a struct.
    template <class Both> static constexpr auto fields_of_both() {
      return std::tuple{Field{"forward", [](auto& both) -> auto& { return detail::named(both.forward); }},
                        Field{"backward", [](auto& both) -> auto& { return detail::named(both.backward); }}};
    }

    /// y = merge(f, b)   f, b: (N)
    static void merge_row(detail::Extent<N> width, const T* f, const T* b, T* y) {
      for (std::size_t n = 0; n < width; ++n) {
        if constexpr (merge == Merge::concat) {
          y[n] = f[n];
          y[width + n] = b[n];
        } else if constexpr (merge == Merge::sum) {
          y[n] = f[n] + b[n];
        } else if constexpr (merge == Merge::mul) {
          y[n] = f[n] * b[n];
        } else {
          y[n] = (f[n] + b[n]) / 2;
        }
      }
    }

    /// Overwrites df and db.
    static void merge_row_backward(detail::Extent<N> width, const T* f, const T* b, const T* dy, T* df, T* db) {
      for (std::size_t n = 0; n < width; ++n) {
        if constexpr (merge == Merge::concat) {
          df[n] = dy[n];
          db[n] = dy[width + n];
        } else if constexpr (merge == Merge::sum) {
          df[n] = db[n] = dy[n];
        } else if constexpr (merge == Merge::mul) {
          df[n] = dy[n] * b[n];
          db[n] = dy[n] * f[n];
        } else {
          df[n] = db[n] = dy[n] / 2;
        }
      }
    }
  };
};

template <class Specification> Bidirectional(const Specification&) -> Bidirectional<Specification>;

}  // namespace rnnts::inline RNNTS_ABI

RNNTS_LOOPS_END
