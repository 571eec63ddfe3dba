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

#include "rnnts/core/error.hpp"
#include "rnnts/core/fields.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/model/bare_sequential.hpp"
#include "rnnts/model/states.hpp"
#include "rnnts/tensor/named_tensor.hpp"

namespace rnnts::inline RNNTS_ABI {

template <detail::StepModel M> class SwappableStream;

/// The state of a model between two steps. Refers to the model, which must live as long, in its place: a copy of it is
/// another one, and so is what it is moved to, which leaves it as it was. What is assigned to it counts from the next
/// step on. `SwappableStream` has models of its own.
///
/// After any number of steps the output is what `predict` gives for a window of all the steps since `reset`,
/// which has no upper length: a recurrent layer carries its state from step to step.
///
/// A value: a copy goes on from the same state, and `stream = copy` goes back to it, without an allocation.
template <detail::StepModel M> class Stream {
 public:
  using T = typename M::scalar;
  static constexpr std::size_t I = M::input.features, N = M::output.features;

  constexpr explicit Stream(const M& model) : model_(&model) {
    if constexpr (is_dynamic) reset();
  }
  explicit Stream(const M&& model) = delete;  // a temporary model does not live as long as the stream

  /// One step: I numbers in, N numbers out. The output is valid until the next step, whose input it may be. Nothing is
  /// checked, but for the length of an input of a `dynamic` model in a debug build, by an assertion: with inputs or
  /// weights that are not finite, neither are the outputs of this step and, through the state, of those after it.
  ///
  /// Throws ArgumentError if the model, a `dynamic` one, has been given other sizes since it was made or `reset`; else
  /// nothing.
  std::span<const T, N> step(std::span<const T, I> x) noexcept(!is_dynamic) {
    check_sizes();
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
  std::span<const T, N> step(T x) noexcept(!is_dynamic)
    requires(I == 1 || I == dynamic)
  {
    check_sizes();
    assert(model_->input_shape().features == 1 && "step takes as many numbers as the model has inputs");
    return step_apart(std::span<const T, I>(&x, 1));
  }

  /// As many steps of zeros, or of this input, whose outputs are of no use: afterwards the state is what it is after a
  /// long silence, and not that of the beginning, of which the first outputs would tell. As `step`; of zeros it
  /// allocates where the number of inputs is `dynamic`.
  void prewarm(std::size_t steps) noexcept(!is_dynamic) {
    if constexpr (I == dynamic) {
      const std::vector<T> silence(model_->input_shape().features);
      prewarm(steps, silence);
    } else {
      prewarm(steps, std::array<T, I>{});
    }
  }
  void prewarm(std::size_t steps, std::span<const T, I> x) noexcept(!is_dynamic) {
    for (; steps > 0; --steps) step(x);
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

  /// Forgets all steps, and takes the sizes that the model has now. Allocates where a layer's state is larger than 16
  /// kB or `dynamic`.
  void reset() {
    state_ = {};
    if constexpr (is_dynamic) {
      M::Stack::resize(model_->parameters(), model_->input_shape(), state_);
      sizes_ = sizes_of(*model_);
      output_.resize(model_->output_shape().features);
      if constexpr (copies_input) copy_.resize(model_->input_shape().features);
    }
  }

 private:
  friend class SwappableStream<M>;

  static constexpr bool is_dynamic = M::Stack::is_dynamic;

  /// Of the input and of each tensor: where these are the same, so are those of the state.
  using Sizes = std::array<std::size_t, 1 + detail::tensor_count<typename M::Parameters>()>;

  static Sizes sizes_of(const M& model) {
    Sizes all{model.input_shape().features};
    const auto tensors = detail::tensors<T>(model.parameters());
    std::ranges::transform(tensors, all.begin() + 1, [](const auto& numbers) { return numbers.size(); });
    return all;
  }

  void check_sizes() const noexcept(!is_dynamic) {
    if constexpr (is_dynamic) {
      std::size_t difference = model_->input_shape().features ^ sizes_[0], k = 0;
      for (const auto& numbers : detail::tensors<T>(model_->parameters())) difference |= numbers.size() ^ sizes_[++k];
      if (difference != 0) {
        detail::raise(ArgumentError("Stream: the model has been given other sizes; reset() begins with these"));
      }
    }
  }

  /// Goes on from where another stream is, of a model with the same sizes. Allocates nothing.
  void take_state(const Stream& other) noexcept { state_ = other.state_; }

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
  [[no_unique_address]] std::conditional_t<is_dynamic, Sizes, Nothing> sizes_{};  ///< those of the state
};

}  // namespace rnnts::inline RNNTS_ABI
