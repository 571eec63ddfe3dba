// LSTM: a cell that gates write to, erase and read, so that a net can remember over many steps.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "rnnts/kernels/activation.hpp"
#include "rnnts/kernels/loop.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/kernels/row_product.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/lstm_cell.hpp"
#include "rnnts/layers/lstm_lanes.hpp"
#include "rnnts/layers/recurrent.hpp"

namespace rnnts::inline RNNTS_ABI {

struct LSTMOptions {
  bool return_sequences = false;  ///< the output of every step, (T,B,N), instead of the last one, (1,B,N)
  bool go_backwards = false;      ///< reads the last step first; outputs are in the order of processing
  bool use_bias = true;
  bool unit_forget_bias = true;  ///< adds 1 to the initial bias of the forget gate (Jozefowicz and others 2015)
  double dropout = 0;            ///< rate of the inputs, and of the states on their way into the products; in training
  double recurrent_dropout = 0;  ///< alone, by one mask per sequence for all steps
  Initializer kernel_initializer = glorot_uniform;
  Initializer recurrent_initializer = orthogonal();
  Initializer bias_initializer = zeros;
  Regularizer kernel_regularizer = {};
  Regularizer recurrent_regularizer = {};
  Regularizer bias_regularizer = {};
};

/// (zi, zf, zg, zo) = x[t] W + h[t-1] U + b,   i = rec(zi)   f = rec(zf)   g = act(zg)   o = rec(zo)
/// c[t] = f c[t-1] + i g   h[t] = o act(c[t]),   h[-1] = c[-1] = 0 or given
///
/// Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and Cummins 2000; gates in Keras' order,
/// input, forget, cell, output.   x: (T,B,I)   W: (I,4N)   U: (N,4N)   b: (4N)   h, c: (T,B,N)
template <std::size_t N, class Act = Tanh, class RecurrentAct = Sigmoid, LSTMOptions options = LSTMOptions{}>
struct LSTM {
  static_assert(
      ElementwiseActivation<Act> && ElementwiseActivation<RecurrentAct>,
      "The activations of LSTM are functions of one number, as Tanh and Sigmoid are; Softmax is one of a whole row.");
  static_assert(N > 0, "LSTM<0> has no state: the number of units must be at least 1.");
  static_assert(detail::is_dropout_rate(options.dropout) && detail::is_dropout_rate(options.recurrent_dropout),
                "The dropout rates of LSTM must be at least 0 and below 1.");

  template <Scalar T, Shape Input> struct Layer {
    static_assert(Input.is_sequence,
                  "LSTM needs a sequence, but the layer before it gives a vector: set its return_sequences.");

    using scalar = T;

    static constexpr std::string_view name = "lstm";
    static constexpr std::size_t I = Input.features;
    static constexpr Shape input = Input;
    static constexpr Shape output = options.return_sequences ? sequence_shape(Input.steps, N) : vector_shape(N);

    static constexpr bool has_dropout = options.dropout > 0, has_recurrent_dropout = options.recurrent_dropout > 0;

    static std::string config() {
      return detail::sentence("activation ", Act::name, ", recurrent_activation ", RecurrentAct::name,
                              options.go_backwards ? ", go_backwards" : "");
    }

    struct Parameters {
      Tensor<T, I, 4 * N> kernel;
      Tensor<T, N, 4 * N> recurrent_kernel;
      Tensor<T, options.use_bias ? 4 * N : 0> bias;

      static constexpr auto fields() {
        constexpr auto chosen = options;  // clang 19 crashes on members of a template argument here
        return std::tuple{
            Field{"kernel", &Parameters::kernel, chosen.kernel_initializer, chosen.kernel_regularizer},
            Field{"recurrent_kernel", &Parameters::recurrent_kernel, chosen.recurrent_initializer,
                  chosen.recurrent_regularizer},
            Field{"bias", &Parameters::bias,
                  chosen.unit_forget_bias ? detail::unit_forget(chosen.bias_initializer) : chosen.bias_initializer,
                  chosen.bias_regularizer}};
      }
    };

    /// How narrow layers run, whose samples stand in the lanes of registers.
    using Lanes = detail::LSTMLanes<T, I, N, Act, RecurrentAct, options.return_sequences>;

    struct Tape {
      BoundaryState<T, N> h_ends, c_ends;
      SequenceBuffer<T, N> h;          ///< the outputs, (T,B,N), unless they are the layer's output
      SequenceBuffer<T, N> c;          ///< the cells, (T,B,N)
      SequenceBuffer<T, N> act_c;      ///< act(c), (T,B,N)
      SequenceBuffer<T, 4 * N> gates;  ///< i, f, g, o, (T,B,4N)
      SequenceBuffer<T, 4 * N> z;      ///< what goes into the gates' activations, where their derivatives need that
      detail::RecurrentInput<options.go_backwards, has_dropout, T, I> x;
      detail::StateDropout<has_recurrent_dropout, T, N> dropout;
      Lanes::Tape lanes;

      static constexpr auto fields() { return std::tuple{Field{"h", &Tape::h_ends}, Field{"c", &Tape::c_ends}}; }
    };

    struct Workspace {
      SequenceBuffer<T, N> dh,
          dc;  ///< of the step at hand; in the end by the initial states, empty where there is none
      SequenceBuffer<T, N> dropped;  ///< scratch of the dropout
      SequenceBuffer<T, 4 * N> dz;
      Tensor<T, 4 * N, N> recurrent_kernel_transposed;
      detail::InputGradient<options.go_backwards, T, I, 4 * N> input_gradient;
      Lanes::Workspace lanes;

      static constexpr auto fields() { return std::tuple{Field{"h", &Workspace::dh}, Field{"c", &Workspace::dc}}; }
    };

    struct State {
      Tensor<T, N> h, c;
      Tensor<T, 4 * N> gates;  ///< scratch
      [[no_unique_address]] detail::RowOrder<N * 4 * N * sizeof(T)> order;

      static constexpr auto fields() { return std::tuple{Field{"h", &State::h}, Field{"c", &State::c}}; }
    };

    static void forward(const Parameters& p, Sequence<const T, I> x, Tape& tape, Sequence<T, N> y,
                        Random* random = nullptr) {
      tape.h_ends.begin(x.batch);
      tape.c_ends.begin(x.batch);
      const auto in = tape.x.forward(x, options.dropout, random);
      tape.dropout.begin(options.recurrent_dropout, x.steps, x.batch, random);
      if constexpr (may_run_in_lanes) {
        if (detail::fits_lanes(x, tape.h_ends, tape.c_ends)) {
          Lanes::forward(p, in, tape.lanes, y);
          tape.lanes.c.copy_to(tape.c_ends.last.resize(1, x.batch));
          return tape.h_ends.keep_last(y[y.steps - 1]);
        }
      }
      const auto h = options.return_sequences ? y : tape.h.resize(x.steps, x.batch);
      const auto c = tape.c.resize(x.steps, x.batch), act_c = tape.act_c.resize(x.steps, x.batch);
      const auto gates = tape.gates.resize(x.steps, x.batch);
      const auto z = keeps_z ? tape.z.resize(x.steps, x.batch) : gates;
      for (std::size_t t = 0; t < x.steps; ++t) {
        detail::input_products(t, in, p.kernel, p.bias.flat(), z);
        const Rows<const T, N> h_before = t > 0 ? h[t - 1] : tape.h_ends.before_first();
        const Rows<const T, N> c_before = t > 0 ? c[t - 1] : tape.c_ends.before_first();
        add_product(tape.dropout.forward(t, h_before), p.recurrent_kernel, z[t]);
        for (std::size_t b = 0; b < x.batch; ++b) {
          Cell::template forward<N>(z[t][b], detail::row_or_zero(c_before, b), gates[t][b], c[t][b], act_c[t][b],
                                    h[t][b]);
        }
        detail::hold_ended(x, t, h_before, h[t]);
        detail::hold_ended(x, t, c_before, c[t]);
      }
      const std::size_t last = x.steps - 1;
      tape.h_ends.keep_last(h[last]);
      tape.c_ends.keep_last(c[last]);
      if constexpr (!options.return_sequences) std::ranges::copy(h[last], y.data);
    }

    static void backward(const Parameters& p, Sequence<const T, I> x, const Tape& tape, Sequence<const T, N> y,
                         Sequence<const T, N> dy, Workspace& workspace, Parameters& dp, Sequence<T, I> dx) {
      const auto in = tape.x.recorded(x);
      if constexpr (may_run_in_lanes) {
        if (detail::fits_lanes(x, tape.h_ends, tape.c_ends)) {
          Lanes::backward(p, tape.lanes, dy, workspace.lanes, dp);
          tape.h_ends.finish_gradient(workspace.dh);
          tape.c_ends.finish_gradient(workspace.dc);
          return workspace.input_gradient.backward(p.kernel, workspace.lanes.dz, workspace.dz, tape.x, dx);
        }
      }
      const auto h = options.return_sequences ? y : tape.h.view();
      const auto c = tape.c.view(), act_c = tape.act_c.view();
      const auto gates = tape.gates.view(), z = keeps_z ? tape.z.view() : gates;
      const auto dz = workspace.dz.resize(x.steps, x.batch);
      const auto dh = workspace.dh.resize(1, x.batch)[0], dc = workspace.dc.resize(1, x.batch)[0];
      const auto h_before_first = tape.h_ends.before_first();
      transpose(p.recurrent_kernel, workspace.recurrent_kernel_transposed);
      std::ranges::fill(dh, T(0));
      std::ranges::fill(dc, T(0));
      for (std::size_t t = x.steps; t-- > 0;) {
        detail::add_output_gradient<options.return_sequences>(x, dy, t, dh);
        const Rows<const T, N> c_before = t > 0 ? c[t - 1] : tape.c_ends.before_first();
        for (std::size_t b = 0; b < x.batch; ++b) {
          Cell::template backward<N>(z[t][b], detail::row_or_zero(c_before, b), gates[t][b], c[t][b], act_c[t][b],
                                     dh[b], dc[b], dz[t][b]);
        }
        detail::add_input_gradients(t, in, dz, dp.kernel, dp.bias.flat());
        std::ranges::fill(dh, T(0));
        if (t == 0 && h_before_first.count == 0) break;
        tape.dropout.backward(dh, workspace.dropped, [&](Rows<T, N> into) {
          add_product(dz[t], workspace.recurrent_kernel_transposed, into);
        });
      }
      tape.dropout.add_weight_gradient(h, h_before_first, Sequence<const T, 4 * N>(dz), dp.recurrent_kernel);
      tape.h_ends.finish_gradient(workspace.dh);
      tape.c_ends.finish_gradient(workspace.dc);
      workspace.input_gradient.backward(p.kernel, dz, tape.x, dx);
    }

    /// One step of one sample, without an allocation.   x: (I)   y: (N)
    static void step(const Parameters& p, std::span<const T, I> x, State& state, std::span<T, N> y) noexcept
      requires(!options.go_backwards)
    {
      T *const z = state.gates.data(), *const c = state.c.data(), *const h = state.h.data();
      detail::set_row(p.bias.flat(), z, detail::RowProduct(x.data(), p.kernel),
                      detail::RowProduct(h, p.recurrent_kernel, state.order.next()));
      detail::for_each_number<N>([&](std::size_t n) __attribute__((always_inline)) {
        const T i = RecurrentAct::value(z[n]), f = RecurrentAct::value(z[N + n]);
        c[n] = f * c[n] + i * Act::value(z[2 * N + n]);
      });
      detail::for_each_number<N>([&](std::size_t n) __attribute__((always_inline)) {
        h[n] = RecurrentAct::value(z[3 * N + n]) * Act::value(c[n]);
      });
      detail::copy_row<N>(h, y.data());
    }

   private:
    using Cell = detail::LSTMCell<Act, RecurrentAct>;

    static constexpr bool keeps_z = Act::needs_input || RecurrentAct::needs_input;

    static constexpr bool may_run_in_lanes = Lanes::is_faster && !has_recurrent_dropout;
  };
};

/// `LSTM(5)`, as in Keras, does not compile, with a sentence that says why.
template <std::integral Units, class... Options> LSTM(Units, Options...) -> LSTM<detail::units_in_parentheses<Units>()>;

}  // namespace rnnts::inline RNNTS_ABI
