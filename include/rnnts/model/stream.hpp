// Stream: runs a model step by step, as values arrive, without a window and without an allocation.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "rnnts/core/fields.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/model/bare_sequential.hpp"
#include "rnnts/model/states.hpp"
#include "rnnts/tensor/named_tensor.hpp"

namespace rnnts::inline RNNTS_ABI {

/// The state of a model between two steps. Refers to the model, which must live as long.
///
/// After any number of steps the output is what `predict` gives for a window of all the steps since `reset`,
/// which has no upper length: a recurrent layer carries its state from step to step.
template <detail::LayersWithWeights M> class Stream {
 public:
  using T = typename M::scalar;
  static constexpr std::size_t I = M::input.features, N = M::output.features;

  constexpr explicit Stream(const M& model) : model_(&model) {
    if constexpr (M::Stack::is_dynamic) reset();
  }
  explicit Stream(const M&& model) = delete;  // a temporary model does not live as long as the stream

  /// One step: I numbers in, N numbers out. The output is valid until the next step, whose input it may be. Nothing is
  /// checked, but for the length of an input of a `dynamic` model in a debug build, by an assertion: with inputs or
  /// weights that are not finite, neither are the outputs of this step and, through the state, of those after it.
  std::span<const T, N> step(std::span<const T, I> x) noexcept {
    assert(x.size() == model_->input_shape().features && "step takes as many numbers as the model has inputs");
    if constexpr (copies_input && I == dynamic) {
      std::ranges::copy(x, copy_.begin());
      return step_apart(copy_);
    } else if constexpr (copies_input) {
      std::array<T, I> copy;
      std::ranges::copy(x, copy.begin());
      return step_apart(copy);
    } else {
      return step_apart(x);
    }
  }
  std::span<const T, N> step(T x) noexcept
    requires(I == 1 || I == dynamic)
  {
    assert(model_->input_shape().features == 1 && "step takes as many numbers as the model has inputs");
    return step_apart(std::span<const T, I>(&x, 1));
  }

  /// The states of recurrent layers after the last step, (1,N) each, with their names, as "0.lstm.h".
  std::vector<NamedTensor<T>> states() const {
    std::vector<NamedTensor<T>> all;
    detail::visit_fields(
        [&](const detail::FieldInfo& field, const auto& state) {
          all.push_back({field.path(), {1, state.size()}, {state.begin(), state.end()}});
        },
        state_);
    return all;
  }

  /// The next step goes on from these states, as another stream or a prediction has left them; what is not given stays
  /// as it is.
  ///
  /// Throws ArgumentError if there is no state of such a name or if one is given twice, ShapeError if it has not N
  /// numbers, DataError if one is NaN; then nothing has changed.
  void set_states(const std::vector<NamedTensor<T>>& states) {
    detail::give_states(detail::slots_of<T>(state_), states, detail::StateRows::one, false);
  }

  /// One state by its name, to read or to change it: N numbers, valid as long as the stream. To look it up allocates.
  ///
  /// Throws ArgumentError, listing the names, if there is none.
  std::span<T> state(std::string_view name) {
    auto slots = detail::slots_of<T>(state_);
    const auto& slot = detail::find_slot(slots, name);
    return {slot.resize(slot.state, 1, slot.size), slot.size};
  }

  /// Forgets all steps. Allocates where a layer's state is larger than 16 kB or `dynamic`.
  void reset() {
    state_ = {};
    if constexpr (M::Stack::is_dynamic) {
      M::Stack::resize(model_->parameters(), model_->input_shape(), state_);
      output_.resize(model_->output_shape().features);
      if constexpr (copies_input) copy_.resize(model_->input_shape().features);
    }
  }

 private:
  /// Else no layer reads the input and writes the output.
  static constexpr bool copies_input = M::Stack::count == 1 && (I <= N || I == dynamic);

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
  detail::StepOutput<T, N> output_{};
  [[no_unique_address]] std::conditional_t<copies_input && I == dynamic, std::vector<T>, Nothing> copy_;
};

}  // namespace rnnts::inline RNNTS_ABI
