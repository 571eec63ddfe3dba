// Samples in the lanes of registers, for layers so narrow that their units do not fill one.
//
// Where units stand side by side, a register of 16 numbers that holds 5 units does 5 numbers' work. Here it holds one
// unit of 16 samples: all of it works, a product with weights is one multiply-add per weight, and nothing is summed
// across a register before the end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "rnnts/core/ceil_div.hpp"
#include "rnnts/core/loops.hpp"
#include "rnnts/kernels/simd.hpp"
#include "rnnts/tensor/aligned.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI::detail::lanes {

/// What a layer has for samples in lanes where it does not run like that.
struct None {
  static constexpr bool is_faster = false;
  struct Tape {};
  struct Workspace {};
};

/// Samples of a group.
template <Scalar T> inline constexpr std::size_t count = simd::widest<T>;

template <Scalar T> using Pack = simd::Pack<T, count<T>>;

/// Memory for a batch of sequences in groups of L samples, (groups, T, F, L), that grows and is then reused.
template <Scalar T, std::size_t F> class Buffer {
 public:
  static constexpr std::size_t L = count<T>;

  void resize(std::size_t steps, std::size_t batch) {
    steps_ = steps;
    groups_ = ceil_div(batch, L);
    if (values_.size() < groups_ * steps_ * F * L) values_.resize(groups_ * steps_ * F * L);
  }

  std::size_t steps() const { return steps_; }
  std::size_t groups() const { return groups_; }

  /// What group g has at step t, (F,L); the steps of a group follow each other.
  T* at(std::size_t g, std::size_t t) { return values_.data() + (g * steps_ + t) * F * L; }
  const T* at(std::size_t g, std::size_t t) const { return values_.data() + (g * steps_ + t) * F * L; }

  /// What group g has at the step before t; null before the first.
  const T* before(std::size_t g, std::size_t t) const { return t == 0 ? nullptr : at(g, t - 1); }

  /// What group g has at the step after t; null after the last.
  const T* after(std::size_t g, std::size_t t) const { return t + 1 == steps_ ? nullptr : at(g, t + 1); }

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

  /// Takes the gradients of a batch, (T,B,F); those of samples that are not there are zero.
  void assign_gradient(Sequence<const T, F> dy) {
    resize(dy.steps, dy.batch);
    for (std::size_t g = 0; g < groups_; ++g) {
      for (std::size_t t = 0; t < steps_; ++t) {
        assign(g, t, dy[t]);
        fill_up(g, t, dy.batch, [](T) { return T(0); });
      }
    }
  }

  /// sum (F,L) += what group g has at step t
  void add_to(T* sum, std::size_t g, std::size_t t) const {
    const T* const from = at(g, t);
    for (std::size_t k = 0; k < F * L; ++k) sum[k] += from[k];
  }

  /// Gives the last steps, as many as y has, (T,B,F).
  void copy_to(Sequence<T, F> y) const {
    for (std::size_t t = 0; t < y.steps; ++t) {
      for (std::size_t g = 0; g < groups_; ++g) {
        const T* const from = at(g, steps_ - y.steps + t);
        for (std::size_t f = 0; f < F; ++f) {
          for (std::size_t l = 0; l < samples_of(g, y.batch); ++l) y[t][g * L + l][f] = from[f * L + l];
        }
      }
    }
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

/// x (I,L), of one group at one step, and weights w (I,K), for their product x w (K,L). x is null where it is zero.
template <Scalar T, std::size_t I, std::size_t K> struct Product {
  const T *x, *w;

  Product(const T* of_group, const Tensor<T, I, K>& weights) : x(of_group), w(weights.data()) {}
};

namespace detail {

/// sum (N,L) += columns k to k + N of a product
template <std::size_t N, Scalar T, std::size_t I, std::size_t K>
[[gnu::always_inline]] inline void add(Product<T, I, K> product, std::size_t k, Pack<T> (&sum)[N]) {
  if (product.x == nullptr) return;
  for (std::size_t i = 0; i < I; ++i) {
    const auto in = Pack<T>::load(product.x + i * count<T>);
    simd::unroll<N>([&]<std::size_t n>() __attribute__((always_inline)) {
      sum[n].add_product(in, Pack<T>::all(product.w[i * K + k + n]));
    });
  }
}

/// R rows and N columns of dw += Σ x^T dy over `steps` steps and all lanes, with all sums in registers.
template <std::size_t R, std::size_t N, std::size_t I, std::size_t K, Scalar T>
void add_outer_product(std::size_t steps, const T* x, const T* dy, T* dw) {
  constexpr std::size_t L = count<T>;
  Pack<T> sum[R][N];
  simd::unroll<R * N>([&]<std::size_t k>() __attribute__((always_inline)) { sum[k / N][k % N] = Pack<T>::all(0); });
  for (std::size_t t = 0; t < steps; ++t) {
    Pack<T> right[N];
    simd::unroll<N>([&]<std::size_t n>()
                        __attribute__((always_inline)) { right[n] = Pack<T>::load(dy + (t * K + n) * L); });
    simd::unroll<R>([&]<std::size_t r>() __attribute__((always_inline)) {
      const auto left = Pack<T>::load(x + (t * I + r) * L);
      simd::unroll<N>([&]<std::size_t n>() __attribute__((always_inline)) { sum[r][n].add_product(left, right[n]); });
    });
  }
  simd::unroll<R * N>([&]<std::size_t k>()
                          __attribute__((always_inline)) { dw[k / N * K + k % N] += sum[k / N][k % N].sum(); });
}

}  // namespace detail

/// z (K,L) = b (K) + Σ x w for one group at one step, N of the K numbers at a time; b is empty without a bias.
template <std::size_t N, Scalar T, std::size_t M, std::size_t... I, std::size_t K>
  requires((M == K || M == 0) && K % N == 0)
[[gnu::always_inline]] inline void set_product(std::span<const T, M> b, T* z, Product<T, I, K>... products) {
  for (std::size_t k = 0; k < K; k += N) {
    Pack<T> sum[N];
    simd::unroll<N>([&]<std::size_t n>()
                        __attribute__((always_inline)) { sum[n] = Pack<T>::all(M == 0 ? T(0) : b.data()[k + n]); });
    (detail::add(products, k, sum), ...);
    simd::unroll<N>([&]<std::size_t n>() __attribute__((always_inline)) { sum[n].store(z + (k + n) * count<T>); });
  }
}

/// z (N,L) += x w for one group at one step
template <Scalar T, std::size_t I, std::size_t N>
[[gnu::always_inline]] inline void add_product(Product<T, I, N> product, T* z) {
  Pack<T> sum[N];
  simd::unroll<N>([&]<std::size_t n>() __attribute__((always_inline)) { sum[n] = Pack<T>::load(z + n * count<T>); });
  detail::add(product, 0, sum);
  simd::unroll<N>([&]<std::size_t n>() __attribute__((always_inline)) { sum[n].store(z + n * count<T>); });
}

/// dw (I,K) += Σ x^T dy over `steps` steps and all lanes, N of the K columns at a time.   x: (steps,I,L)
/// dy: (steps,K,L)
template <std::size_t N, Scalar T, std::size_t I, std::size_t K>
  requires(K % N == 0)
void add_outer_product(std::size_t steps, const T* x, const T* dy, Tensor<T, I, K>& dw) {
  constexpr std::size_t L = count<T>, R = std::max<std::size_t>(1, (simd::registers - 6) / N), rest = I % R;
  for (std::size_t k = 0; k < K; k += N) {
    for (std::size_t i = 0; i < I - rest; i += R) {
      detail::add_outer_product<R, N, I, K>(steps, x + i * L, dy + k * L, &dw(i, k));
    }
    if constexpr (rest > 0) {
      detail::add_outer_product<rest, N, I, K>(steps, x + (I - rest) * L, dy + k * L, &dw(I - rest, k));
    }
  }
}

/// db (K) += Σ dy over `steps` steps and all lanes, N of the K numbers at a time; nothing where there is no bias.
/// dy: (steps,K,L)
template <std::size_t N, Scalar T, std::size_t K>
  requires(K % N == 0)
void add_sum(std::size_t steps, const T* dy, std::span<T, K> db) {
  for (std::size_t k = 0; k < K; k += N) {
    Pack<T> sum[N];
    simd::unroll<N>([&]<std::size_t n>() __attribute__((always_inline)) { sum[n] = Pack<T>::all(0); });
    for (std::size_t t = 0; t < steps; ++t) {
      simd::unroll<N>([&]<std::size_t n>() __attribute__((always_inline)) {
        sum[n].add(Pack<T>::load(dy + (t * K + k + n) * count<T>));
      });
    }
    simd::unroll<N>([&]<std::size_t n>() __attribute__((always_inline)) { db.data()[k + n] += sum[n].sum(); });
  }
}

}  // namespace rnnts::inline RNNTS_ABI::detail::lanes

RNNTS_LOOPS_END
