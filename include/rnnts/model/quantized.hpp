// Quantized: a net that runs step by step with weights of int8 or int16, for streams of large nets and small devices.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/core/members.hpp"
#include "rnnts/core/never.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/kernels/quantized_product.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/model/bare_sequential.hpp"
#include "rnnts/tensor/quantized_matrix.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// What a matrix becomes: quantized, or left in float where it has so few rows that integers with a scale for each
/// column would take no less memory.
template <class Q, class Matrix> struct QuantizedForm;
template <class Q, std::size_t I, std::size_t N> struct QuantizedForm<Q, Tensor<float, I, N>> {
  using Quantized = QuantizedMatrix<Q, I, N>;
  using type = std::conditional_t<(Quantized::bytes < I * N * sizeof(float)), Quantized, Tensor<float, I, N>>;
};
template <class Q, class Matrix> using QuantizedFormOf = typename QuantizedForm<Q, Matrix>::type;

/// The weights of Dense, and those of a recurrent layer, by the names that these have in P.
template <class Q, class P> struct QuantizedDense {
  QuantizedFormOf<Q, decltype(P::kernel)> kernel;
  decltype(P::bias) bias;

  static constexpr auto fields() {
    return std::tuple{Field{"kernel", &QuantizedDense::kernel}, Field{"bias", &QuantizedDense::bias}};
  }
};

template <class Q, class P> struct QuantizedRecurrent {
  QuantizedFormOf<Q, decltype(P::kernel)> kernel;
  QuantizedFormOf<Q, decltype(P::recurrent_kernel)> recurrent_kernel;
  decltype(P::bias) bias;

  static constexpr auto fields() {
    return std::tuple{Field{"kernel", &QuantizedRecurrent::kernel},
                      Field{"recurrent_kernel", &QuantizedRecurrent::recurrent_kernel},
                      Field{"bias", &QuantizedRecurrent::bias}};
  }
};

/// What the weights of a layer become.
template <class Q, class L, class P = typename L::Parameters> consteval auto quantized_weights() {
  if constexpr (requires(P p) { p.recurrent_kernel; }) {
    return std::type_identity<QuantizedRecurrent<Q, P>>();
  } else if constexpr (L::name == std::string_view("dense")) {
    return std::type_identity<QuantizedDense<Q, P>>();
  } else if constexpr (requires(P p) { p.kernel; } || requires(P p) { p.layers; }) {
    static_assert(never<L>,
                  "Quantized takes Dense, recurrent layers and layers without a kernel, one after the other; the layer "
                  "that the compiler names here, as Conv1D or Concatenate, runs in a Stream of float.");
  } else {
    return std::type_identity<P>();
  }
}
template <class Q, class L> using QuantizedWeights = typename decltype(quantized_weights<Q, L>())::type;

template <class Q, class S> struct QuantizedStack;
template <class Q, class... Layers> struct QuantizedStack<Q, Stack<Layers...>> {
  /// The weights of a stack, as it lists them.
  struct Parameters {
    Members<QuantizedWeights<Q, Layers>...> layers;

    static constexpr auto fields() { return fields_of_layers<Layers...>(); }
  };
};

[[noreturn]] inline void refuse_weight(std::size_t layer, std::string_view type, std::string_view weight, float found) {
  raise(DataError(sentence("Quantized: ", layer, ".", type, ".", weight, ": expected finite numbers, found ", found)));
}

}  // namespace detail

/// A net whose matrices are integers, for a `Stream`. With Q int8 or int16, a weight w of column n becomes
///
///     scale[n] = max |w[:,n]| / 127 (int16: 32639)   q = round(w / scale[n])   w ≈ scale[n] q
///
/// (Jacob and others 2018, arXiv:1712.05877, with zero points of 0), so that it moves by scale[n] / 2 at most. Biases,
/// states, inputs, outputs and the cells of the layers are float. In the product with a matrix, the row x is rounded to
/// 16 bits, and the sums are exact:
///
///     s = max |x| / 32767   (x W)[n] ≈ s scale[n] Σ round(x[i] / s) q[i,n]
///
/// Where a matrix has more than 512 rows, 32767 becomes 2^24 / rows, which keeps the sums within 32 bits. Matrices of
/// so few rows that integers and scales would take no less memory, up to two for int8 and up to five for int16, stay in
/// float.
///
/// Of Dense, SimpleRNN, LSTM, GRU and SLSTM, and layers without a kernel, which stay in float; sizes are template
/// arguments, numbers float.
/// M is a `BareSequential`. A value, which is not trained, and needs neither exceptions nor, with up to 16 kB per
/// matrix, a heap: `constinit const Quantized<std::int8_t, Net> net{weights};` quantizes when it is compiled.
template <QuantizedInteger Q, detail::LayersWithWeights M> class Quantized {
 public:
  using Stack = typename M::Stack;
  using scalar = typename M::scalar;
  using Parameters = typename detail::QuantizedStack<Q, Stack>::Parameters;

  static constexpr Shape input = M::input, output = M::output;

  static_assert(std::same_as<scalar, float>, "Quantized computes in float: Sequential<float, …>.");
  static_assert(
      !Stack::is_dynamic,
      "Quantized needs sizes that are template arguments; load the file of the net into one with such sizes.");

  /// All weights are zero.
  constexpr Quantized() = default;

  /// Throws DataError, naming the weight, if one is not finite.
  constexpr explicit Quantized(const typename M::Parameters& weights) {
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      (quantize_layer<K>(get<K>(weights.layers), layer<K>()), ...);
    }(std::make_index_sequence<Stack::count>());
  }

  constexpr Shape input_shape() const noexcept { return input; }
  constexpr Shape output_shape() const noexcept { return output; }

  constexpr Parameters& parameters() noexcept { return parameters_; }
  constexpr const Parameters& parameters() const noexcept { return parameters_; }

  /// Weights of layer K, counted from 0. A kernel (I,N) takes integers in row-major order with their scales,
  /// `layer<0>().kernel.set(numbers, scales)`.
  template <std::size_t K> constexpr auto& layer() noexcept { return get<K>(parameters_.layers); }
  template <std::size_t K> constexpr const auto& layer() const noexcept { return get<K>(parameters_.layers); }

 private:
  template <std::size_t K, class From, class To> static constexpr void quantize_layer(const From& from, To& to) {
    if constexpr (std::same_as<From, To>) {
      to = from;
    } else {
      quantize_weight<K>("kernel", from.kernel, to.kernel);
      if constexpr (requires { to.recurrent_kernel; }) {
        quantize_weight<K>("recurrent_kernel", from.recurrent_kernel, to.recurrent_kernel);
      }
      quantize_weight<K>("bias", from.bias, to.bias);
    }
  }

  template <std::size_t K, class From, class To>
  static constexpr void quantize_weight(std::string_view name, const From& from, To& to) {
    for (const float number : from) {
      if (!(number - number == 0)) detail::refuse_weight(K, Stack::template At<K>::name, name, number);
    }
    if constexpr (std::same_as<From, To>) {
      to = from;
    } else {
      to.quantize(from);
    }
  }

  Parameters parameters_;
};

/// The net with weights of int8 or int16: `const auto small = quantized<std::int8_t>(model); Stream stream(small);`
///
/// Throws DataError, naming the weight, if one is not finite.
template <QuantizedInteger Q, detail::LayersWithWeights M> auto quantized(const M& model) {
  return Quantized<Q, typename M::Bare>(model.parameters());
}

}  // namespace rnnts::inline RNNTS_ABI
