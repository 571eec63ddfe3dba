// SimpleRNN: the output of one step is the state that the next step starts from.
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
#include "rnnts/layers/recurrent.hpp"
#include "rnnts/layers/simple_rnn_lanes.hpp"

namespace rnnts::inline RNNTS_ABI {

struct SimpleRNNOptions {
  bool return_sequences = false;  ///< the output of every step, (T,B,N), instead of the last one, (1,B,N)
  bool go_backwards = false;      ///< reads the last step first; outputs are in the order of processing
  bool use_bias = true;
  double dropout = 0;            ///< rate of the inputs, and of the states on their way into the products; in training
  double recurrent_dropout = 0;  ///< alone, by one mask per sequence for all steps
  Initializer kernel_initializer = glorot_uniform;
  Initializer recurrent_initializer = orthogonal();
  Initializer bias_initializer = zeros;
  Regularizer kernel_regularizer = {};
  Regularizer recurrent_regularizer = {};
  Regularizer bias_regularizer = {};
};

/// h[t] = act(x[t] W + h[t-1] U + b), h[-1] = 0 or given (Elman 1990).
///
/// x: (T,B,I)   W: (I,N)   U: (N,N)   b: (N)   h: (T,B,N)
template <std::size_t N, Activation Act = Tanh, SimpleRNNOptions options = SimpleRNNOptions{}> struct SimpleRNN {
  static_assert(N > 0, "SimpleRNN<0> has no state: the number of units must be at least 1.");
  static_assert(detail::is_dropout_rate(options.dropout) && detail::is_dropout_rate(options.recurrent_dropout),
                "The dropout rates of SimpleRNN must be at least 0 and below 1.");

  template <Scalar T, Shape Input> struct Layer {
    static_assert(Input.is_sequence,
                  "SimpleRNN needs a sequence, but the layer before it gives a vector: set its return_sequences.");

    using scalar = T;

    static constexpr std::string_view name = "simple_rnn";
    static constexpr std::size_t I = Input.features;
    static constexpr Shape input = Input;
    static constexpr Shape output = options.return_sequences ? sequence_shape(Input.steps, N) : vector_shape(N);

    static constexpr bool has_dropout = options.dropout > 0, has_recurrent_dropout = options.recurrent_dropout > 0;

    static std::string config() {
      return detail::sentence("activation ", Act::name, options.go_backwards ? ", go_backwards" : "");
    }

    struct Parameters {
      Tensor<T, I, N> kernel;
      Tensor<T, N, N> recurrent_kernel;
      Tensor<T, options.use_bias ? N : 0> bias;

      static constexpr auto fields() {
        constexpr auto chosen = options;  // clang 19 crashes on members of a template argument here
        return std::tuple{Field{"kernel", &Parameters::kernel, chosen.kernel_initializer, chosen.kernel_regularizer},
                          Field{"recurrent_kernel", &Parameters::recurrent_kernel, chosen.recurrent_initializer,
                                chosen.recurrent_regularizer},
                          Field{"bias", &Parameters::bias, chosen.bias_initializer, chosen.bias_regularizer}};
      }
    };

    /// How narrow layers run, whose samples stand in the lanes of registers.
    using Lanes = detail::SimpleRNNLanes<T, I, N, Act, options.return_sequences>;

    struct Tape {
      BoundaryState<T, N> h_ends;
      SequenceBuffer<T, N> h;  ///< the states, (T,B,N), unless they are the output
      SequenceBuffer<T, N> z;  ///< what goes into the activation, (T,B,N), where its derivative needs that
      detail::RecurrentInput<options.go_backwards, has_dropout, T, I> x;
      detail::StateDropout<has_recurrent_dropout, T, N> dropout;
      Lanes::Tape lanes;

      static constexpr auto fields() { return std::tuple{Field{"h", &Tape::h_ends}}; }
    };

    struct Workspace {
      SequenceBuffer<T, N> dz;
      Tensor<T, N, N> recurrent_kernel_transposed;
      detail::InputGradient<options.go_backwards, T, I, N> input_gradient;
      SequenceBuffer<T, N> dh;       ///< by the initial state; empty where there is none
      SequenceBuffer<T, N> dropped;  ///< scratch of the dropout
      Lanes::Workspace lanes;

      static constexpr auto fields() { return std::tuple{Field{"h", &Workspace::dh}}; }
    };

    struct State {
      Tensor<T, N> h;  ///< the output of the step before
      [[no_unique_address]] detail::RowOrder<N * N * sizeof(T)> order;

      static constexpr auto fields() { return std::tuple{Field{"h", &State::h}}; }
    };

    static void forward(const Parameters& p, Sequence<const T, I> x, Tape& tape, Sequence<T, N> y,
                        Random* random = nullptr) {
      tape.h_ends.begin(x.batch);
      const auto in = tape.x.forward(x, options.dropout, random);
      tape.dropout.begin(options.recurrent_dropout, x.steps, x.batch, random);
      if constexpr (may_run_in_lanes) {
        if (detail::fits_lanes(x, tape.h_ends)) {
          Lanes::forward(p, in, tape.lanes, y);
          return tape.h_ends.keep_last(y[y.steps - 1]);
        }
      }
      const auto h = options.return_sequences ? y : tape.h.resize(x.steps, x.batch);
      const auto z = keeps_z ? tape.z.resize(x.steps, x.batch) : h;
      for (std::size_t t = 0; t < x.steps; ++t) {
        detail::input_products(t, in, p.kernel, p.bias.flat(), z);
        const Rows<const T, N> before = t > 0 ? h[t - 1] : tape.h_ends.before_first();
        add_product(tape.dropout.forward(t, before), p.recurrent_kernel, z[t]);
        detail::activate<Act>(z[t], h[t]);
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
          Lanes::backward(p, tape.lanes, dy, workspace.lanes, dp);
          tape.h_ends.finish_gradient(workspace.dh);
          return workspace.input_gradient.backward(p.kernel, workspace.lanes.dz, workspace.dz, tape.x, dx);
        }
      }
      const auto h = options.return_sequences ? y : tape.h.view();
      const auto z = tape.z.view();
      const auto dz = workspace.dz.resize(x.steps, x.batch);
      const auto before_first = tape.h_ends.before_first();
      transpose(p.recurrent_kernel, workspace.recurrent_kernel_transposed);
      const auto through_state = [&](Rows<const T, N> dz_t, Rows<T, N> dh) {
        tape.dropout.backward(dh, workspace.dropped,
                              [&](Rows<T, N> into) { add_product(dz_t, workspace.recurrent_kernel_transposed, into); });
      };
      for (std::size_t t = x.steps; t-- > 0;) {
        const auto dh = dz[t];  // becomes dz in place
        std::ranges::fill(dh, T(0));
        if (t + 1 < x.steps) through_state(dz[t + 1], dh);
        detail::add_output_gradient<options.return_sequences>(x, dy, t, dh);
        detail::activate_backward<Act>(z[t], h[t], dh, dh);
        detail::add_input_gradients(t, in, dz, dp.kernel, dp.bias.flat());
      }
      tape.dropout.add_weight_gradient(h, before_first, Sequence<const T, N>(dz), dp.recurrent_kernel);
      if (before_first.count != 0) {
        const auto dh = workspace.dh.resize(1, x.batch);
        std::ranges::fill(dh.rows(), T(0));
        through_state(dz[0], dh.rows());
      }
      tape.h_ends.finish_gradient(workspace.dh);
      workspace.input_gradient.backward(p.kernel, dz, tape.x, dx);
    }

    /// One step of one sample, without an allocation.   x: (I)   y: (N), also the new state
    static void step(const Parameters& p, std::span<const T, I> x, State& state, std::span<T, N> y) noexcept
      requires(!options.go_backwards)
    {
      T* const h = state.h.data();
      detail::set_row(p.bias.flat(), y.data(), detail::RowProduct(x.data(), p.kernel),
                      detail::RowProduct(h, p.recurrent_kernel, state.order.next()));
      if constexpr (ElementwiseActivation<Act>) {
        detail::for_each_number<N>([&](std::size_t n) __attribute__((always_inline)) { h[n] = Act::value(y[n]); });
      } else {
        detail::activate<Act>(Rows<const T, N>{y.data(), 1}, Rows<T, N>{h, 1});
      }
      detail::copy_row<N>(h, y.data());
    }

   private:
    static constexpr bool keeps_z = detail::activation_needs_input<Act>;

    static constexpr bool may_run_in_lanes = Lanes::is_faster && !has_recurrent_dropout;
  };
};

/// `SimpleRNN(5)`, as in Keras, does not compile, with a sentence that says why.
template <std::integral Units, class... Options>
SimpleRNN(Units, Options...) -> SimpleRNN<detail::units_in_parentheses<Units>()>;

}  // namespace rnnts::inline RNNTS_ABI
