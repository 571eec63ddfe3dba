// SLSTM: an LSTM with exponential gates, which can revise what it has stored.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <limits>
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

using SLSTMOptions = RecurrentOptions<>;

namespace detail {
struct SLSTMCell;
}

/// (i, f, z, o) = x[t] W + h[t-1] U + b,   m[t] = max(i, m[t-1] + log sigmoid(f))
/// i' = exp(i - m[t])   f' = exp(m[t-1] + log sigmoid(f) - m[t])
/// c[t] = f' c[t-1] + i' tanh(z)   n[t] = f' n[t-1] + i'   h[t] = sigmoid(o) c[t] / n[t]
/// h[-1] = c[-1] = n[-1] = 0 and m[-1] = -∞, or given
///
/// The scalar LSTM of xLSTM, Beck and others 2024, arXiv:2405.04517, with a full recurrent kernel.   x: (T,B,I)
/// W: (I,4N)   U: (N,4N)   b: (4N)   h, c, n, m: (T,B,N)
template <std::size_t N = dynamic, SLSTMOptions chosen = SLSTMOptions{}> struct SLSTM : detail::Units<N> {
  static_assert(N > 0, "SLSTM<0> has no state: the number of units must be at least 1.");
  static_assert(chosen.has_dropout_rates(), "The dropout rates of SLSTM must be at least 0 and below 1.");

  using detail::Units<N>::Units;
  static constexpr SLSTMOptions options = chosen;
  template <SLSTMOptions other> using With = SLSTM<N, other>;

  template <Scalar T, Shape Input> struct Layer : detail::Recurrence<detail::SLSTMCell, T, Input, N, options> {
    static_assert(Input.is_sequence,
                  "SLSTM needs a sequence, but the layer before it gives a vector: set its return_sequences.");

    static constexpr std::string_view name = "slstm";

    static std::string config() { return options.go_backwards ? "go_backwards" : ""; }

    static SLSTM specification(const auto& p) { return detail::of_units<SLSTM, N>(Layer::output_features(p)); }
  };
};

SLSTM(std::size_t) -> SLSTM<>;
/// `SLSTM(5, "tanh")`, as in Keras, does not compile, with a sentence that says why.
template <std::integral Units, class Option, class... Options>
SLSTM(Units, Option, Options...) -> SLSTM<detail::options_in_parentheses<Units>()>;

namespace detail {

/// z, dz: of i, f, z, o, (4M)   gates: i', f', tanh(z), sigmoid(o)   kept: the slope of log sigmoid(f), (M)
struct SLSTMCell : CellDefaults {
  static constexpr std::array<std::string_view, 4> states{"h", "c", "n", "m"};
  static constexpr std::array<double, 4> first{0, 0, 0, -std::numeric_limits<double>::infinity()};
  static constexpr std::size_t gates = 4, kept = 1;

  template <std::size_t M, Scalar T, std::size_t N> static void forward(const CellStep<SLSTMCell, M, T, N>& s) {
    for (std::size_t b = 0; b < s.z.count; ++b) {
      const T *const z = s.z[b], *const c = s.before[1][b], *const n = s.before[2][b], *const m = s.before[3][b];
      const T *const zf = z + s.stride, *const zg = zf + s.stride, *const zo = zg + s.stride;
      T *const i = s.gates[b], *const f = i + s.stride, *const g = f + s.stride, *const o = g + s.stride;
      T *const next_c = s.after[1][b], *const next_n = s.after[2][b], *const next_m = s.after[3][b];
      T *const slope = s.kept[b], *const h = s.after[0][b];
      for_each_number<M>([&](std::size_t k) {
        const T zi = z[k], forget = -zf[k], log_forget = m[k] - Softplus::value(forget);
        next_m[k] = select(zi > log_forget, zi, log_forget);
        i[k] = elementary::exp(zi - next_m[k]);
        f[k] = elementary::exp(log_forget - next_m[k]);
        slope[k] = Sigmoid::value(forget);
      });
      activate<Tanh>(Rows<const T, M>{zg, 1}, Rows<T, M>{g, 1});
      activate<Sigmoid>(Rows<const T, M>{zo, 1}, Rows<T, M>{o, 1});
      for_each_number<M>([&](std::size_t k) {
        next_c[k] = f[k] * c[k] + i[k] * g[k];
        next_n[k] = f[k] * n[k] + i[k];
      });
      for_each_number<M>([&](std::size_t k) { h[k] = o[k] * next_c[k] / next_n[k]; });
    }
  }

  /// h is the same for any m[t], which only keeps numbers within range: c[t] e^m[t] and n[t] e^m[t] do not depend on
  /// it. So m[t] is taken for a constant, and m[t-1] for what it is beside log sigmoid(f) in f'.
  template <std::size_t M, Scalar T, std::size_t N>
  static void backward(const CellStep<SLSTMCell, M, const T, N>& s, const CellGradient<SLSTMCell, M, T, N>& d) {
    for (std::size_t b = 0; b < s.z.count; ++b) {
      const T *const i = s.gates[b], *const f = i + s.stride, *const g = f + s.stride, *const o = g + s.stride;
      const T *const c_before = s.before[1][b], *const n_before = s.before[2][b];
      const T *const c = s.after[1][b], *const n = s.after[2][b], *const slope = s.kept[b];
      const T* const dh = d.dstates[0][b];
      T *const dc = d.dstates[1][b], *const dn = d.dstates[2][b], *const dm = d.dstates[3][b], *const dz = d.dz[b];
      T *const dzf = dz + s.stride, *const dzg = dzf + s.stride, *const dzo = dzg + s.stride;
      for_each_number<M>([&](std::size_t k) {
        const T ratio = c[k] / n[k], by_ratio = dh[k] * o[k] / n[k];
        const T dcell = dc[k] + by_ratio, dnormal = dn[k] - by_ratio * ratio;
        const T dlog_forget = (dcell * c_before[k] + dnormal * n_before[k]) * f[k];
        dz[k] = (dcell * g[k] + dnormal) * i[k];
        dzf[k] = dlog_forget * slope[k];
        dzg[k] = dcell * i[k] * Tanh::slope(T(0), g[k]);
        dzo[k] = dh[k] * ratio * Sigmoid::slope(T(0), o[k]);
        dc[k] = dcell * f[k];
        dn[k] = dnormal * f[k];
        dm[k] = dlog_forget;
      });
    }
  }
};

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI

RNNTS_LOOPS_END
