// GRU: a state that gates mix with what it could become, with fewer weights than an LSTM.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "rnnts/kernels/activation.hpp"
#include "rnnts/kernels/loop.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/kernels/row_product.hpp"
#include "rnnts/layers/gru_cell.hpp"
#include "rnnts/layers/gru_lanes.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/recurrent.hpp"

namespace rnnts::inline RNNTS_ABI {

struct GRUOptions {
  bool return_sequences = false;  ///< the output of every step, (T,B,N), instead of the last one, (1,B,N)
  bool go_backwards = false;      ///< reads the last step first; outputs are in the order of processing
  bool use_bias = true;
  bool reset_after = true;  ///< the reset gate multiplies after the product with U, as in Keras and cuDNN, or before it
  double dropout = 0;       ///< rate of the inputs, and of the states on their way into the products; in training
  double recurrent_dropout = 0;  ///< alone, by one mask per sequence for all steps
  Initializer kernel_initializer = glorot_uniform;
  Initializer recurrent_initializer = orthogonal();
  Initializer bias_initializer = zeros;
  Regularizer kernel_regularizer = {};
  Regularizer recurrent_regularizer = {};
  Regularizer bias_regularizer = {};
};

/// z = rec(x[t] Wz + h[t-1] Uz + bz)   r = rec(x[t] Wr + h[t-1] Ur + br)
/// g = act(x[t] Wg + bg + r (h[t-1] Ug + b'g)), or without reset_after g = act(x[t] Wg + (r h[t-1]) Ug + bg)
/// h[t] = z h[t-1] + (1 - z) g,   h[-1] = 0 or given
///
/// Cho and others 2014, arXiv:1406.1078; gates in Keras' order, update, reset, candidate.   x: (T,B,I)   W: (I,3N)
/// U: (N,3N)   h: (T,B,N)   b: (2,3N), one bias of the input and one of the state; without reset_after (3N)
///
/// Without reset_after the products with U are done twice per step, once for z and r and once for g: simple, but
/// slower.
template <std::size_t N, class Act = Tanh, class RecurrentAct = Sigmoid, GRUOptions options = GRUOptions{}> struct GRU {
  static_assert(
      ElementwiseActivation<Act> && ElementwiseActivation<RecurrentAct>,
      "The activations of GRU are functions of one number, as Tanh and Sigmoid are; Softmax is one of a whole row.");
  static_assert(N > 0, "GRU<0> has no state: the number of units must be at least 1.");
  static_assert(detail::is_dropout_rate(options.dropout) && detail::is_dropout_rate(options.recurrent_dropout),
                "The dropout rates of GRU must be at least 0 and below 1.");

  template <Scalar T, Shape Input> struct Layer {
    static_assert(Input.is_sequence,
                  "GRU needs a sequence, but the layer before it gives a vector: set its return_sequences.");

    using scalar = T;

    static constexpr std::string_view name = "gru";
    static constexpr std::size_t I = Input.features;
    static constexpr Shape input = Input;
    static constexpr Shape output = options.return_sequences ? sequence_shape(Input.steps, N) : vector_shape(N);

    static constexpr bool has_dropout = options.dropout > 0, has_recurrent_dropout = options.recurrent_dropout > 0;

    static std::string config() {
      return detail::sentence("activation ", Act::name, ", recurrent_activation ", RecurrentAct::name,
                              options.go_backwards ? ", go_backwards" : "", options.reset_after ? ", reset_after" : "");
    }

    struct Parameters {
      Tensor<T, I, 3 * N> kernel;
      Tensor<T, N, 3 * N> recurrent_kernel;
      std::conditional_t<!options.use_bias, Tensor<T, 0>,
                         std::conditional_t<options.reset_after, Tensor<T, 2, 3 * N>, Tensor<T, 3 * N>>>
          bias;

      static constexpr auto fields() {
        constexpr auto chosen = options;  // clang 19 crashes on members of a template argument here
        return std::tuple{Field{"kernel", &Parameters::kernel, chosen.kernel_initializer, chosen.kernel_regularizer},
                          Field{"recurrent_kernel", &Parameters::recurrent_kernel, chosen.recurrent_initializer,
                                chosen.recurrent_regularizer},
                          Field{"bias", &Parameters::bias, chosen.bias_initializer, chosen.bias_regularizer}};
      }
    };

    /// How narrow layers run, whose samples stand in the lanes of registers.
    using Lanes = detail::GRULanes<T, I, N, Act, RecurrentAct, options.reset_after, options.return_sequences>;

    struct Tape {
      BoundaryState<T, N> h_ends;
      SequenceBuffer<T, N> h;              ///< the states, (T,B,N), unless they are the output
      SequenceBuffer<T, 3 * N> gates;      ///< z, r, g, (T,B,3N)
      SequenceBuffer<T, 3 * N> a;          ///< what goes into their activations, where the derivatives need that
      SequenceBuffer<T, N> reset;          ///< h[t-1] Ug + b'g, or without reset_after r h[t-1], (T,B,N)
      SequenceBuffer<T, 3 * N> recurrent;  ///< scratch: h[t-1] U + b' of the step at hand, (1,B,3N)
      detail::RecurrentInput<options.go_backwards, has_dropout, T, I> x;
      detail::StateDropout<has_recurrent_dropout, T, N> dropout;
      Lanes::Tape lanes;

      static constexpr auto fields() { return std::tuple{Field{"h", &Tape::h_ends}}; }
    };

    struct Workspace {
      SequenceBuffer<T, N> dh;  ///< of the step at hand; in the end by the initial state, empty where there is none
      SequenceBuffer<T, 3 * N> da, drecurrent;  ///< by x W + b and by h[t-1] U + b', (T,B,3N)
      SequenceBuffer<T, 3 * N> dcandidate;      ///< without reset_after: by (r h[t-1]) U, (T,B,3N), zero for z and r
      SequenceBuffer<T, N> dreset;              ///< without reset_after: by r h[t-1], (1,B,N)
      SequenceBuffer<T, N> dropped;             ///< scratch of the dropout
      Tensor<T, 3 * N, N> recurrent_kernel_transposed;
      detail::InputGradient<options.go_backwards, T, I, 3 * N> input_gradient;
      Lanes::Workspace lanes;

      static constexpr auto fields() { return std::tuple{Field{"h", &Workspace::dh}}; }
    };

    struct State {
      Tensor<T, N> h;
      Tensor<T, 3 * N> gates, recurrent;  ///< scratch
      Tensor<T, N> reset;                 ///< scratch
      [[no_unique_address]] detail::RowOrder<N * 3 * N * sizeof(T)> order;

      static constexpr auto fields() { return std::tuple{Field{"h", &State::h}}; }
    };

    static void forward(const Parameters& p, Sequence<const T, I> x, Tape& tape, Sequence<T, N> y,
                        Random* random = nullptr) {
      tape.h_ends.begin(x.batch);
      const auto in = tape.x.forward(x, options.dropout, random);
      tape.dropout.begin(options.recurrent_dropout, x.steps, x.batch, random);
      if constexpr (may_run_in_lanes) {
        if (detail::fits_lanes(x, tape.h_ends)) {
          Lanes::forward(p, input_bias(p), recurrent_bias(p), in, tape.lanes, y);
          return tape.h_ends.keep_last(y[y.steps - 1]);
        }
      }
      const auto h = options.return_sequences ? y : tape.h.resize(x.steps, x.batch);
      const auto gates = tape.gates.resize(x.steps, x.batch);
      const auto a = keeps_a ? tape.a.resize(x.steps, x.batch) : gates;
      const auto reset = tape.reset.resize(x.steps, x.batch);
      const auto recurrent = tape.recurrent.resize(1, x.batch)[0];
      for (std::size_t t = 0; t < x.steps; ++t) {
        detail::input_products(t, in, p.kernel, input_bias(p), a);
        const Rows<const T, N> before = t > 0 ? h[t - 1] : tape.h_ends.before_first();
        step_of_batch(p, before, tape.dropout.forward(t, before), a[t], gates[t], reset[t], recurrent, h[t]);
        detail::hold_ended(x, t, before, h[t]);
      }
      const auto last = h[x.steps - 1];
      tape.h_ends.keep_last(last);
      if constexpr (!options.return_sequences) std::ranges::copy(last, y.data);
    }

    static void backward(const Parameters& p, Sequence<const T, I> x, const Tape& tape, Sequence<const T, N> y,
                         Sequence<const T, N> dy, Workspace& workspace, Parameters& dp, Sequence<T, I> dx) {
      const auto in = tape.x.recorded(x);
      if constexpr (may_run_in_lanes) {
        if (detail::fits_lanes(x, tape.h_ends)) {
          Lanes::backward(p, tape.lanes, dy, workspace.lanes, dp, input_bias(dp), recurrent_bias(dp));
          tape.h_ends.finish_gradient(workspace.dh);
          return workspace.input_gradient.backward(p.kernel, workspace.lanes.da, workspace.da, tape.x, dx);
        }
      }
      const auto h = options.return_sequences ? y : tape.h.view();
      const auto gates = tape.gates.view(), a = keeps_a ? tape.a.view() : gates;
      const auto reset = tape.reset.view();
      const auto da = workspace.da.resize(x.steps, x.batch), drecurrent = workspace.drecurrent.resize(x.steps, x.batch);
      const auto dh = workspace.dh.resize(1, x.batch)[0];
      const auto before_first = tape.h_ends.before_first();
      const auto& transposed = workspace.recurrent_kernel_transposed;
      transpose(p.recurrent_kernel, workspace.recurrent_kernel_transposed);
      std::ranges::fill(dh, T(0));
      for (std::size_t t = x.steps; t-- > 0;) {
        detail::add_output_gradient<options.return_sequences>(x, dy, t, dh);
        const Rows<const T, N> before = t > 0 ? h[t - 1] : before_first;
        for (std::size_t b = 0; b < x.batch; ++b) {
          Cell::template mix_backward<N>(a[t][b], gates[t][b], detail::row_or_zero(before, b), dh[b], da[t][b]);
        }
        if constexpr (options.reset_after) {
          for (std::size_t b = 0; b < x.batch; ++b) {
            Cell::template reset_after_backward<N>(a[t][b], gates[t][b], reset[t][b], da[t][b], drecurrent[t][b]);
          }
        }
        tape.dropout.backward(dh, workspace.dropped, [&](Rows<T, N> into) {
          if constexpr (!options.reset_after) {
            const Rows<const T, N> dropped = tape.dropout.recorded(t, before);
            const auto dcandidate = workspace.dcandidate.resize(x.steps, x.batch)[t];
            const auto dreset = workspace.dreset.resize(1, x.batch)[0];
            for (std::size_t b = 0; b < x.batch; ++b) Cell::template keep_candidate<N>(da[t][b], dcandidate[b]);
            std::ranges::fill(dreset, T(0));
            add_product(dcandidate, transposed, dreset);
            for (std::size_t b = 0; b < x.batch; ++b) {
              Cell::template reset_before_backward<N>(a[t][b], gates[t][b], detail::row_or_zero(dropped, b), dreset[b],
                                                      da[t][b], drecurrent[t][b], into[b]);
            }
          }
          if (t > 0 || before_first.count != 0) add_product(drecurrent[t], transposed, into);
        });
        detail::add_input_gradients(t, in, da, dp.kernel, input_bias(dp));
        add_sum_of_rows(drecurrent[t], recurrent_bias(dp));
      }
      tape.dropout.add_weight_gradient(h, before_first, Sequence<const T, 3 * N>(drecurrent), dp.recurrent_kernel);
      if constexpr (!options.reset_after) {
        add_outer_product(reset.rows(), workspace.dcandidate.view().rows(), dp.recurrent_kernel);
      }
      tape.h_ends.finish_gradient(workspace.dh);
      workspace.input_gradient.backward(p.kernel, da, tape.x, dx);
    }

    /// One step of one sample, without an allocation.   x: (I)   y: (N), also the new state
    static void step(const Parameters& p, std::span<const T, I> x, State& state, std::span<T, N> y) noexcept
      requires(!options.go_backwards)
    {
      T *const a = state.gates.data(), *const recurrent = state.recurrent.data(), *const h = state.h.data();
      detail::set_row(input_bias(p), a, detail::RowProduct(x.data(), p.kernel));
      if constexpr (options.reset_after) {
        detail::set_row(recurrent_bias(p), recurrent, detail::RowProduct(h, p.recurrent_kernel, state.order.next()));
        detail::for_each_number<N>([&](std::size_t n) __attribute__((always_inline)) {
          a[2 * N + n] += RecurrentAct::value(a[N + n] + recurrent[N + n]) * recurrent[2 * N + n];
        });
        detail::for_each_number<N>([&](std::size_t n) __attribute__((always_inline)) {
          const T z = RecurrentAct::value(a[n] + recurrent[n]);
          h[n] = z * h[n] + (1 - z) * Act::value(a[2 * N + n]);
        });
      } else {
        step_of_batch(p, {h, 1}, {h, 1}, {a, 1}, {a, 1}, {state.reset.data(), 1}, {recurrent, 1}, {h, 1});
      }
      detail::copy_row<N>(h, y.data());
    }

   private:
    using Cell = detail::GRUCell<Act, RecurrentAct, options.reset_after>;

    static constexpr bool keeps_a = Act::needs_input || RecurrentAct::needs_input;

    static constexpr bool may_run_in_lanes = Lanes::is_faster && !has_recurrent_dropout;

    /// The first row of the bias, and the second; no numbers where there is none.
    static auto input_bias(auto& p) { return p.bias.flat().template first<options.use_bias ? 3 * N : 0>(); }
    static auto recurrent_bias(auto& p) {
      return p.bias.flat().template last<options.use_bias && options.reset_after ? 3 * N : 0>();
    }

    /// One step of all samples.   before: (B,N), the states, and dropped, the same after dropout   a: (B,3N), x W + b,
    /// becomes what goes into the activations; gates may be the same rows
    static void step_of_batch(const Parameters& p, Rows<const T, N> before, Rows<const T, N> dropped, Rows<T, 3 * N> a,
                              Rows<T, 3 * N> gates, Rows<T, N> reset, Rows<T, 3 * N> recurrent, Rows<T, N> h) {
      detail::set_rows(recurrent_bias(p), recurrent);
      add_product(dropped, p.recurrent_kernel, recurrent);
      for (std::size_t b = 0; b < h.count; ++b) {
        Cell::template open<N>(a[b], recurrent[b], detail::row_or_zero(dropped, b), gates[b], reset[b]);
      }
      if constexpr (!options.reset_after) {
        std::ranges::fill(recurrent, T(0));
        add_product(reset, p.recurrent_kernel, recurrent);
      }
      for (std::size_t b = 0; b < h.count; ++b) {
        Cell::template mix<N>(a[b], gates[b], reset[b], recurrent[b], detail::row_or_zero(before, b), h[b]);
      }
    }
  };
};

/// `GRU(5)`, as in Keras, does not compile, with a sentence that says why.
template <std::integral Units, class... Options> GRU(Units, Options...) -> GRU<detail::units_in_parentheses<Units>()>;

}  // namespace rnnts::inline RNNTS_ABI
