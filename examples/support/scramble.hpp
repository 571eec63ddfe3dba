// A layer that puts the steps of a window into another order, to see which nets care.
#pragma once

#include <rnnts/layers/layer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace examples {

// [scramble_layer]
/// y[t] = x[order[t]], without weights.   x, y: (T,B,I)
template <std::array order> struct Scramble {
  template <rnnts::Scalar T, rnnts::Shape Input> struct Layer {
    static_assert(Input.steps == order.size(), "Scramble needs windows of as many steps as its order has.");

    using scalar = T;
    using Parameters = rnnts::Nothing;
    using Tape = rnnts::Nothing;
    using Workspace = rnnts::Nothing;

    static constexpr std::string_view name = "scramble";
    static constexpr rnnts::Shape input = Input, output = Input;

    using X = rnnts::Sequence<T, Input.features>;
    using ConstX = rnnts::Sequence<const T, Input.features>;

    static void forward(const Parameters&, ConstX x, Tape&, X y) {
      for (std::size_t t = 0; t < x.steps; ++t) std::ranges::copy(x[order[t]], y[t].data);
    }

    static void backward(const Parameters&, ConstX, const Tape&, ConstX, ConstX dy, Workspace&, Parameters&, X dx) {
      if (dx.empty()) return;
      for (std::size_t t = 0; t < dx.steps; ++t) std::ranges::copy(dy[t], dx[order[t]].data);
    }
  };
};
// [/scramble_layer]

}  // namespace examples
