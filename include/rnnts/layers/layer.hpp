// What a layer is.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/members.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI {

/// For layers without weights, or without anything to remember.
struct Nothing {
  static constexpr auto fields() { return std::tuple{}; }
};

/// A layer whose scalar type and input shape are known: static functions over its own types. What stands in the
/// arguments of `Sequential`, as in `Dense<1>`, is a struct with a member template `Layer<T, Input>` that is such a
/// layer.
///
/// - `scalar`, and `input` and `output`, the `Shape`s of one sample;
/// - `Parameters`, the weights, with `fields()`; the same type holds the gradients;
/// - `Tape`, what `forward` writes and `backward` reads;
/// - `Workspace`, scratch memory of `backward`, meaningless between two calls;
/// - `forward(p, x, tape, y)`: overwrites all of `y`;
/// - `backward(p, x, tape, y, dy, workspace, dp, dx)`: from dL/dy, adds dL/dp to `dp` and overwrites `dx` with dL/dx,
///   unless `dx` is empty. `x`, `tape` and `y` are as `forward` left them; `dx` has the lengths of `x`, and `dy` may
///   not be the memory of `dx`.
///
/// A layer that draws random numbers in training, as Dropout does, gives `forward` a fifth parameter,
/// `Random* random = nullptr`: null but in training.
///
/// A layer that can run sample by sample also has `State`, what it remembers between two steps, and
/// `step(p, x, state, y)` for one step of batch 1, noexcept and without an allocation. `x` and `y` share no memory.
///
/// What it remembers has names, by which users give and read it, where three structs list it by `fields()` in the same
/// order: `Tape` as `BoundaryState`s, `Workspace` as `SequenceBuffer`s, the gradients by the initial states, and
/// `State` as `Tensor`s.
///
/// A layer with options that change its function, but neither the names nor the shapes of its weights, tells
/// them by `config()`, a text on one line as "activation tanh, go_backwards". A saved model keeps it, so that it
/// is not loaded into another one.
///
/// Sizes may be `dynamic`: `input.features` and `output.features`, `input.steps` and `output.steps`, and extents of the
/// weights. Views and tensors know them when the program runs. Such a layer then has
///
/// - `output_features(p, input)` for an input of this `Shape`, unless the outputs are as many as the inputs;
/// - `output_steps(p, input_steps)` in place of `output_steps(input_steps)`, if they depend on a size in `p`;
/// - if it has weights or such a size, `resize(p, specification, input)`, which makes them, and `specification(p)`, the
///   way back;
/// - if it has a state, `resize(p, input, state)`, which makes that.
///
/// x is (steps, batch, input.features) and y (output steps, batch, output.features), time-major. Samples of different
/// length are padded (see `Sequence`); a layer that mixes steps must keep what lies beyond a sample's length out of the
/// steps before. Tapes and workspaces grow to the largest batch they see and are then reused.
template <class L>
concept Layer =
    Scalar<typename L::scalar> && HasFields<typename L::Parameters> &&
    requires(
        const typename L::Parameters& p, typename L::Parameters& dp, typename L::Tape& tape,
        const typename L::Tape& recorded, typename L::Workspace& workspace,
        Sequence<const typename L::scalar, L::input.features> x, Sequence<typename L::scalar, L::input.features> dx,
        Sequence<const typename L::scalar, L::output.features> dy, Sequence<typename L::scalar, L::output.features> y) {
      { L::name } -> std::convertible_to<std::string_view>;
      L::forward(p, x, tape, y);
      L::backward(p, x, recorded, dy, dy, workspace, dp, dx);
    };

template <class L>
concept StepLayer = Layer<L> && requires(const typename L::Parameters& p, typename L::State& state,
                                         std::span<const typename L::scalar, L::input.features> x,
                                         std::span<typename L::scalar, L::output.features> y) {
  { L::step(p, x, state, y) } noexcept;
};

namespace detail {

/// The forward pass of any layer: in training, where `random` is not null, with random numbers for layers that draw
/// some.
template <Layer L>
void forward(const typename L::Parameters& p, Sequence<const typename L::scalar, L::input.features> x,
             typename L::Tape& tape, Sequence<typename L::scalar, L::output.features> y, Random* random) {
  if constexpr (requires { L::forward(p, x, tape, y, random); }) {
    L::forward(p, x, tape, y, random);
  } else {
    L::forward(p, x, tape, y);
  }
}

/// Number of steps that a layer gives for a sequence of `input_steps`: one for a vector, and otherwise as many as it is
/// given, unless the layer has a function `output_steps` of its own.
template <Layer L> constexpr std::size_t output_steps(const typename L::Parameters& p, std::size_t input_steps) {
  if constexpr (!L::output.is_sequence) {
    return 1;
  } else if constexpr (requires { L::output_steps(p, input_steps); }) {
    return L::output_steps(p, input_steps);
  } else if constexpr (requires { L::output_steps(input_steps); }) {
    return L::output_steps(input_steps);
  } else {
    return input_steps;
  }
}

/// Numbers per step that a layer gives for an input of this shape.
template <Layer L>
constexpr Extent<L::output.features> output_features(const typename L::Parameters& p, const Shape& input) {
  if constexpr (L::output.features != dynamic) {
    return {};
  } else if constexpr (requires { L::output_features(p, input); }) {
    return L::output_features(p, input);
  } else {
    return input.features;
  }
}

/// The shape of what a layer gives for an input of this one.
template <Layer L> constexpr Shape output_shape(const typename L::Parameters& p, const Shape& input) {
  Shape shape = L::output;
  shape.features = output_features<L>(p, input);
  if (shape.steps == dynamic) shape.steps = output_steps<L>(p, input.steps);
  return shape;
}

/// Whether some size of a layer is known only when the program runs.
template <Layer L> constexpr bool is_dynamic() {
  if constexpr (requires { L::is_dynamic; }) {
    return L::is_dynamic;
  } else {
    return L::input.features == dynamic || L::input.steps == dynamic || L::output.features == dynamic ||
           L::output.steps == dynamic;
  }
}

/// The shape of a sample of x.
template <Layer L> constexpr Shape shape_of(const auto& x) {
  return {.features = x.width, .steps = x.steps, .is_sequence = L::input.is_sequence};
}

/// `output_steps` of a stack of layers with its weights, for code that is the same for all.
struct OutputSteps {
  const void* parameters;
  std::size_t (*function)(const void* parameters, std::size_t input_steps);

  std::size_t operator()(std::size_t input_steps) const { return function(parameters, input_steps); }
};

/// That of a stack with these weights, which must live as long.
template <Layer L> OutputSteps output_steps_of(const typename L::Parameters& p) {
  return {&p, [](const void* parameters, std::size_t input_steps) {
            return L::output_steps(*static_cast<const typename L::Parameters*>(parameters), input_steps);
          }};
}

/// Lengths of the samples that a layer gives for samples of these lengths; null if all have all steps. Computes them
/// into `buffer` where the layer changes them.
template <Layer L, class T, std::size_t I>
const std::size_t* output_lengths(const typename L::Parameters& p, Sequence<T, I> x, std::vector<std::size_t>& buffer) {
  if (!L::output.is_sequence || x.lengths == nullptr) return nullptr;
  if constexpr (requires { L::output_steps(p, x.steps); } || requires { L::output_steps(x.steps); }) {
    buffer.resize(x.batch);
    std::transform(x.lengths, x.lengths + x.batch, buffer.begin(),
                   [&](auto length) { return output_steps<L>(p, length); });
    return buffer.data();
  } else {
    return x.lengths;
  }
}

inline Nothing nothing;

/// What has names in a layer's weights, or in its tape, workspace or state: all of it if it lists fields, else nothing.
template <class P> auto& named(P& p) {
  if constexpr (HasFields<P>) {
    return p;
  } else {
    return nothing;
  }
}

/// The fields of a struct with `layers`, the `Members` of each of several layers: each has the name of its layer, as
/// "0.simple_rnn".
template <class... Layers> constexpr auto fields_of_layers() {
  return []<std::size_t... K>(std::index_sequence<K...>) {
    return std::tuple{
        Field{Layers::name, [](auto& p) -> auto& { return named(get<K>(p.layers)); }, zeros, Regularizer{}, K}...};
  }(std::index_sequence_for<Layers...>{});
}

/// Calls `visit` with each state that a layer's tape holds at both ends of a sequence (`BoundaryState`), so that the
/// next sequence can go on where this one has ended.
template <class Tape> void for_each_state(Tape& tape, const auto& visit) {
  visit_fields([&](const FieldInfo&, auto& state) { visit(state); }, named(tape));
}

/// What a layer gives for one step.
template <Scalar T, std::size_t N>
using StepOutput = std::conditional_t<N == dynamic, AlignedVector<T>, std::array<T, N == dynamic ? 0 : N>>;

/// Whether all that a layer remembers from one step to the next can be carried from one sequence to the next.
template <Layer L> constexpr bool carries_state() {
  if constexpr (requires { L::carries_state; }) {
    return L::carries_state;
  } else if constexpr (StepLayer<L>) {
    return std::same_as<typename L::State, Nothing> ||
           !std::same_as<decltype(named(std::declval<typename L::Tape&>())), Nothing&>;
  } else {
    return false;
  }
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
