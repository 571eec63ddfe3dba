// GRUCell: the formulas of one step of a GRU, all but its products.
#pragma once

#include <algorithm>
#include <cstddef>

#include "rnnts/kernels/activation.hpp"
#include "rnnts/kernels/loop.hpp"
#include "rnnts/tensor/aligned.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// For M numbers of each kind, that stand side by side: the units of one sample, or of several. Names are those of
/// GRU's tape.   a, gates, recurrent: (3M)   all others: (M)
template <ElementwiseActivation Act, ElementwiseActivation RecurrentAct, bool reset_after> struct GRUCell {
  /// Adds to a, x W + b, what it lacks for the gates z and r, and gives these and `reset`.
  template <std::size_t M, Scalar T> static void open(T* a, const T* recurrent, const T* h_before, T* gates, T* reset) {
    for_each_number<2 * M>([&](std::size_t n) { a[n] += recurrent[n]; });
    activate<RecurrentAct>(Rows<const T, 2 * M>{a, 1}, Rows<T, 2 * M>{gates, 1});
    const T* const r = gates + M;
    for_each_number<M>([&](std::size_t n) { reset[n] = reset_after ? recurrent[2 * M + n] : r[n] * h_before[n]; });
  }

  /// h = z h_before + (1 - z) g, with g = act(a + r reset), or without reset_after act(a + recurrent); keeps g in
  /// `gates` and what goes into its activation in a.
  template <std::size_t M, Scalar T>
  static void mix(T* a, T* gates, const T* reset, const T* recurrent, const T* h_before, T* h) {
    const T *const z = gates, *const r = gates + M;
    alignas(cache_line) T next[M];  // that nothing else can overlap, so that the loops vectorise
    for_each_number<M>(
        [&](std::size_t n) { next[n] = a[2 * M + n] + (reset_after ? r[n] * reset[n] : recurrent[2 * M + n]); });
    std::copy_n(next, M, a + 2 * M);
    for_each_number<M>([&](std::size_t n) { next[n] = Act::value(next[n]); });
    std::copy_n(next, M, gates + 2 * M);
    for_each_number<M>([&](std::size_t n) { next[n] = z[n] * h_before[n] + (1 - z[n]) * next[n]; });
    std::copy_n(next, M, h);
  }

  /// h = z h_before + (1 - z) g: overwrites the parts of da for z and g, and dh with the part for h_before.
  template <std::size_t M, Scalar T>
  static void mix_backward(const T* a, const T* gates, const T* h_before, T* dh, T* da) {
    const T *const z = gates, *const g = gates + 2 * M;
    for_each_number<M>([&](std::size_t n) { da[n] = dh[n] * (h_before[n] - g[n]) * RecurrentAct::slope(a[n], z[n]); });
    for_each_number<M>([&](std::size_t n) { da[2 * M + n] = dh[n] * (1 - z[n]) * Act::slope(a[2 * M + n], g[n]); });
    for_each_number<M>([&](std::size_t n) { dh[n] *= z[n]; });
  }

  /// ag = … + r reset: overwrites the part of da for r, and drecurrent.
  template <std::size_t M, Scalar T>
  static void reset_after_backward(const T* a, const T* gates, const T* reset, T* da, T* drecurrent) {
    const T *const r = gates + M, *const dg = da + 2 * M;
    alignas(cache_line) T dr[M];  // of its own, as above
    for_each_number<M>([&](std::size_t n) { dr[n] = dg[n] * reset[n] * RecurrentAct::slope(a[M + n], r[n]); });
    std::copy_n(dr, M, da + M);
    std::copy_n(da, 2 * M, drecurrent);
    for_each_number<M>([&](std::size_t n) { drecurrent[2 * M + n] = dg[n] * r[n]; });
  }

  /// Of da, the part for g alone.
  template <std::size_t M, Scalar T> static void keep_candidate(const T* da, T* dcandidate) {
    std::fill_n(dcandidate, 2 * M, T(0));
    std::copy_n(da + 2 * M, M, dcandidate + 2 * M);
  }

  /// reset = r h_before: overwrites the part of da for r, and drecurrent; adds to dh.
  template <std::size_t M, Scalar T>
  static void reset_before_backward(const T* a, const T* gates, const T* h_before, const T* dreset, T* da,
                                    T* drecurrent, T* dh) {
    for_each_number<M>([&](std::size_t n) {
      const T r = gates[M + n];
      da[M + n] = dreset[n] * h_before[n] * RecurrentAct::slope(a[M + n], r);
      dh[n] += dreset[n] * r;
      drecurrent[n] = da[n];
      drecurrent[M + n] = da[M + n];
      drecurrent[2 * M + n] = 0;
    });
  }
};

}  // namespace rnnts::inline RNNTS_ABI::detail
