// Stream: runs a model step by step, as values arrive, without a window and without an allocation.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <tuple>

#include "rnnts/layers/layer.hpp"
#include "rnnts/model/sequential.hpp"

namespace rnnts::inline v0 {

/// The state of a model between two steps. Refers to the model, which must live as long.
///
/// After any number of steps the output is what `predict` gives for a window of all the steps since `reset`,
/// which has no upper length: a recurrent layer carries its state from step to step.
template <Model M> class Stream {
 public:
  using T = typename M::scalar;
  static constexpr std::size_t I = M::input.features, N = M::output.features;

  explicit Stream(const M& model) : model_(&model) {}

  /// One step: I numbers in, N numbers out. The output is valid until the next step.
  std::span<const T, N> step(std::span<const T, I> x) noexcept {
    step_from<0>(x);
    return std::get<M::count - 1>(outputs_);
  }
  std::span<const T, N> step(T x) noexcept
    requires(I == 1)
  {
    return step(std::span<const T, 1>(&x, 1));
  }

  /// Forgets all steps.
  void reset() noexcept { states_ = {}; }

 private:
  template <class Stack> struct Memory;

  template <class... Layers> struct Memory<detail::Stack<Layers...>> {
    static_assert((StepLayer<Layers> && ...),
                  "Stream needs layers that run step by step: Flatten and go_backwards need a whole window.");
    using States = std::tuple<typename Layers::State...>;
    using Outputs = std::tuple<std::array<T, Layers::output.features>...>;
  };

  template <std::size_t K> void step_from(std::span<const T, M::template At<K>::input.features> x) noexcept {
    auto& y = std::get<K>(outputs_);
    M::template At<K>::step(model_->template layer<K>(), x, std::get<K>(states_), y);
    if constexpr (K + 1 < M::count) step_from<K + 1>(y);
  }

  const M* model_;
  typename Memory<typename M::Stack>::States states_;
  typename Memory<typename M::Stack>::Outputs outputs_;
};

}  // namespace rnnts::inline v0
