// Sizes that are chosen when the program runs: what the specifications of layers hold, and how weights and states are
// made of that.
#pragma once

#include <cstddef>
#include <tuple>

#include "rnnts/core/extent.hpp"
#include "rnnts/core/never.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/layers/layer.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// For a layer that is written as in Keras.
template <class Units> consteval std::size_t options_in_parentheses() {
  static_assert(never<Units>,
                "The activations and options of a layer are template arguments: Dense<1, Sigmoid>, or with units that "
                "are chosen when the program runs Dense<dynamic, Sigmoid>(units).");
  return 1;
}

/// The units of a layer: N, or as many as the program chooses when it runs. `Sequential` looks at the number.
template <std::size_t N> struct Units {
  [[no_unique_address]] Extent<N> units;

  constexpr Units()
    requires(N != dynamic)
  = default;
  constexpr explicit Units(std::size_t chosen)
    requires(N == dynamic)
      : units(chosen) {}
};

/// A specification of N units or steps, or of as many.
template <class Specification, std::size_t N> Specification of_units(std::size_t units) {
  if constexpr (N == dynamic) {
    return Specification(units);
  } else {
    return {};
  }
}

/// Layers as objects, where sizes were chosen when the program runs: `Concatenate(GRU(8), Branch(LastStep{},
/// Dense(2)))`.
template <class... Layers> struct LayersOf {
  std::tuple<Layers...> layers;

  constexpr LayersOf() = default;
  constexpr explicit LayersOf(const Layers&... given)
    requires(sizeof...(Layers) > 0)
      : layers(given...) {}
};

/// Makes the weights of a layer, number `index` in its container, of the sizes that its specification says, for an
/// input of this shape. Throws ArgumentError, naming the layer, if it cannot have such a size.
template <Layer L>
void resize_layer(typename L::Parameters& p, const auto& specification, const Shape& input, std::size_t index) {
  if constexpr (requires { specification.units; }) {
    check_extent(sentence(index, ".", L::name), specification.units, "units");
  }
  if constexpr (requires { specification.steps; }) {
    check_extent(sentence(index, ".", L::name), specification.steps, "steps");
  }
  if constexpr (requires { L::resize(p, specification, input); }) L::resize(p, specification, input);
}

/// The specifications of several layers, in a std::tuple: `specification` of a container gives that alone.
const auto& layers_in(const auto& specification) {
  if constexpr (requires { specification.layers; }) {
    return specification.layers;
  } else {
    return specification;
  }
}

/// The way back.
template <Layer L> auto specification_of(const typename L::Parameters& p) {
  if constexpr (requires { L::specification(p); }) {
    return L::specification(p);
  } else {
    return Nothing();
  }
}

/// Makes the state of a layer with these weights, for an input of this shape, and memory for its output.
template <class L>
void resize_state(const typename L::Parameters& p, const Shape& input, typename L::State& state, auto& output) {
  if constexpr (requires { L::resize(p, input, state); }) L::resize(p, input, state);
  if constexpr (L::output.features == dynamic) output.resize(output_features<L>(p, input));
}

}  // namespace rnnts::inline RNNTS_ABI::detail
