// SimpleRNN: the output of one step is the state that the next step starts from.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

#include "rnnts/core/loops.hpp"
#include "rnnts/kernels/activation.hpp"
#include "rnnts/kernels/loop.hpp"
#include "rnnts/layers/cell.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/recurrence.hpp"
#include "rnnts/layers/recurrent_options.hpp"
#include "rnnts/layers/sizes.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI {

using SimpleRNNOptions = RecurrentOptions<>;

namespace detail {
template <Activation Act> struct SimpleRNNCell;
}

/// h[t] = act(x[t] W + h[t-1] U + b), h[-1] = 0 or given (Elman 1990).
///
/// x: (T,B,I)   W: (I,N)   U: (N,N)   b: (N)   h: (T,B,N)
template <std::size_t N = dynamic, Activation Act = Tanh, SimpleRNNOptions chosen = SimpleRNNOptions{}>
struct SimpleRNN : detail::Units<N> {
  static_assert(N > 0, "SimpleRNN<0> has no state: the number of units must be at least 1.");
  static_assert(chosen.has_dropout_rates(), "The dropout rates of SimpleRNN must be at least 0 and below 1.");

  using detail::Units<N>::Units;
  static constexpr SimpleRNNOptions options = chosen;
  template <SimpleRNNOptions other> using With = SimpleRNN<N, Act, other>;

  template <Scalar T, Shape Input> struct Layer : detail::Recurrence<detail::SimpleRNNCell<Act>, T, Input, N, options> {
    static_assert(Input.is_sequence,
                  "SimpleRNN needs a sequence, but the layer before it gives a vector: set its return_sequences.");

    static constexpr std::string_view name = "simple_rnn";

    static std::string config() {
      return detail::sentence("activation ", Act::name, options.go_backwards ? ", go_backwards" : "");
    }

    static SimpleRNN specification(const auto& p) { return detail::of_units<SimpleRNN, N>(Layer::output_features(p)); }
  };
};

SimpleRNN(std::size_t) -> SimpleRNN<>;
/// `SimpleRNN(5, "tanh")`, as in Keras, does not compile, with a sentence that says why.
template <std::integral Units, class Option, class... Options>
SimpleRNN(Units, Option, Options...) -> SimpleRNN<detail::options_in_parentheses<Units>()>;

namespace detail {

/// z = x[t] W + h[t-1] U + b, h[t] = act(z): z may be the memory of h.
template <Activation Act> struct SimpleRNNCell : CellDefaults {
  static constexpr std::array<std::string_view, 1> states{"h"};
  static constexpr std::size_t gates = 1;
  static constexpr bool keeps_gates = false, keeps_z = activation_needs_input<Act>, has_step = true;
  static constexpr bool fits_lanes = ElementwiseActivation<Act>, works_in_place = true;
  static constexpr bool takes_rows = true;

  template <std::size_t M, Scalar T, std::size_t N> static void forward(const CellStep<SimpleRNNCell, M, T, N>& s) {
    activate<Act>(s.z, s.after[0]);
  }

  template <std::size_t M, Scalar T, std::size_t N>
  static void backward(const CellStep<SimpleRNNCell, M, const T, N>& s, const CellGradient<SimpleRNNCell, M, T, N>& d) {
    activate_backward<Act>(s.z, s.after[0], d.dstates[0], d.dz);
  }

  template <std::size_t M, Scalar T> [[gnu::always_inline]] static void step(T* z, T*, auto stride, T* h) {
    if constexpr (ElementwiseActivation<Act>) {
      for_each_number<M>([&](std::size_t n) __attribute__((always_inline)) { h[n] = Act::value(z[n]); });
    } else {
      activate<Act>(Rows<const T, M>{z, 1, stride}, Rows<T, M>{h, 1, stride});
    }
  }
};

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI

RNNTS_LOOPS_END
