// GRU: a state that gates mix with what it could become, with fewer weights than an LSTM.
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

using GRUOptions = RecurrentOptions<detail::RecurrentKind::gru>;

namespace detail {
template <ElementwiseActivation Act, ElementwiseActivation RecurrentAct, bool reset_after> struct GRUCell;
}

/// z = rec(x[t] Wz + h[t-1] Uz + bz)   r = rec(x[t] Wr + h[t-1] Ur + br)
/// g = act(x[t] Wg + bg + r (h[t-1] Ug + b'g)), or without reset_after g = act(x[t] Wg + (r h[t-1]) Ug + bg)
/// h[t] = z h[t-1] + (1 - z) g,   h[-1] = 0 or given
///
/// Cho and others 2014, arXiv:1406.1078; gates in Keras' order, update, reset, candidate.   x: (T,B,I)   W: (I,3N)
/// U: (N,3N)   h: (T,B,N)   b: (2,3N), one bias of the input and one of the state; without reset_after, where a step
/// has two products with U and takes longer, (3N)
template <std::size_t N = dynamic, class Act = Tanh, class RecurrentAct = Sigmoid, GRUOptions chosen = GRUOptions{}>
struct GRU : detail::Units<N> {
  static_assert(ElementwiseActivation<Act> && ElementwiseActivation<RecurrentAct>,
                "The activations of GRU are functions of one number, as Tanh is; Softmax is one of a whole row.");
  static_assert(N > 0, "GRU<0> has no state: the number of units must be at least 1.");
  static_assert(chosen.has_dropout_rates(), "The dropout rates of GRU must be at least 0 and below 1.");

  using detail::Units<N>::Units;
  static constexpr GRUOptions options = chosen;
  template <GRUOptions other> using With = GRU<N, Act, RecurrentAct, other>;

  template <Scalar T, Shape Input>
  struct Layer : detail::Recurrence<detail::GRUCell<Act, RecurrentAct, options.reset_after>, T, Input, N, options> {
    static_assert(Input.is_sequence,
                  "GRU needs a sequence, but the layer before it gives a vector: set its return_sequences.");

    static constexpr std::string_view name = "gru";

    static std::string config() { return detail::config_of(Act::name, RecurrentAct::name, options); }
    static GRU specification(const auto& p) { return detail::of_units<GRU, N>(Layer::output_features(p)); }
  };
};

GRU(std::size_t) -> GRU<>;
/// `GRU(5, "tanh")`, as in Keras, does not compile, with a sentence that says why.
template <std::integral Units, class Option, class... Options>
GRU(Units, Option, Options...) -> GRU<detail::options_in_parentheses<Units>()>;

namespace detail {

/// a, x W + b, becomes what goes into the activations.   a, gates, da: z, r, g, (3M)   kept: h[t-1] Ug + b'g, or
/// without reset_after r h[t-1], (M)
template <ElementwiseActivation Act, ElementwiseActivation RecurrentAct, bool reset_after>
struct GRUCell : CellDefaults {
  static constexpr std::array<std::string_view, 1> states{"h"};
  static constexpr std::size_t gates = 3, kept = 1;
  static constexpr bool keeps_z = Act::needs_input || RecurrentAct::needs_input, has_recurrent = true, carries_h = true;
  static constexpr bool multiplies_twice = !reset_after, has_step = reset_after, fits_lanes = reset_after;

  template <std::size_t M, Scalar T, std::size_t N> static void forward(const CellStep<GRUCell, M, T, N>& s) {
    if constexpr (reset_after) open(s);
    for (std::size_t b = 0; b < s.z.count; ++b) {
      T *const a = s.z[b] + 2 * s.stride, *const g = s.gates[b] + 2 * s.stride, *const h = s.after[0][b];
      const T *const z = s.gates[b], *const r = z + s.stride, *const h_before = s.before[0][b];
      const T *const reset = s.kept[b], *const product = s.recurrent[b] + 2 * s.stride;
      for_each_number<M>([&](std::size_t n) { a[n] += reset_after ? r[n] * reset[n] : product[n]; });
      for_each_number<M>([&](std::size_t n) { g[n] = Act::value(a[n]); });
      for_each_number<M>([&](std::size_t n) { h[n] = z[n] * h_before[n] + (1 - z[n]) * g[n]; });
    }
  }

  /// The gates z and r, and what is kept.
  template <std::size_t M, Scalar T, std::size_t N> static void open(const CellStep<GRUCell, M, T, N>& s) {
    for (std::size_t b = 0; b < s.z.count; ++b) {
      T *const a = s.z[b], *const z = s.gates[b], *const reset = s.kept[b];
      const T *const product = s.recurrent[b], *const product_g = product + 2 * s.stride;
      const T *const r = z + s.stride, *const h_before = s.dropped[b];
      for_each_number_of_gates<2, M>(s.stride, [&](std::size_t n) { z[n] = RecurrentAct::value(a[n] += product[n]); });
      for_each_number<M>([&](std::size_t n) { reset[n] = reset_after ? product_g[n] : r[n] * h_before[n]; });
    }
  }

  template <std::size_t M, Scalar T, std::size_t N>
  static void backward(const CellStep<GRUCell, M, const T, N>& s, const CellGradient<GRUCell, M, T, N>& d) {
    for (std::size_t b = 0; b < s.z.count; ++b) {
      const T *const a = s.z[b], *const ar = a + s.stride, *const ag = ar + s.stride, *const reset = s.kept[b];
      const T *const z = s.gates[b], *const r = z + s.stride, *const g = r + s.stride, *const before = s.before[0][b];
      T *const dh = d.dstates[0][b], *const da = d.dz[b], *const dr = da + s.stride, *const dg = dr + s.stride;
      for_each_number<M>([&](std::size_t n) { da[n] = dh[n] * (before[n] - g[n]) * RecurrentAct::slope(a[n], z[n]); });
      for_each_number<M>([&](std::size_t n) { dg[n] = dh[n] * (1 - z[n]) * Act::slope(ag[n], g[n]); });
      for_each_number<M>([&](std::size_t n) { dh[n] *= z[n]; });
      if constexpr (reset_after) {
        T *const drecurrent = d.drecurrent[b], *const drecurrent_g = drecurrent + 2 * s.stride;
        for_each_number<M>([&](std::size_t n) { dr[n] = dg[n] * reset[n] * RecurrentAct::slope(ar[n], r[n]); });
        for_each_number_of_gates<2, M>(s.stride, [&](std::size_t n) { drecurrent[n] = da[n]; });
        for_each_number<M>([&](std::size_t n) { drecurrent_g[n] = dg[n] * r[n]; });
      }
    }
  }

  /// reset = r h[t-1]
  template <std::size_t M, Scalar T, std::size_t N>
  static void backward_to_factor(const CellStep<GRUCell, M, const T, N>& s, Rows<T, N> dreset,
                                 const CellGradient<GRUCell, M, T, N>& d, Rows<T, N> dh) {
    for (std::size_t b = 0; b < dh.count; ++b) {
      const T *const ar = s.z[b] + s.stride, *const r = s.gates[b] + s.stride;
      T *const da = d.dz[b], *const dr = da + s.stride, *const drecurrent = d.drecurrent[b];
      for_each_number<M>([&](std::size_t n) {
        dr[n] = dreset[b][n] * s.dropped[b][n] * RecurrentAct::slope(ar[n], r[n]);
        dh[b][n] += dreset[b][n] * r[n];
      });
      for_each_number_of_gates<2, M>(s.stride, [&](std::size_t n) { drecurrent[n] = da[n]; });
      std::fill_n(drecurrent + 2 * s.stride, M, T(0));
    }
  }

  template <std::size_t M, Scalar T>
  [[gnu::always_inline]] static void step(T* a, const T* recurrent, auto stride, T* h) {
    T *const ar = a + stride, *const ag = ar + stride;
    const T *const of_r = recurrent + stride, *const of_g = of_r + stride;
    for_each_number<M>([&](std::size_t n)
                           __attribute__((always_inline)) { ag[n] += RecurrentAct::value(ar[n] + of_r[n]) * of_g[n]; });
    for_each_number<M>([&](std::size_t n) __attribute__((always_inline)) {
      const T z = RecurrentAct::value(a[n] + recurrent[n]);
      h[n] = z * h[n] + (1 - z) * Act::value(ag[n]);
    });
  }
};

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI

RNNTS_LOOPS_END
