// Stream: runs a model step by step, as values arrive, without a window and without an allocation.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "rnnts/layers/layer.hpp"
#include "rnnts/model/bare_sequential.hpp"

namespace rnnts::inline v0 {

/// The state of a model between two steps. Refers to the model, which must live as long.
///
/// After any number of steps the output is what `predict` gives for a window of all the steps since `reset`,
/// which has no upper length: a recurrent layer carries its state from step to step.
template <detail::LayersWithWeights M> class Stream {
 public:
  using T = typename M::scalar;
  static constexpr std::size_t I = M::input.features, N = M::output.features;

  constexpr explicit Stream(const M& model) : model_(&model) {}
  explicit Stream(const M&& model) = delete;  // a temporary model does not live as long as the stream

  /// One step: I numbers in, N numbers out. The output is valid until the next step, whose input it may be.
  std::span<const T, N> step(std::span<const T, I> x) noexcept {
    if constexpr (M::Stack::count == 1 && I <= N) {  // else no layer reads the input and writes the output
      std::array<T, I> copy;
      std::ranges::copy(x, copy.begin());
      return step_apart(copy);
    } else {
      return step_apart(x);
    }
  }
  std::span<const T, N> step(T x) noexcept
    requires(I == 1)
  {
    return step_apart(std::span<const T, 1>(&x, 1));
  }

  /// Forgets all steps. Allocates where a layer's state is larger than 16 kB.
  void reset() { state_ = {}; }

 private:
  /// A step whose input is not the memory of the output.
  std::span<const T, N> step_apart(std::span<const T, I> x) noexcept {
    M::Stack::step(model_->parameters(), x, state_, output_);
    return output_;
  }

  static_assert(
      StepLayer<typename M::Stack>,
      "Stream needs layers that run step by step; Flatten, pooling, convolutions that are not causal, and what reads "
      "backwards need a whole window.");

  const M* model_;
  typename M::Stack::State state_;
  std::array<T, N> output_{};
};

}  // namespace rnnts::inline v0
