// SimpleRNN: the output of one step is the state that the next step starts from.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "rnnts/kernels/activation.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/recurrent.hpp"

namespace rnnts::inline v0 {

struct SimpleRNNOptions {
  bool return_sequences = false;  ///< the output of every step, (T,B,N), instead of the last one, (1,B,N)
  bool go_backwards = false;      ///< reads the last step first; outputs are in the order of processing
  bool use_bias = true;
  Initializer kernel_initializer = glorot_uniform;
  Initializer recurrent_initializer = orthogonal();
  Initializer bias_initializer = zeros;
};

/// h[t] = act(x[t] W + h[t-1] U + b), h[-1] = 0 or given (Elman 1990).
///
/// x: (T,B,I)   W: (I,N)   U: (N,N)   b: (N)   h: (T,B,N)
template <std::size_t N, Activation Act = Tanh, SimpleRNNOptions options = SimpleRNNOptions{}> struct SimpleRNN {
  static_assert(N > 0, "SimpleRNN<0> has no state: the number of units must be at least 1.");

  template <Scalar T, Shape Input> struct Layer {
    static_assert(Input.is_sequence,
                  "SimpleRNN needs a sequence, but the layer before it gives a vector: set its return_sequences.");

    using scalar = T;

    static constexpr std::string_view name = "simple_rnn";
    static constexpr std::size_t I = Input.features;
    static constexpr Shape input = Input;
    static constexpr Shape output = options.return_sequences ? sequence_shape(Input.steps, N) : vector_shape(N);

    static std::string config() {
      return detail::sentence("activation ", Act::name, options.go_backwards ? ", go_backwards" : "");
    }

    struct Parameters {
      Tensor<T, I, N> kernel;
      Tensor<T, N, N> recurrent_kernel;
      Tensor<T, options.use_bias ? N : 0> bias;

      static constexpr auto fields() {
        constexpr auto chosen = options;  // clang 19 crashes on members of a template argument here
        return std::tuple{Field{"kernel", &Parameters::kernel, chosen.kernel_initializer},
                          Field{"recurrent_kernel", &Parameters::recurrent_kernel, chosen.recurrent_initializer},
                          Field{"bias", &Parameters::bias, chosen.bias_initializer}};
      }
    };

    struct Tape {
      BoundaryState<T, N> h_ends;
      SequenceBuffer<T, N> h;  ///< the states, (T,B,N), unless they are the output
      SequenceBuffer<T, N> z;  ///< what goes into the activation, (T,B,N), where its derivative needs that
      detail::OrderedInput<options.go_backwards, T, I> x;
    };

    struct Workspace {
      SequenceBuffer<T, N> dz;
      Tensor<T, N, N> recurrent_kernel_transposed;
      detail::InputGradient<options.go_backwards, T, I, N> input_gradient;
      SequenceBuffer<T, N> dh;  ///< by the initial state, if there is one, (1,B,N)
    };

    struct State {
      Tensor<T, N> h;  ///< the output of the step before
    };

    static void forward(const Parameters& p, Sequence<const T, I> x, Tape& tape, Sequence<T, N> y) {
      tape.h_ends.check_batch(x.batch);
      const auto in = tape.x.record(x);
      const auto h = options.return_sequences ? y : tape.h.resize(x.steps, x.batch);
      const auto z = keeps_z ? tape.z.resize(x.steps, x.batch) : h;
      set_rows(p.bias.flat(), z.rows());
      add_product(in.rows(), p.kernel, z.rows());  // of all steps at once
      for (std::size_t t = 0; t < x.steps; ++t) {
        add_product(t > 0 ? h[t - 1] : tape.h_ends.before_first(), p.recurrent_kernel, z[t]);
        activate<Act>(z[t], h[t]);
      }
      const auto last = h[x.steps - 1];
      tape.h_ends.keep_last(last);
      if constexpr (!options.return_sequences) std::ranges::copy(last, y.data);
    }

    static void backward(const Parameters& p, Sequence<const T, I> x, const Tape& tape, Sequence<const T, N> y,
                         Sequence<const T, N> dy, Workspace& workspace, Parameters& dp, Sequence<T, I> dx) {
      const auto in = tape.x.recorded(x);
      const auto h = options.return_sequences ? y : tape.h.view();
      const auto z = tape.z.view();
      const auto dz = workspace.dz.resize(x.steps, x.batch);
      const auto before_first = tape.h_ends.before_first();
      const std::size_t last = x.steps - 1;
      transpose(p.recurrent_kernel, workspace.recurrent_kernel_transposed);
      for (std::size_t t = x.steps; t-- > 0;) {
        const auto dh = dz[t];  // becomes dz in place
        if (options.return_sequences || t == last) {
          std::ranges::copy(dy[options.return_sequences ? t : 0], dh.data);
        } else {
          std::ranges::fill(dh, T(0));
        }
        if (t < last) add_product(dz[t + 1], workspace.recurrent_kernel_transposed, dh);
        activate_backward<Act>(z[t], h[t], dh, dh);
      }
      add_outer_product(in.rows(), dz.rows(), dp.kernel);
      add_outer_product(before_first, dz[0].first(before_first.count), dp.recurrent_kernel);
      add_outer_product(h.rows().first(last * x.batch), dz.rows().last(last * x.batch), dp.recurrent_kernel);
      add_sum_of_rows(dz.rows(), dp.bias.flat());
      if (before_first.count != 0) {
        const auto dh = workspace.dh.resize(1, x.batch);
        std::ranges::fill(dh.rows(), T(0));
        add_product(dz[0], workspace.recurrent_kernel_transposed, dh.rows());
      }
      workspace.input_gradient.backward(p.kernel, dz, dx);
    }

    /// One step of one sample, without an allocation.   x: (I)   y: (N), also the new state
    static void step(const Parameters& p, std::span<const T, I> x, State& state, std::span<T, N> y) noexcept
      requires(!options.go_backwards)
    {
      const Rows<T, N> row{y.data(), 1};
      set_rows(p.bias.flat(), row);
      add_product({x.data(), 1}, p.kernel, row);
      add_product({state.h.data(), 1}, p.recurrent_kernel, row);
      activate<Act>(row, row);
      std::ranges::copy(row, state.h.data());
    }

   private:
    static constexpr bool keeps_z = activation_needs_input<Act>;
  };
};

}  // namespace rnnts::inline v0
