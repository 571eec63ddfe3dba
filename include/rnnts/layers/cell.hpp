// What the cell of a recurrent layer is: the formulas of one step, all but its products.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/initializer.hpp"
#include "rnnts/core/loops.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/kernels/activation.hpp"
#include "rnnts/kernels/loop.hpp"
#include "rnnts/kernels/plan.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/kernels/simd.hpp"
#include "rnnts/layers/recurrent.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI::detail {

/// What a cell derives from. It says what differs from this, and has
///
/// - `gates`, how many numbers per unit go into its formulas from z = x W + h[t-1] U + b, and `states`, the names of
/// what it remembers, of which the first is h, its output;
/// - `forward(step)`: from z and the states before, overwrites those after and what it keeps;
/// - `backward(step, gradient)`: from dL/d(states after) overwrites dz, and the gradients with what reaches the states
/// before, but for what reaches h[t-1] through the products;
/// - maybe `step<M>(z, recurrent, stride, states…)`: the same for units of one sample in a stream, with all states in
/// place, and `stride` numbers from those of one gate to those of the next.
struct CellDefaults {
  static constexpr std::size_t kept = 0;           ///< numbers per unit that it keeps beside the gates
  static constexpr bool keeps_z = false;           ///< keeps what goes into the gates too, as their slopes need it
  static constexpr bool keeps_gates = true;        ///< else all that it keeps are its states
  static constexpr bool has_recurrent = false;     ///< has h[t-1] U + b' apart, not added to z
  static constexpr bool multiplies_twice = false;  ///< has a second product with U, see `SecondProduct`
  static constexpr bool carries_h = false;         ///< h[t-1] reaches h on another way than through the products
  static constexpr bool has_step = false;          ///< has `step`; else a stream runs `forward`
  static constexpr bool fits_lanes = true;         ///< works on M numbers one by one, whatever they are
  static constexpr bool takes_rows = false;        ///< is as fast for rows whose width only a run knows
  /// h is its only state, and dz may be the memory of dh. In lanes, groups take turns: what one waits for, others do
  /// not.
  static constexpr bool works_in_place = false;

  static constexpr Initializer bias_initializer(const auto& options) { return options.bias_initializer; }
};

/// `make(k)` for k = 0, …, S - 1.
template <std::size_t S> constexpr auto array_of(const auto& make) {
  return [&]<std::size_t... k>(std::index_sequence<k...>) {
    return std::array<decltype(make(std::size_t{0})), S>{make(k)...};
  }(std::make_index_sequence<S>());
}

/// Rows that begin further right.
template <class T, std::size_t F> Rows<T, F> columns_from(std::size_t first, Rows<T, F> rows) {
  return {rows.data + first, rows.count, rows.width};
}

/// One step as a cell sees it: rows of N numbers of each kind side by side, of which it is to do M. These are the units
/// of a sample, one row for each, or in a single row all units of a group of samples. T is const in a backward pass.
///
/// M is N where the compiler knows that. Else a cell has parts of the units, as many as fill registers, one after the
/// other.
template <class Cell, std::size_t M, class T, std::size_t N = M> struct CellStep {
  static constexpr std::size_t S = Cell::states.size(), G = times<Cell::gates, N>;

  Rows<T, G> z;                        ///< x W + b, and h[t-1] U unless that is apart
  Rows<T, G> gates;                    ///< kept; may be the memory of z
  Rows<T, times<Cell::kept, N>> kept;  ///< likewise, what else there is
  std::array<Rows<const T, N>, S> before{};
  std::array<Rows<T, N>, S> after{};            ///< each may be the memory of the one before
  Rows<const T, N> dropped{};                   ///< h[t-1] as the products see it
  Rows<T, G> recurrent{};                       ///< h[t-1] U + b' if that is apart; not in a backward pass
  [[no_unique_address]] Extent<N> stride = {};  ///< from the numbers of one gate to those of the next: N

  template <std::size_t units> CellStep<Cell, units, T, N> part(std::size_t first) const {
    return {columns_from(first, z),
            columns_from(first, gates),
            columns_from(first, kept),
            array_of<S>([&](std::size_t k) { return columns_from(first, before[k]); }),
            array_of<S>([&](std::size_t k) { return columns_from(first, after[k]); }),
            columns_from(first, dropped),
            columns_from(first, recurrent),
            stride};
  }
};

/// What a backward pass through one step reads and writes.
template <class Cell, std::size_t M, Scalar T, std::size_t N = M> struct CellGradient {
  static constexpr std::size_t S = Cell::states.size(), G = times<Cell::gates, N>;

  Rows<T, G> dz;                        ///< overwritten
  Rows<T, G> drecurrent;                ///< overwritten, if that is apart
  std::array<Rows<T, N>, S> dstates{};  ///< by those after the step, then by those before it

  template <std::size_t units> CellGradient<Cell, units, T, N> part(std::size_t first) const {
    return {columns_from(first, dz), columns_from(first, drecurrent),
            array_of<S>([&](std::size_t k) { return columns_from(first, dstates[k]); })};
  }
};

/// Calls `body<M>(first)` for parts of the units one after the other, if there are to be `parts`: as many as fill
/// registers, where only a run knows N or a loop would not fill them; else M is N.
template <Scalar T, bool parts, std::size_t N>
[[gnu::always_inline]] inline void for_each_part(Extent<N> units, const auto& body) {
  if constexpr (N == dynamic && parts) {
    simd::for_each_block<T, 2>(units, [&]<simd::Block block>(std::size_t first) __attribute__((always_inline)) {
      body.template operator()<block.columns()>(first);
    });
  } else if constexpr (N != dynamic && parts && simd::needs_third_width<T>(N)) {
    simd::for_each_block<T, N, N>([&]<std::size_t first, simd::Block block>() __attribute__((always_inline)) {
      body.template operator()<block.columns()>(first);
    });
  } else {
    body.template operator()<N>(0);
  }
}

/// The same numbers of the first `gates` gates, one after the other: calls `body(n)` with where each of them stands.
template <std::size_t gates, std::size_t M, std::size_t N>
[[gnu::always_inline]] inline void for_each_number_of_gates(Extent<N> stride, const auto& body) {
  if constexpr (M == N) {
    for_each_number<gates * M>(body);
  } else {
    for (std::size_t k = 0; k < gates; ++k) for_each_number<M>([&](std::size_t n) { body(k * stride + n); });
  }
}

/// All steps of a batch, (T,B,…), in what a tape holds and in the output y, if that is h. Where no backward pass
/// follows, a tape may hold a few steps, which it holds one after the other, over and over.
template <class Cell, std::size_t N, class T> struct CellSteps {
  static constexpr std::size_t S = Cell::states.size(), G = times<Cell::gates, N>;

  std::array<Sequence<T, N>, S> states;
  Sequence<T, G> gates, z;
  Sequence<T, times<Cell::kept, N>> kept;

  CellSteps(auto& tape, auto y, bool y_is_h)
      : states(array_of<S>([&](std::size_t k) { return of_width<N>(k == 0 && y_is_h ? y : tape.states[k].view()); })),
        gates(of_width<G>(tape.gates.view())),
        z([&] {
          if constexpr (Cell::keeps_z) {
            return of_width<G>(tape.z.view());
          } else if constexpr (Cell::keeps_gates) {
            return gates;
          } else {
            return states[0];
          }
        }()),
        kept(of_width<times<Cell::kept, N>>(tape.kept.view())) {}

  CellStep<Cell, N, T> at(std::size_t t, const auto& ends) const {
    return {.z = rows(z, t),
            .gates = rows(gates, t),
            .kept = rows(kept, t),
            .before = array_of<S>([&](std::size_t k) { return before(k, t, ends); }),
            .after = array_of<S>([&](std::size_t k) { return rows(states[k], t); }),
            .dropped = before(0, t, ends),
            .recurrent = rows(z, t),
            .stride = states[0].width};
  }

  /// State k after step t.
  Rows<T, N> after(std::size_t k, std::size_t t) const { return rows(states[k], t); }

 private:
  Rows<const T, N> before(std::size_t k, std::size_t t, const auto& ends) const {
    return t > 0 ? Rows<const T, N>(rows(states[k], t - 1)) : of_width<N>(ends[k].before_first());
  }
  template <std::size_t F> static Rows<T, F> rows(Sequence<T, F> all, std::size_t t) {
    return all[place_of_step(t, all.steps)];
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

/// The weights of a recurrent layer, in Keras' layout and order. G is N for each of the cell's gates.
template <class Cell, Scalar T, std::size_t I, std::size_t N, auto options> struct RecurrentWeights {
  static constexpr std::size_t G = times<Cell::gates, N>;
  static constexpr bool has_two_biases = Cell::has_recurrent && !Cell::multiplies_twice;

  Tensor<T, I, G> kernel;
  Tensor<T, N, G> recurrent_kernel;
  /// Of the input and the state together, (G), or one of each, (2,G), or none.
  std::conditional_t<options.use_bias && has_two_biases, Tensor<T, 2, G>, Tensor<T, options.use_bias ? G : 0>> bias;

  static constexpr auto fields() {
    using W = RecurrentWeights;
    constexpr auto chosen = options;  // clang 19 crashes on members of a template argument here
    return std::tuple{
        Field{"kernel", &W::kernel, chosen.kernel_initializer, chosen.kernel_regularizer},
        Field{"recurrent_kernel", &W::recurrent_kernel, chosen.recurrent_initializer, chosen.recurrent_regularizer},
        Field{"bias", &W::bias, Cell::bias_initializer(chosen), chosen.bias_regularizer}};
  }
};

template <std::size_t row, std::size_t rows, class T, std::size_t size> auto bias_row(std::span<T, size> bias) {
  const std::size_t columns = bias.size() / rows;
  return std::span<T, (size == dynamic ? size : size / rows)>(bias.data() + row * columns, columns);
}

/// The bias of the input and that of the state, (G) each, where a layer has them; else no numbers.
template <class P> auto input_bias(P& p) { return bias_row<0, decltype(p.bias)::rank>(p.bias.flat()); }
template <class P> auto recurrent_bias(P& p) {
  if constexpr (decltype(p.bias)::rank == 2) {
    return bias_row<1, 2>(p.bias.flat());
  } else {
    return p.bias.flat().template first<0>();
  }
}

/// For a cell that gives what it keeps, (N), to a second product with U, whose last gate needs that in place of h[t-1]
/// U: `open(step)` makes the factor, `forward` uses the product, and `backward_to_factor` is the way back.
template <class Cell, Scalar T, std::size_t N, bool exists = Cell::multiplies_twice> struct SecondProduct {};

template <class Cell, Scalar T, std::size_t N> struct SecondProduct<Cell, T, N, true> {
  static constexpr std::size_t G = times<Cell::gates, N>;

  SequenceBuffer<T, G> dproduct;  ///< (T,B,G)
  SequenceBuffer<T, N> dfactor;   ///< (1,B,N), of the step at hand

  /// Step t: completes dz and overwrites drecurrent, and adds to dh what reaches h[t-1] through the factor.
  void backward(const Tensor<T, G, N>& kernel_transposed, const CellStep<Cell, N, const T>& step,
                const CellGradient<Cell, N, T>& gradient, std::size_t steps, std::size_t t, Rows<T, N> dh) {
    const auto product = dproduct.resize(steps, dh.count, gradient.dz.width)[t];
    const auto factor = dfactor.resize(1, dh.count, dh.width)[0];
    const std::size_t before_last = product.width - dh.width;
    for (std::size_t b = 0; b < dh.count; ++b) {
      std::fill_n(product[b], before_last, T(0));
      std::copy_n(gradient.dz[b] + before_last, std::size_t{dh.width}, product[b] + before_last);
    }
    std::ranges::fill(factor, T(0));
    add_product(product, kernel_transposed, factor);
    for_each_part<T, !Cell::takes_rows>(dh.width, [&]<std::size_t M>(std::size_t first) {
      Cell::backward_to_factor(step.template part<M>(first), columns_from(first, factor),
                               gradient.template part<M>(first), columns_from(first, dh));
    });
  }

  /// dU (N,G) += sum over t of factor[t]^T dproduct[t]
  void add_weight_gradient(Sequence<const T, N> factor, Tensor<T, N, G>& du) const {
    add_outer_product(factor.rows(), dproduct.view().rows(), du);
  }
};

}  // namespace rnnts::inline RNNTS_ABI::detail

RNNTS_LOOPS_END
