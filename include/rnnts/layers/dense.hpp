// Dense: a product with a matrix, a bias, an activation; on a sequence, the same for every step.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "rnnts/kernels/activation.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/kernels/row_product.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/sizes.hpp"

namespace rnnts::inline RNNTS_ABI {

struct DenseOptions {
  bool use_bias = true;
  Initializer kernel_initializer = glorot_uniform;
  Initializer bias_initializer = zeros;
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
};

/// y = act(x W + b).   x: (T,B,I)   W: (I,N)   b: (N)   y: (T,B,N); for vectors T is 1.
template <std::size_t N = dynamic, Activation Act = Linear, DenseOptions options = DenseOptions{}>
struct Dense : detail::Units<N> {
  static_assert(N > 0, "Dense<0> has no outputs: the number of units must be at least 1.");

  using detail::Units<N>::Units;

  template <Scalar T, Shape Input> struct Layer {
    using scalar = T;

    static constexpr std::string_view name = "dense";
    static constexpr std::size_t I = Input.features;
    static constexpr Shape input = Input;
    static constexpr Shape output = {.features = N, .steps = Input.steps, .is_sequence = Input.is_sequence};

    static std::string config() { return detail::sentence("activation ", Act::name); }

    struct Parameters {
      Tensor<T, I, N> kernel;
      Tensor<T, options.use_bias ? N : 0> bias;

      static constexpr auto fields() {
        constexpr auto chosen = options;  // clang 19 crashes on members of a template argument here
        return std::tuple{Field{"kernel", &Parameters::kernel, chosen.kernel_initializer, chosen.kernel_regularizer},
                          Field{"bias", &Parameters::bias, chosen.bias_initializer, chosen.bias_regularizer}};
      }
    };

    struct Tape {
      SequenceBuffer<T, N> z;  ///< x W + b, (T,B,N), where the activation needs it
    };

    using State = Nothing;

    struct Workspace {
      SequenceBuffer<T, N> dz;
      Tensor<T, N, I> kernel_transposed;
    };

    static void resize(Parameters& p, const Dense& layer, const Shape& in) {
      const std::size_t units = layer.units;
      p.kernel.resize(in.features, units);
      p.bias.resize(units);
    }
    static Dense specification(const Parameters& p) { return detail::of_units<Dense, N>(output_features(p)); }
    static std::size_t output_features(const Parameters& p, const Shape& = {}) { return p.kernel.extents()[1]; }

    static void forward(const Parameters& p, Sequence<const T, I> x, Tape& tape, Sequence<T, N> y) {
      const auto z = keeps_z ? tape.z.resize_as(y) : y;
      detail::set_rows(p.bias.flat(), z.rows());
      add_product(x.rows(), p.kernel, z.rows());
      detail::activate<Act>(z.rows(), y.rows());
    }

    static void backward(const Parameters& p, Sequence<const T, I> x, const Tape& tape, Sequence<const T, N> y,
                         Sequence<const T, N> dy, Workspace& workspace, Parameters& dp, Sequence<T, I> dx) {
      const auto dz = workspace.dz.resize_as(dy);
      detail::activate_backward<Act>(tape.z.view().rows(), y.rows(), dy.rows(), dz.rows());
      add_outer_product(x.rows(), dz.rows(), dp.kernel);
      add_sum_of_rows(dz.rows(), dp.bias.flat());
      if (dx.empty()) return;
      transpose(p.kernel, workspace.kernel_transposed);
      std::ranges::fill(dx.rows(), T(0));
      add_product(dz.rows(), workspace.kernel_transposed, dx.rows());
    }

    /// One vector, without an allocation.   x: (I)   y: (N)
    static void step(const auto& p, std::span<const T, I> x, State&, std::span<T, N> y) noexcept {
      using detail::row_product, detail::set_row;
      set_row(p.bias.flat(), y.data(), row_product(x.data(), p.kernel));
      const Rows<T, N> row{y.data(), 1, y.size()};
      detail::activate<Act>(row, row);
    }

   private:
    static constexpr bool keeps_z = detail::activation_needs_input<Act>;
  };
};

Dense(std::size_t) -> Dense<>;
/// `Dense(1, "sigmoid")`, as in Keras, does not compile, with a sentence that says why.
template <std::integral Units, class Option, class... Options>
Dense(Units, Option, Options...) -> Dense<detail::options_in_parentheses<Units>()>;

}  // namespace rnnts::inline RNNTS_ABI
