// What the recurrent layers share: states that are given and left behind, and sequences that are read backwards.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline v0 {

/// One state of a recurrent layer at both ends of a sequence; part of its tape.   (1,B,N) each
template <Scalar T, std::size_t N> struct BoundaryState {
  SequenceBuffer<T, N> initial;  ///< before the first step: resized and filled by the caller, or left empty for zero
  SequenceBuffer<T, N> last;     ///< after the last step: written by `forward`

  /// The initial state; no rows if there is none.
  Rows<const T, N> before_first() const { return initial.view().rows(); }

  void keep_last(Rows<const T, N> state) { std::ranges::copy(state, last.resize(1, state.count).data); }

  /// Throws ShapeError if there is an initial state of another batch size.
  void check_batch(std::size_t batch) const {
    const std::size_t found = before_first().count;
    if (found != 0 && found != batch) {
      throw ShapeError(detail::sentence("initial state: expected a batch of ", batch, " samples, found ", found));
    }
  }
};

namespace detail {

/// target[t] = source[T-1-t]
template <Scalar T, std::size_t F>
void reverse_steps(std::type_identity_t<Sequence<const T, F>> source, Sequence<T, F> target) {
  for (std::size_t t = 0; t < source.steps; ++t) std::ranges::copy(source[source.steps - 1 - t], target[t].data);
}

/// One row of states, or zeros where there is no state.
template <Scalar T, std::size_t N> const T* row_or_zero(Rows<const T, N> states, std::size_t row) {
  static const T zero[N] = {};
  return states.count == 0 ? zero : states[row];
}

/// The input in the order of processing: as it is, or reversed in time, of which a copy is kept.
template <bool go_backwards, Scalar T, std::size_t I> class OrderedInput {
 public:
  Sequence<const T, I> record(Sequence<const T, I> x) {
    if constexpr (go_backwards) reverse_steps(x, reversed_.resize(x.steps, x.batch));
    return recorded(x);
  }

  Sequence<const T, I> recorded(Sequence<const T, I> x) const {
    if constexpr (go_backwards) {
      return reversed_.view();
    } else {
      return x;
    }
  }

 private:
  SequenceBuffer<T, I> reversed_;
};

/// From the gradient by z = x W, in the order of processing, to the gradient by x in the order of time.
template <bool go_backwards, Scalar T, std::size_t I, std::size_t K> class InputGradient {
 public:
  /// dx (T,B,I) = dz (T,B,K) W^T, for all steps at once; nothing if dx is empty.
  void backward(const Tensor<T, I, K>& kernel, Sequence<const T, K> dz, Sequence<T, I> dx) {
    if (dx.empty()) return;
    transpose(kernel, kernel_transposed_);
    const auto ordered = go_backwards ? reversed_.resize(dx.steps, dx.batch) : dx;
    std::ranges::fill(ordered.rows(), T(0));
    add_product(dz.rows(), kernel_transposed_, ordered.rows());
    if constexpr (go_backwards) reverse_steps(ordered, dx);
  }

 private:
  Tensor<T, K, I> kernel_transposed_;
  SequenceBuffer<T, I> reversed_;
};

}  // namespace detail
}  // namespace rnnts::inline v0
