// Samples in the lanes of registers, for layers so narrow that their units do not fill one.
//
// Where units stand side by side, a register of 16 numbers that holds 5 units does 5 numbers' work. Here it holds one
// unit of 16 samples: all of it works, a product with weights is one multiply-add per weight, and nothing is summed
// across a register before the end.
#pragma once

#include <algorithm>
#include <cstddef>

#include "rnnts/kernels/simd.hpp"
#include "rnnts/tensor/aligned.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

#if RNNTS_WITH_XSIMD

namespace rnnts::inline v0::lanes {

/// Samples of a group.
template <Scalar T> inline constexpr std::size_t count = simd::widest<T>;

template <Scalar T> using Pack = simd::Pack<T, count<T>>;

/// Memory for a batch of sequences in groups of L samples, (groups, T, F, L), that grows and is then reused.
template <Scalar T, std::size_t F> class Buffer {
 public:
  static constexpr std::size_t L = count<T>;

  void resize(std::size_t steps, std::size_t batch) {
    steps_ = steps;
    groups_ = (batch + L - 1) / L;
    if (values_.size() < groups_ * steps_ * F * L) values_.resize(groups_ * steps_ * F * L);
  }

  std::size_t steps() const { return steps_; }
  std::size_t groups() const { return groups_; }

  /// What group g has at step t, (F,L); the steps of a group follow each other.
  T* at(std::size_t g, std::size_t t) { return values_.data() + (g * steps_ + t) * F * L; }
  const T* at(std::size_t g, std::size_t t) const { return values_.data() + (g * steps_ + t) * F * L; }

  /// Takes all steps of a batch (T,B,F). The last group is filled up with its last sample, so that nothing happens in
  /// it that does not happen elsewhere.
  void assign(Sequence<const T, F> x) {
    resize(x.steps, x.batch);
    for (std::size_t g = 0; g < groups_; ++g) {
      for (std::size_t t = 0; t < steps_; ++t) {
        assign(g, t, x[t]);
        fill_up(g, t, x.batch, [](T last) { return last; });
      }
    }
  }

  /// Takes the gradients of one step, (B,F); those of samples that are not there are zero.
  void assign_gradient(std::size_t t, Rows<const T, F> dy) {
    for (std::size_t g = 0; g < groups_; ++g) {
      assign(g, t, dy);
      fill_up(g, t, dy.count, [](T) { return T(0); });
    }
  }

  /// Gives the numbers of one step to a batch, (B,F).
  void copy_step(std::size_t t, Rows<T, F> y) const {
    for (std::size_t g = 0; g < groups_; ++g) {
      const T* const from = at(g, t);
      for (std::size_t f = 0; f < F; ++f) {
        for (std::size_t l = 0; l < samples_of(g, y.count); ++l) y[g * L + l][f] = from[f * L + l];
      }
    }
  }

  void copy_to(Sequence<T, F> y) const {
    for (std::size_t t = 0; t < steps_; ++t) copy_step(t, y[t]);
  }

 private:
  static std::size_t samples_of(std::size_t g, std::size_t batch) { return std::min(L, batch - g * L); }

  void assign(std::size_t g, std::size_t t, Rows<const T, F> x) {
    T* const into = at(g, t);
    for (std::size_t f = 0; f < F; ++f) {
      for (std::size_t l = 0; l < samples_of(g, x.count); ++l) into[f * L + l] = x[g * L + l][f];
    }
  }

  void fill_up(std::size_t g, std::size_t t, std::size_t batch, auto value_after) {
    T* const into = at(g, t);
    const std::size_t samples = samples_of(g, batch);
    for (std::size_t f = 0; f < F; ++f) {
      std::fill(into + f * L + samples, into + (f + 1) * L, value_after(into[f * L + samples - 1]));
    }
  }

  AlignedVector<T> values_;
  std::size_t steps_ = 0, groups_ = 0;
};

/// sum[n] += Σ x[i] w(i,n), for one group at one step.   x: (I,L)   w: (I,N)
template <std::size_t I, std::size_t N, Scalar T>
[[gnu::always_inline]] inline void add_product(const T* x, const T* w, Pack<T> (&sum)[N]) {
  for (std::size_t i = 0; i < I; ++i) {
    const auto in = Pack<T>::load(x + i * count<T>);
    simd::unroll<N>([&]<std::size_t n>()
                        __attribute__((always_inline)) { sum[n].add_product(in, Pack<T>::all(w[i * N + n])); });
  }
}

/// dw (I,N) += Σ x^T dy over `steps` steps and all lanes.   x: (steps,I,L)   dy: (steps,N,L)
///
/// R rows of dw at a time, so that their sums stay in registers, and the rest with half as many at a time.
template <std::size_t I, std::size_t N, Scalar T, std::size_t first = 0,
          std::size_t R = std::max<std::size_t>(1, (simd::registers - 6) / N)>
void add_outer_product(std::size_t steps, const T* x, const T* dy, T* dw) {
  if constexpr (first + R > I) {
    if constexpr (first < I) add_outer_product<I, N, T, first, (R + 1) / 2>(steps, x, dy, dw);
  } else {
    constexpr std::size_t L = count<T>;
    Pack<T> sum[R][N];
    simd::unroll<R * N>([&]<std::size_t k>() __attribute__((always_inline)) { sum[k / N][k % N] = Pack<T>::all(0); });
    for (std::size_t t = 0; t < steps; ++t) {
      Pack<T> right[N];
      simd::unroll<N>([&]<std::size_t n>()
                          __attribute__((always_inline)) { right[n] = Pack<T>::load(dy + (t * N + n) * L); });
      simd::unroll<R>([&]<std::size_t r>() __attribute__((always_inline)) {
        const auto left = Pack<T>::load(x + (t * I + first + r) * L);
        simd::unroll<N>([&]<std::size_t n>() __attribute__((always_inline)) { sum[r][n].add_product(left, right[n]); });
      });
    }
    simd::unroll<R * N>([&]<std::size_t k>()
                            __attribute__((always_inline)) { dw[first * N + k] += sum[k / N][k % N].sum(); });
    if constexpr (first + R < I) add_outer_product<I, N, T, first + R, R>(steps, x, dy, dw);
  }
}

/// db (N) += Σ dy over `steps` steps and all lanes.   dy: (steps,N,L)
template <std::size_t N, Scalar T> void add_sum(std::size_t steps, const T* dy, T* db) {
  Pack<T> sum[N];
  simd::unroll<N>([&]<std::size_t n>() __attribute__((always_inline)) { sum[n] = Pack<T>::all(0); });
  for (std::size_t t = 0; t < steps; ++t) {
    simd::unroll<N>([&]<std::size_t n>()
                        __attribute__((always_inline)) { sum[n].add(Pack<T>::load(dy + (t * N + n) * count<T>)); });
  }
  simd::unroll<N>([&]<std::size_t n>() __attribute__((always_inline)) { db[n] += sum[n].sum(); });
}

}  // namespace rnnts::inline v0::lanes

#endif
