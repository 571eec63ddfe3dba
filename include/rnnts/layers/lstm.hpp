// LSTM: a cell that gates write to, erase and read, so that a net can remember over many steps.
#pragma once

#include <algorithm>
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

using LSTMOptions = RecurrentOptions<detail::RecurrentKind::lstm>;

namespace detail {
template <ElementwiseActivation Act, ElementwiseActivation RecurrentAct> struct LSTMCell;
}

/// (zi, zf, zg, zo) = x[t] W + h[t-1] U + b,   i = rec(zi)   f = rec(zf)   g = act(zg)   o = rec(zo)
/// c[t] = f c[t-1] + i g   h[t] = o act(c[t]),   h[-1] = c[-1] = 0 or given
///
/// Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and Cummins 2000; gates in Keras' order,
/// input, forget, cell, output.   x: (T,B,I)   W: (I,4N)   U: (N,4N)   b: (4N)   h, c: (T,B,N)
template <std::size_t N = dynamic, class Act = Tanh, class RecurrentAct = Sigmoid, LSTMOptions chosen = LSTMOptions{}>
struct LSTM : detail::Units<N> {
  static_assert(ElementwiseActivation<Act> && ElementwiseActivation<RecurrentAct>,
                "The activations of LSTM are functions of one number, as Tanh is; Softmax is one of a whole row.");
  static_assert(N > 0, "LSTM<0> has no state: the number of units must be at least 1.");
  static_assert(chosen.has_dropout_rates(), "The dropout rates of LSTM must be at least 0 and below 1.");

  using detail::Units<N>::Units;
  static constexpr LSTMOptions options = chosen;
  template <LSTMOptions other> using With = LSTM<N, Act, RecurrentAct, other>;

  template <Scalar T, Shape Input>
  struct Layer : detail::Recurrence<detail::LSTMCell<Act, RecurrentAct>, T, Input, N, options> {
    static_assert(Input.is_sequence,
                  "LSTM needs a sequence, but the layer before it gives a vector: set its return_sequences.");

    static constexpr std::string_view name = "lstm";

    static std::string config() { return detail::config_of(Act::name, RecurrentAct::name, options); }
    static LSTM specification(const auto& p) { return detail::of_units<LSTM, N>(Layer::output_features(p)); }
  };
};

LSTM(std::size_t) -> LSTM<>;
/// `LSTM(5, "tanh")`, as in Keras, does not compile, with a sentence that says why.
template <std::integral Units, class Option, class... Options>
LSTM(Units, Option, Options...) -> LSTM<detail::options_in_parentheses<Units>()>;

namespace detail {

/// z, gates, dz: i, f, g, o, (4M)   kept: act(c), (M)
template <ElementwiseActivation Act, ElementwiseActivation RecurrentAct> struct LSTMCell : CellDefaults {
  static constexpr std::array<std::string_view, 2> states{"h", "c"};
  static constexpr std::size_t gates = 4, kept = 1;
  static constexpr bool keeps_z = Act::needs_input || RecurrentAct::needs_input, has_step = true;

  static constexpr Initializer bias_initializer(const LSTMOptions& options) {
    return options.unit_forget_bias ? unit_forget(options.bias_initializer) : options.bias_initializer;
  }

  template <std::size_t M, Scalar T, std::size_t N>
  [[gnu::always_inline]]
  static void forward(const CellStep<LSTMCell, M, T, N>& s) {
    for (std::size_t b = 0; b < s.z.count; ++b) {
      const T *const z = s.z[b], *const c_before = s.before[1][b];
      T *const i = s.gates[b], *const f = i + s.stride, *const g = f + s.stride, *const o = g + s.stride;
      for_each_number_of_gates<2, M>(s.stride, [&](std::size_t n) { i[n] = RecurrentAct::value(z[n]); });
      activate<Act>(Rows<const T, M>{z + 2 * s.stride, 1}, Rows<T, M>{g, 1});
      activate<RecurrentAct>(Rows<const T, M>{z + 3 * s.stride, 1}, Rows<T, M>{o, 1});
      T *const c = s.after[1][b], *const act_c = s.kept[b], *const h = s.after[0][b];
      for_each_number<M>([&](std::size_t n) { c[n] = f[n] * c_before[n] + i[n] * g[n]; });
      for_each_number<M>([&](std::size_t n) { act_c[n] = Act::value(c[n]); });
      for_each_number<M>([&](std::size_t n) { h[n] = o[n] * act_c[n]; });
    }
  }

  template <std::size_t M, Scalar T, std::size_t N>
  static void backward(const CellStep<LSTMCell, M, const T, N>& s, const CellGradient<LSTMCell, M, T, N>& d) {
    for (std::size_t b = 0; b < s.z.count; ++b) {
      const T *const z = s.z[b], *const c_before = s.before[1][b], *const c = s.after[1][b], *const act_c = s.kept[b];
      const T *const i = s.gates[b], *const f = i + s.stride, *const g = f + s.stride, *const o = g + s.stride;
      const T *const zf = z + s.stride, *const zg = zf + s.stride, *const zo = zg + s.stride;
      const T* const dh = d.dstates[0][b];
      T *const dc = d.dstates[1][b], *const dz = d.dz[b];
      T *const dzf = dz + s.stride, *const dzg = dzf + s.stride, *const dzo = dzg + s.stride;
      for_each_number<M>([&](std::size_t n) { dc[n] += dh[n] * o[n] * Act::slope(c[n], act_c[n]); });
      for_each_number<M>([&](std::size_t n) { dz[n] = dc[n] * g[n] * RecurrentAct::slope(z[n], i[n]); });
      for_each_number<M>([&](std::size_t n) { dzf[n] = dc[n] * c_before[n] * RecurrentAct::slope(zf[n], f[n]); });
      for_each_number<M>([&](std::size_t n) { dzg[n] = dc[n] * i[n] * Act::slope(zg[n], g[n]); });
      for_each_number<M>([&](std::size_t n) { dzo[n] = dh[n] * act_c[n] * RecurrentAct::slope(zo[n], o[n]); });
      for_each_number<M>([&](std::size_t n) { dc[n] *= f[n]; });
    }
  }

  template <std::size_t M, Scalar T> [[gnu::always_inline]] static void step(T* z, T*, auto stride, T* h, T* c) {
    const T *const zf = z + stride, *const zg = zf + stride, *const zo = zg + stride;
    for_each_number<M>([&](std::size_t n) __attribute__((always_inline)) {
      c[n] = RecurrentAct::value(zf[n]) * c[n] + RecurrentAct::value(z[n]) * Act::value(zg[n]);
    });
    for_each_number<M>([&](std::size_t n)
                           __attribute__((always_inline)) { h[n] = RecurrentAct::value(zo[n]) * Act::value(c[n]); });
  }
};

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI

RNNTS_LOOPS_END
