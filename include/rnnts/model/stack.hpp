// A stack of layers: shapes folded from left to right, forward and backward from layer to layer.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>

#include "rnnts/layers/layer.hpp"

namespace rnnts::inline v0::detail {

/// A stack of layers, itself a layer.
template <Layer... Layers> struct Stack {
  static constexpr std::size_t count = sizeof...(Layers);

  template <std::size_t K> using At = std::tuple_element_t<K, std::tuple<Layers...>>;

  using scalar = typename At<0>::scalar;

  static constexpr std::string_view name = "sequential";
  static constexpr Shape input = At<0>::input, output = At<count - 1>::output;

  struct Parameters {
    std::tuple<typename Layers::Parameters...> layers;

    static constexpr auto fields() {
      return []<std::size_t... K>(std::index_sequence<K...>) {
        return std::tuple{
            Field{At<K>::name, [](auto& p) -> auto& { return std::get<K>(p.layers); }, zeros, Regularizer{}, K}...};
      }(std::index_sequence_for<Layers...>{});
    }
  };

  struct Tape {
    std::tuple<typename Layers::Tape...> layers;
    std::tuple<SequenceBuffer<scalar, Layers::output.features>...> outputs;  ///< of all layers but the last
  };

  struct Workspace {
    std::tuple<typename Layers::Workspace...> layers;
    std::tuple<SequenceBuffer<scalar, Layers::output.features>...> output_gradients;  ///< likewise
  };

  using X = Sequence<const scalar, input.features>;
  using Y = Sequence<const scalar, output.features>;

  static constexpr std::size_t output_steps(std::size_t steps) {
    ((steps = rnnts::output_steps<Layers>(steps)), ...);
    return steps;
  }

  /// y = the layers' functions of x, one after the other.   x: (T,B,I)   y: (T,B,N) or (1,B,N)
  static void forward(const Parameters& p, X x, Tape& tape, Sequence<scalar, output.features> y) {
    forward_from<0>(p, x, tape, y);
  }

  /// Adds dL/dp to `dp` and overwrites `dx` with dL/dx unless it is empty.
  static void backward(const Parameters& p, X x, const Tape& tape, Y y, Y dy, Workspace& workspace, Parameters& dp,
                       Sequence<scalar, input.features> dx) {
    backward_from<0>(p, x, tape, y, dy, workspace, dp, dx);
  }

 private:
  template <std::size_t K>
  static void forward_from(const Parameters& p, Sequence<const scalar, At<K>::input.features> x, Tape& tape,
                           Sequence<scalar, output.features> y) {
    if constexpr (K == count - 1) {
      At<K>::forward(std::get<K>(p.layers), x, std::get<K>(tape.layers), y);
    } else {
      const auto h = std::get<K>(tape.outputs).resize(rnnts::output_steps<At<K>>(x.steps), x.batch);
      At<K>::forward(std::get<K>(p.layers), x, std::get<K>(tape.layers), h);
      forward_from<K + 1>(p, h, tape, y);
    }
  }

  template <std::size_t K>
  static void backward_from(const Parameters& p, Sequence<const scalar, At<K>::input.features> x, const Tape& tape, Y y,
                            Y dy, Workspace& workspace, Parameters& dp, Sequence<scalar, At<K>::input.features> dx) {
    if constexpr (K == count - 1) {
      At<K>::backward(std::get<K>(p.layers), x, std::get<K>(tape.layers), y, dy, std::get<K>(workspace.layers),
                      std::get<K>(dp.layers), dx);
    } else {
      const auto h = std::get<K>(tape.outputs).view();
      const auto dh = std::get<K>(workspace.output_gradients).resize(h.steps, h.batch);
      backward_from<K + 1>(p, h, tape, y, dy, workspace, dp, dh);
      At<K>::backward(std::get<K>(p.layers), x, std::get<K>(tape.layers), h, dh, std::get<K>(workspace.layers),
                      std::get<K>(dp.layers), dx);
    }
  }
};

/// Folds the shapes from left to right: each layer's input is the output of the one before.
template <Scalar T, Shape Input, class Done, class... Specifications> struct Fold {
  using type = Done;
};

template <Scalar T, Shape Input, class... Done, class First, class... Rest>
struct Fold<T, Input, Stack<Done...>, First, Rest...> {
  using Bound = typename First::template Layer<T, Input>;
  using type = typename Fold<T, Bound::output, Stack<Done..., Bound>, Rest...>::type;
};

}  // namespace rnnts::inline v0::detail
