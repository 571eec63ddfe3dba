// What the cell of a recurrent layer is: the formulas of one step, all but its products.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/initializer.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/layers/recurrent.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// What a cell derives from. It says what differs from this, and has
///
/// - `gates`, how many numbers per unit go into its formulas from z = x W + h[t-1] U + b, and `states`, the names of
/// what it remembers, of which the first is h, its output;
/// - `forward(step)`: from z and the states before, overwrites those after and what it keeps;
/// - `backward(step, gradient)`: from dL/d(states after) overwrites dz, and the gradients with what reaches the states
/// before, but for what reaches h[t-1] through the products;
/// - maybe `step<N>(z, recurrent, states…)`: the same for the units of one sample in a stream, with all states in
/// place.
struct CellDefaults {
  static constexpr std::size_t kept = 0;           ///< numbers per unit that it keeps beside the gates
  static constexpr bool keeps_z = false;           ///< keeps what goes into the gates too, as their slopes need it
  static constexpr bool keeps_gates = true;        ///< else all that it keeps are its states
  static constexpr bool has_recurrent = false;     ///< has h[t-1] U + b' apart, not added to z
  static constexpr bool multiplies_twice = false;  ///< has a second product with U, see `SecondProduct`
  static constexpr bool carries_h = false;         ///< h[t-1] reaches h on another way than through the products
  static constexpr bool has_step = false;          ///< has `step`; else a stream runs `forward`
  static constexpr bool fits_lanes = true;         ///< works on M numbers one by one, whatever they are
  /// h is its only state, and dz may be the memory of dh. In lanes, groups take turns: what one waits for, others do
  /// not.
  static constexpr bool works_in_place = false;
};

/// One step as a cell sees it: rows of M numbers of each kind side by side. These are the units of a sample, one row
/// for each, or in a single row all units of a group of samples. T is const in a backward pass.
template <class Cell, std::size_t M, class T> struct CellStep {
  static constexpr std::size_t S = Cell::states.size();

  Rows<T, Cell::gates * M> z;      ///< x W + b, and h[t-1] U unless that is apart
  Rows<T, Cell::gates * M> gates;  ///< kept; may be the memory of z
  Rows<T, Cell::kept * M> kept;    ///< likewise, what else there is
  std::array<Rows<const T, M>, S> before{};
  std::array<Rows<T, M>, S> after{};     ///< each may be the memory of the one before
  Rows<const T, M> dropped{};            ///< h[t-1] as the products see it
  Rows<T, Cell::gates * M> recurrent{};  ///< h[t-1] U + b' if that is apart; not in a backward pass
};

/// What a backward pass through one step reads and writes.
template <class Cell, std::size_t M, Scalar T> struct CellGradient {
  Rows<T, Cell::gates * M> dz;                            ///< overwritten
  Rows<T, Cell::gates * M> drecurrent;                    ///< overwritten, if that is apart
  std::array<Rows<T, M>, Cell::states.size()> dstates{};  ///< by those after the step, then by those before it
};

/// All steps of a batch, (T,B,…), in what a tape holds and in the output y, if that is h.
template <class Cell, std::size_t N, class T> struct CellSteps {
  static constexpr std::size_t S = Cell::states.size(), G = Cell::gates * N;

  std::array<Sequence<T, N>, S> states;
  Sequence<T, G> gates, z;
  Sequence<T, Cell::kept * N> kept;

  CellSteps(auto& tape, Sequence<T, N> y, bool y_is_h) : gates(tape.gates.view()), kept(tape.kept.view()) {
    for (std::size_t k = 0; k < S; ++k) states[k] = k == 0 && y_is_h ? y : tape.states[k].view();
    if constexpr (Cell::keeps_z) {
      z = tape.z.view();
    } else if constexpr (Cell::keeps_gates) {
      z = gates;
    } else {
      z = states[0];
    }
  }

  CellStep<Cell, N, T> at(std::size_t t, const auto& ends) const {
    CellStep<Cell, N, T> step{.z = z[t], .gates = gates[t], .kept = kept[t]};
    for (std::size_t k = 0; k < S; ++k) {
      step.before[k] = t > 0 ? states[k][t - 1] : ends[k].before_first();
      step.after[k] = states[k][t];
    }
    step.dropped = step.before[0];
    return step;
  }
};

/// What state k is before the first step, if none is given.
template <class Cell> constexpr double first_value(std::size_t k) {
  if constexpr (requires { Cell::first; }) {
    return Cell::first[k];
  } else {
    return 0;
  }
}

template <class Cell, Scalar T, std::size_t N> constexpr auto first_states() {
  std::array<Tensor<T, N>, Cell::states.size()> states;
  for (std::size_t k = 0; k < states.size(); ++k) {
    if (first_value<Cell>(k) != 0) states[k].fill(static_cast<T>(first_value<Cell>(k)));
  }
  return states;
}

/// The fields of a struct that has something for each state, which `state_of<k>` gives.
template <class Cell> constexpr auto fields_of_states(auto state_of) {
  return [&]<std::size_t... k>(std::index_sequence<k...>) {
    return std::tuple{
        Field{Cell::states[k], [state_of](auto& all) -> auto& { return state_of.template operator()<k>(all); }}...};
  }(std::make_index_sequence<Cell::states.size()>());
}

/// The fields of a layer's weights.
template <class P> constexpr auto fields_of_weights(const auto& options, Initializer bias_initializer) {
  return std::tuple{
      Field{"kernel", &P::kernel, options.kernel_initializer, options.kernel_regularizer},
      Field{"recurrent_kernel", &P::recurrent_kernel, options.recurrent_initializer, options.recurrent_regularizer},
      Field{"bias", &P::bias, bias_initializer, options.bias_regularizer}};
}
template <class P> constexpr auto fields_of_weights(const auto& options) {
  return fields_of_weights<P>(options, options.bias_initializer);
}

/// No bias, one of the input and the state together, (K), or one of each, (2,K).
template <Scalar T, std::size_t K, int rows>
using Bias = std::conditional_t<rows == 2, Tensor<T, 2, K>, Tensor<T, rows == 0 ? 0 : K>>;

/// The bias of the input and that of the state, (G) each, where a layer has them; else no numbers.
template <class P> auto input_bias(P& p) {
  constexpr std::size_t size = decltype(p.bias)::size, columns = decltype(p.kernel)::extents[1];
  return p.bias.flat().template first<std::min(size, columns)>();
}
template <class P> auto recurrent_bias(P& p) {
  constexpr std::size_t size = decltype(p.bias)::size, columns = decltype(p.kernel)::extents[1];
  return p.bias.flat().template last<(size > columns ? columns : 0)>();
}

/// For a cell that gives what it keeps, (N), to a second product with U, whose last gate needs that in place of h[t-1]
/// U: `open(step)` makes the factor, `forward` uses the product, and `backward_to_factor` is the way back.
template <class Cell, Scalar T, std::size_t N, bool exists = Cell::multiplies_twice> struct SecondProduct {};

template <class Cell, Scalar T, std::size_t N> struct SecondProduct<Cell, T, N, true> {
  static constexpr std::size_t G = Cell::gates * N;

  SequenceBuffer<T, G> dproduct;  ///< (T,B,G)
  SequenceBuffer<T, N> dfactor;   ///< (1,B,N), of the step at hand

  /// Step t: completes dz and overwrites drecurrent, and adds to dh what reaches h[t-1] through the factor.
  void backward(const Tensor<T, G, N>& kernel_transposed, const CellStep<Cell, N, const T>& step,
                const CellGradient<Cell, N, T>& gradient, std::size_t steps, std::size_t t, Rows<T, N> dh) {
    const auto product = dproduct.resize(steps, dh.count)[t];
    const auto factor = dfactor.resize(1, dh.count)[0];
    for (std::size_t b = 0; b < dh.count; ++b) {
      std::fill_n(product[b], G - N, T(0));
      std::copy_n(gradient.dz[b] + G - N, N, product[b] + G - N);
    }
    std::ranges::fill(factor, T(0));
    add_product(product, kernel_transposed, factor);
    Cell::backward_to_factor(step, factor, gradient, dh);
  }

  /// dU (N,G) += sum over t of factor[t]^T dproduct[t]
  void add_weight_gradient(Sequence<const T, N> factor, Tensor<T, N, G>& du) const {
    add_outer_product(factor.rows(), dproduct.view().rows(), du);
  }
};

}  // namespace rnnts::inline RNNTS_ABI::detail
