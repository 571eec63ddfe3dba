// Conv1D: the same small dense layer at every position of a window that moves over the steps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "rnnts/core/ceil_div.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/initializer.hpp"
#include "rnnts/core/regularizer.hpp"
#include "rnnts/core/sliding.hpp"
#include "rnnts/kernels/activation.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/sizes.hpp"

namespace rnnts::inline RNNTS_ABI {

/// What a convolution reads before the first step: nothing, as its first output waits until the kernel is full, or as
/// many zeros as it takes for no output to see a later step.
enum class Padding { valid, causal };

struct Conv1DOptions {
  Padding padding = Padding::valid;
  std::size_t strides = 1;        ///< steps from one position of the kernel to the next
  std::size_t dilation_rate = 1;  ///< steps from one row of the kernel to the next
  bool use_bias = true;
  Initializer kernel_initializer = glorot_uniform;
  Initializer bias_initializer = zeros;
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
};

/// y[t] = act(b + sum over k of x[t strides + k dilation_rate - pad] W[k]), with x = 0 before the first step, and pad
/// 0 if valid, (K - 1) dilation_rate if causal.
///
/// x: (T,B,I)   W: (K,I,F)   b: (F)   y: (T',B,F), with T' = `output_steps(T)`
template <std::size_t Filters, std::size_t KernelSize, Activation Act = Linear, Conv1DOptions options = Conv1DOptions{}>
struct Conv1D : detail::Units<Filters> {
  static_assert(Filters > 0, "Conv1D<0, K> has no outputs: the number of filters must be at least 1.");
  static_assert(KernelSize > 0, "Conv1D<N, 0> has no kernel: its size must be at least 1.");
  static_assert(options.strides > 0 && options.dilation_rate > 0,
                "The strides and the dilation_rate of Conv1D must be at least 1.");

  /// Filters that the program chooses: `Conv1D<dynamic, 3>(8)`.
  using detail::Units<Filters>::Units;

  template <Scalar T, Shape Input> struct Layer {
    /// Steps from the first to the last that one output sees.
    static constexpr std::size_t span = (KernelSize - 1) * options.dilation_rate + 1;
    static constexpr std::size_t pad = options.padding == Padding::causal ? span - 1 : 0;

    static_assert(Input.is_sequence,
                  "Conv1D needs a sequence, but the layer before it gives a vector: set its return_sequences.");
    static_assert(detail::fits_into(Input, span - pad),
                  "Conv1D: the kernel is longer than the sequence, so that there is no output: (kernel size - 1) * "
                  "dilation_rate + 1 must be at most the number of steps, or the padding causal.");

    using scalar = T;

    static constexpr std::string_view name = "conv1d";
    static constexpr std::size_t I = Input.features, K = KernelSize, F = Filters;
    static constexpr Shape input = Input;
    static constexpr Shape output = detail::sliding_shape(Input, F, span - pad, options.strides);

    static std::string config() {
      return detail::sentence("activation ", Act::name, options.padding == Padding::causal ? ", causal" : ", valid",
                              ", strides ", options.strides, ", dilation_rate ", options.dilation_rate);
    }

    struct Parameters {
      Tensor<T, K, I, F> kernel;
      Tensor<T, options.use_bias ? F : 0> bias;

      static constexpr auto fields() {
        constexpr auto chosen = options;  // clang 19 crashes on members of a template argument here
        return std::tuple{Field{"kernel", &Parameters::kernel, detail::of_convolution(chosen.kernel_initializer, K),
                                chosen.kernel_regularizer},
                          Field{"bias", &Parameters::bias, chosen.bias_initializer, chosen.bias_regularizer}};
      }
    };

    static void resize(Parameters& p, const Conv1D& layer, const Shape& in) {
      const std::size_t filters = layer.units;
      p.kernel.resize(K, in.features, filters);
      p.bias.resize(filters);
    }
    static Conv1D specification(const Parameters& p) { return detail::of_units<Conv1D, F>(output_features(p)); }
    static std::size_t output_features(const Parameters& p, const Shape& = {}) { return p.kernel.extents()[2]; }

    struct Tape {
      SequenceBuffer<T, F> z;      ///< what goes into the activation, (T',B,F), where its derivative needs that
      Tensor<T, I, F> kernel_row;  ///< W[k], scratch of `forward`
    };

    struct Workspace {
      SequenceBuffer<T, F> dz;
      Tensor<T, I, F> kernel_row, kernel_row_gradient;
      Tensor<T, F, I> kernel_row_transposed;
    };

    struct State {
      Tensor<T, span, I> inputs;  ///< the last ones, in a ring
      std::size_t newest = 0;     ///< where the last of them stands
      Tensor<T, K, I> window;     ///< what the output sees
      Tensor<T, 1, F> z;
    };

    static void resize(const Parameters& p, const Shape& in, State& state) {
      state.inputs.resize(span, in.features);
      state.newest = 0;
      state.window.resize(K, in.features);
      state.z.resize(1, output_features(p));
    }

    /// Outputs for so many steps: floor((steps + pad - span) / strides) + 1.
    ///
    /// Throws ShapeError if a valid convolution has none, because the kernel is longer.
    static constexpr std::size_t output_steps(std::size_t steps) {
      return detail::sliding_steps(name, steps, span - pad, options.strides);
    }

    static void forward(const Parameters& p, Sequence<const T, I> x, Tape& tape, Sequence<T, F> y) {
      const auto z = keeps_z ? tape.z.resize_as(y) : y;
      detail::set_rows(p.bias.flat(), z.rows());
      tape.kernel_row.resize(x.width, y.width);
      for (std::size_t k = 0; k < K; ++k) {
        std::copy_n(&p.kernel(k, 0, 0), tape.kernel_row.size(), tape.kernel_row.data());
        for_each_run(k, x, z, [&](auto x_run, auto z_run) { add_product(x_run, tape.kernel_row, z_run); });
      }
      detail::activate<Act>(z.rows(), y.rows());
    }

    static void backward(const Parameters& p, Sequence<const T, I> x, const Tape& tape, Sequence<const T, F> y,
                         Sequence<const T, F> dy, Workspace& workspace, Parameters& dp, Sequence<T, I> dx) {
      const auto dz = workspace.dz.resize_as(dy);
      detail::activate_backward<Act>(tape.z.view().rows(), y.rows(), dy.rows(), dz.rows());
      add_sum_of_rows(dz.rows(), dp.bias.flat());
      for (std::size_t k = 0; k < K; ++k) {
        auto& dw = workspace.kernel_row_gradient;
        dw.resize(x.width, dz.width);
        dw.fill(0);
        for_each_run(k, x, dz, [&](auto x_run, auto dz_run) { add_outer_product(x_run, dz_run, dw); });
        detail::add({dw.data(), x.width, dz.width}, Rows<T, F>{&dp.kernel(k, 0, 0), x.width, dz.width});
      }
      if (dx.empty()) return;
      std::ranges::fill(dx.rows(), T(0));
      for (std::size_t k = 0; k < K; ++k) {
        auto& row = workspace.kernel_row;
        auto& transposed = workspace.kernel_row_transposed;
        row.resize(x.width, dz.width);
        std::copy_n(&p.kernel(k, 0, 0), row.size(), row.data());
        transpose(row, transposed);
        for_each_run(k, dx, dz, [&](auto dx_run, auto dz_run) { add_product(dz_run, transposed, dx_run); });
      }
    }

    /// One step of one sample, without an allocation.   x: (I)   y: (F)
    static void step(const Parameters& p, std::span<const T, I> x, State& state, std::span<T, F> y) noexcept
      requires(options.padding == Padding::causal && options.strides == 1)
    {
      state.newest = (state.newest + 1) % span;
      std::ranges::copy(x, &state.inputs(state.newest, 0));
      for (std::size_t k = 0; k < K; ++k) {
        const std::size_t oldest = state.newest + 1;
        std::copy_n(&state.inputs((oldest + k * options.dilation_rate) % span, 0), x.size(), &state.window(k, 0));
      }
      const Rows<T, F> z{state.z.data(), 1, y.size()}, row{y.data(), 1, y.size()};
      detail::set_rows(p.bias.flat(), z);
      // The kernel as rows, so that it needs no copy: z (1,F) += window^T (1,K I) W (K I,F)
      add_outer_product({state.window.data(), K * x.size()}, {p.kernel.data(), K * x.size(), y.size()}, state.z);
      detail::activate<Act>(z, row);
    }

   private:
    static constexpr bool keeps_z = detail::activation_needs_input<Act>;

    /// Calls `visit(rows of x, rows of z)` for the steps t of z that row k of the kernel leads to, and the steps
    /// t strides + k dilation_rate - pad of x that it leads from: in one run for strides of 1, else step by step.
    template <class X, class Z>
    static void for_each_run(std::size_t k, Sequence<X, I> x, Sequence<Z, F> z, auto visit) {
      const std::size_t ahead = k * options.dilation_rate;  // of the first step, zeros included
      const std::size_t first = ahead < pad ? detail::ceil_div(pad - ahead, options.strides) : 0;
      const std::size_t run = options.strides == 1 ? z.steps - std::min(first, z.steps) : 1;
      for (std::size_t t = first; t < z.steps; t += run) {
        const std::size_t from = t * options.strides + ahead - pad;
        visit(x.rows(from, run), z.rows(t, run));
      }
    }
  };
};

}  // namespace rnnts::inline RNNTS_ABI
