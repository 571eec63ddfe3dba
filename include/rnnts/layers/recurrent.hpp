// What the recurrent layers share: states that are given and left behind, dropout, sequences that are read backwards or
// end early.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/kernels/dropout.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI {

/// One state of a recurrent layer at both ends of a sequence; part of its tape.
template <Scalar T, std::size_t N> class BoundaryState {
 public:
  static constexpr std::size_t static_size = N;  ///< of one sample; so `visit_fields` takes it for a field

  /// Before the first step, (1,B,N), or (1,1,N) for all samples alike: resized and filled by the caller, or left empty
  /// for the usual one, zero for most. Where there is one, the backward pass gives the gradient by it.
  SequenceBuffer<T, N> initial;
  SequenceBuffer<T, N> last;  ///< after the last step, (1,B,N): written by `forward`
  /// Whether a backward pass may follow. Where none does, `forward` need not keep what it has computed of each step.
  bool is_recorded = true;

  /// Before a forward pass; `first` is the state where none is given. Throws ShapeError if there is an initial state of
  /// another number of samples or, where only a run knows N, of another number of units.
  void begin(std::size_t batch, detail::Extent<N> units, T first = 0) {
    const auto given = std::as_const(initial).view().rows();
    if (given.count != 0 && given.width != units) {
      detail::raise(ShapeError(detail::sentence("initial state: expected ", std::size_t{units},
                                                " numbers for each sample, found ", std::size_t{given.width})));
    }
    has_each_ = given.count == batch && batch != 0;
    if (has_each_) return;
    const auto rows = for_each_sample_.resize(1, batch, units).rows();
    if (given.count == 0) {
      std::ranges::fill(rows, first);
    } else if (given.count == 1) {
      for (std::size_t b = 0; b < batch; ++b) std::ranges::copy(given, rows[b]);
    } else {
      detail::raise(
          ShapeError(detail::sentence("initial state: expected a batch of ", batch, " samples, found ", given.count)));
    }
  }

  bool is_given() const { return initial.view().rows().count != 0; }

  /// The state of each sample before the first step, (B,N).
  Rows<const T, N> before_first() const { return (has_each_ ? initial : for_each_sample_).view().rows(); }

  /// After a backward pass, from the gradient by `before_first` to that by `initial`: the sum over the samples if it is
  /// one for all of them, and nothing if there is none.
  void finish_gradient(SequenceBuffer<T, N>& gradient) const {
    if (!is_given()) {
      gradient.clear();
    } else if (!has_each_) {
      const auto rows = gradient.view().rows();
      for (std::size_t b = 1; b < rows.count; ++b) detail::add(rows.row(b), rows.first(1));
      gradient.resize(1, 1, rows.width);
    }
  }

  void keep_last(Rows<const T, N> state) { std::ranges::copy(state, last.resize(1, state.count, state.width).data); }

  /// The next sequence goes on where this one has ended.
  void carry_over() {
    const auto state = last.view().rows();
    std::ranges::copy(state, initial.resize(1, state.count, state.width).data);
  }

  /// The next sequence starts from the beginning.
  void reset() { initial.clear(); }

 private:
  SequenceBuffer<T, N> for_each_sample_;  ///< where `initial` has not one for each
  bool has_each_ = false;
};

namespace detail {

/// target[t] = source[T-1-t], with T the length of each sample; what stands beyond it stays there.
template <Scalar T, std::size_t F>
void reverse_steps(std::type_identity_t<Sequence<const T, F>> source, Sequence<T, F> target) {
  for (std::size_t t = 0; t < source.steps; ++t) {
    for (std::size_t b = 0; b < source.batch; ++b) {
      const std::size_t length = source.length(b);
      std::copy_n(source[t < length ? length - 1 - t : t][b], std::size_t{source.width}, target[t][b]);
    }
  }
}

/// The states of samples that have ended before step t stay as they were.
template <class T, std::size_t I, Scalar S, std::size_t N>
void hold_ended(Sequence<T, I> x, std::size_t t, std::type_identity_t<Rows<const S, N>> before, Rows<S, N> state) {
  if (x.lengths == nullptr) return;
  for (std::size_t b = 0; b < x.batch; ++b) {
    if (t >= x.lengths[b]) std::copy_n(before[b], std::size_t{state.width}, state[b]);
  }
}

/// dh += the gradient that reaches the state of step t as an output: of every step, or of each sample's last one.
template <bool return_sequences, class T, std::size_t I, Scalar S, std::size_t N>
void add_output_gradient(Sequence<T, I> x, std::type_identity_t<Sequence<const S, N>> dy, std::size_t t,
                         Rows<S, N> dh) {
  if constexpr (return_sequences) {
    add(dy[t], dh);
  } else {
    for (std::size_t b = 0; b < x.batch; ++b) {
      if (t + 1 == x.length(b)) add(dy[0].row(b), dh.row(b));
    }
  }
}

/// How many steps of z (T,B,K) fit into a cache of 256 kB together; at least one. What is done for all steps alike is
/// done for as many at once: for more, z would go to memory and come back between two passes over it.
template <class T, std::size_t K> std::size_t steps_at_once(Sequence<T, K> z) {
  return std::max<std::size_t>(1, 256 * 1024 / std::max<std::size_t>(1, z.batch * z.width * sizeof(T)));
}

/// Where step t stands in what has room for fewer steps, which it holds one after the other, over and over; or for
/// none.
constexpr std::size_t place_of_step(std::size_t t, std::size_t steps) {
  if (t < steps) return t;
  return steps == 0 ? 0 : t % steps;
}

/// z[t] = x[t] W + b for step t and those after it that are done at once with it; nothing if they have been.
///
/// Called for every t in ascending order. z may have room for as many steps as are done at once, and no more.
/// x: (T,B,I)   W: (I,K)   b: (K) or empty   z: (T,B,K)
template <class T, std::size_t I, Scalar S, std::size_t K, std::size_t M>
void input_products(std::size_t t, Sequence<T, I> x, const Tensor<S, I, K>& kernel, std::span<const S, M> bias,
                    Sequence<S, K> z) {
  const std::size_t at_once = steps_at_once(z);
  if (t % at_once != 0) return;
  const std::size_t count = std::min(at_once, x.steps - t);
  const auto now = z.rows(place_of_step(t, z.steps), count);
  set_rows(bias, now);
  add_product(x.rows(t, count), kernel, now);
}

/// dW (I,K) += x^T dz and db += the sum of dz, for step t and those after it that are done at once with it; nothing if
/// they are still to come.
///
/// Called for every t in descending order, when dz[t] is known.
template <class T, std::size_t I, Scalar S, std::size_t K, std::size_t M>
void add_input_gradients(std::size_t t, Sequence<T, I> x, Sequence<S, K> dz, Tensor<S, I, K>& dkernel,
                         std::span<S, M> dbias) {
  const std::size_t at_once = steps_at_once(dz);
  if (t % at_once != 0) return;
  const std::size_t count = std::min(at_once, dz.steps - t);
  add_outer_product(x.rows(t, count), dz.rows(t, count), dkernel);
  add_sum_of_rows(dz.rows(t, count), dbias);
}

/// The input in the order of processing, after dropout: as it is where neither changes it, else a copy.
template <bool go_backwards, bool has_dropout, Scalar T, std::size_t I> class RecurrentInput {
 public:
  /// One mask (B,I) for all steps; `random` is null outside of training.
  Sequence<const T, I> forward(Sequence<const T, I> x, double dropout, Random* random) {
    if constexpr (has_dropout) mask_.draw(dropout, 1, x.batch, x.width, random);
    if (!is_copy()) return x;
    const auto copy = copy_.resize_as(x);
    if constexpr (go_backwards) {
      reverse_steps(x, copy);
    } else {
      std::ranges::copy(x.rows(), copy.data);
    }
    drop(copy);
    return copy;
  }

  /// What `forward` has returned for x.
  Sequence<const T, I> recorded(Sequence<const T, I> x) const {
    if (!is_copy()) return x;
    return copy_.view();
  }

  bool is_copy() const { return go_backwards || (has_dropout && mask_.is_active()); }

  /// x[t] = mask ⊙ x[t]
  void drop(Sequence<T, I> x) const {
    if constexpr (has_dropout) {
      if (!mask_.is_active()) return;
      for (std::size_t t = 0; t < x.steps; ++t) mask_.multiply(x[t], x[t]);
    }
  }

 private:
  DropoutMask<T, I> mask_;
  SequenceBuffer<T, I> copy_;
};

/// From the gradient by z = x W, with x as `RecurrentInput` gives it, to the gradient by the input of the layer.
template <bool go_backwards, Scalar T, std::size_t I, std::size_t K> class InputGradient {
 public:
  /// dx (T,B,I) = dz (T,B,K) W^T, for all steps at once; nothing if dx is empty.
  template <bool has_dropout>
  void backward(const Tensor<T, I, K>& kernel, Sequence<const T, K> dz,
                const RecurrentInput<go_backwards, has_dropout, T, I>& input, Sequence<T, I> dx) {
    if (dx.empty()) return;
    transpose(kernel, kernel_transposed_);
    const auto ordered = go_backwards ? reversed_.resize_as(dx) : dx;
    std::ranges::fill(ordered.rows(), T(0));
    add_product(dz.rows(), kernel_transposed_, ordered.rows());
    input.drop(ordered);
    if constexpr (go_backwards) reverse_steps(ordered, dx);
  }

 private:
  Tensor<T, K, I> kernel_transposed_;
  SequenceBuffer<T, I> reversed_;
};

/// Dropout of the state on its way into the products with the recurrent kernel, by one mask (B,N) for all steps; what
/// the layer carries over and gives out is not dropped.
template <bool has_dropout, Scalar T, std::size_t N> class StateDropout {
 public:
  void begin(double rate, std::size_t steps, std::size_t batch, Extent<N> units, Random* random) {
    if constexpr (has_dropout) {
      mask_.draw(rate, 1, batch, units, random);
      if (mask_.is_active()) dropped_.resize(steps, batch, units);
    }
  }

  /// What the products of step t see of the state before it; no rows if there is none.
  Rows<const T, N> forward(std::size_t t, Rows<const T, N> before) {
    if (!is_active() || before.count == 0) return before;
    mask_.multiply(before, dropped_.view()[t]);
    return dropped_.view()[t];
  }

  /// The same again.
  Rows<const T, N> recorded(std::size_t t, Rows<const T, N> before) const {
    return is_active() && before.count != 0 ? dropped_.view()[t] : before;
  }

  /// dh += mask ⊙ d, where `add(rows)` adds d to the rows that it is given.
  void backward(Rows<T, N> dh, SequenceBuffer<T, N>& scratch, auto add_to) const {
    if (!is_active()) return add_to(dh);
    const auto dropped = scratch.resize(1, dh.count, dh.width)[0];
    std::ranges::fill(dropped, T(0));
    add_to(dropped);
    mask_.multiply(dropped, dropped);
    add(dropped, dh);
  }

  /// dU (N,K) += sum over t of h[t-1]^T dz[t], with h[t-1] as the products have seen it.
  template <std::size_t K>
  void add_weight_gradient(Sequence<const T, N> h, Rows<const T, N> before_first, Sequence<const T, K> dz,
                           Tensor<T, N, K>& du) const {
    const std::size_t later = (dz.steps - 1) * dz.batch;
    add_outer_product(recorded(0, before_first), dz[0].first(before_first.count), du);
    add_outer_product(is_active() ? dropped_.view().rows().last(later) : h.rows().first(later), dz.rows().last(later),
                      du);
  }

 private:
  bool is_active() const { return has_dropout && mask_.is_active(); }

  DropoutMask<T, N> mask_;
  SequenceBuffer<T, N> dropped_;  ///< (T,B,N): mask ⊙ h[t-1]
};

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
