// LSTMCell: the formulas of one step of an LSTM, all but its products.
#pragma once

#include <algorithm>
#include <cstddef>

#include "rnnts/kernels/activation.hpp"
#include "rnnts/kernels/loop.hpp"
#include "rnnts/tensor/aligned.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// For M numbers of each kind, that stand side by side: the units of one sample, or of several. Names are those of
/// LSTM's tape.   z, gates, dz: (4M)   all others: (M)
template <ElementwiseActivation Act, ElementwiseActivation RecurrentAct> struct LSTMCell {
  /// The states after one step. Each output may be its input.
  template <std::size_t M, Scalar T>
  static void forward(const T* z, const T* c_before, T* gates, T* c, T* act_c, T* h) {
    activate<RecurrentAct>(Rows<const T, 2 * M>{z, 1}, Rows<T, 2 * M>{gates, 1});
    activate<Act>(Rows<const T, M>{z + 2 * M, 1}, Rows<T, M>{gates + 2 * M, 1});
    activate<RecurrentAct>(Rows<const T, M>{z + 3 * M, 1}, Rows<T, M>{gates + 3 * M, 1});
    const T *const i = gates, *const f = gates + M, *const g = gates + 2 * M, *const o = gates + 3 * M;
    alignas(cache_line) T next[M], out[M];  // that nothing else can overlap, so that the loops vectorise
    for_each_number<M>([&](std::size_t n) { next[n] = f[n] * c_before[n] + i[n] * g[n]; });
    std::copy_n(next, M, c);
    for_each_number<M>([&](std::size_t n) { out[n] = Act::value(next[n]); });
    std::copy_n(out, M, act_c);
    for_each_number<M>([&](std::size_t n) { h[n] = o[n] * out[n]; });
  }

  /// From dL/dh and the part of dL/dc that comes from the step after, overwrites dz, and dc with the part for the
  /// step before.
  template <std::size_t M, Scalar T>
  static void backward(const T* z, const T* c_before, const T* gates, const T* c, const T* act_c, const T* dh, T* dc,
                       T* dz) {
    const T *const i = gates, *const f = gates + M, *const g = gates + 2 * M, *const o = gates + 3 * M;
    alignas(cache_line) T dcell[M];  // of its own, as above
    for_each_number<M>([&](std::size_t n) { dcell[n] = dc[n] + dh[n] * o[n] * Act::slope(c[n], act_c[n]); });
    for_each_number<M>([&](std::size_t n) { dz[n] = dcell[n] * g[n] * RecurrentAct::slope(z[n], i[n]); });
    for_each_number<M>(
        [&](std::size_t n) { dz[M + n] = dcell[n] * c_before[n] * RecurrentAct::slope(z[M + n], f[n]); });
    for_each_number<M>([&](std::size_t n) { dz[2 * M + n] = dcell[n] * i[n] * Act::slope(z[2 * M + n], g[n]); });
    for_each_number<M>(
        [&](std::size_t n) { dz[3 * M + n] = dh[n] * act_c[n] * RecurrentAct::slope(z[3 * M + n], o[n]); });
    for_each_number<M>([&](std::size_t n) { dc[n] = dcell[n] * f[n]; });
  }
};

}  // namespace rnnts::inline RNNTS_ABI::detail
