// A stack of layers: shapes folded from left to right, forward and backward from layer to layer.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/members.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/sizes.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// "(5)" or, of sequences of any length, "(steps, 5)": a net is the same for longer windows.
inline std::string features_text(const Shape& shape) {
  return sentence(shape.is_sequence ? "(steps, " : "(", shape.features, ")");
}

/// What a layer tells by `config()`, for an input of this shape; nothing if it has none.
template <Layer L>
std::string config_text([[maybe_unused]] const typename L::Parameters& p, [[maybe_unused]] const Shape& input) {
  if constexpr (requires { L::config(p, input); }) {
    return L::config(p, input);
  } else if constexpr (requires { L::config(); }) {
    return L::config();
  } else {
    return {};
  }
}

/// "0.simple_rnn (5): activation tanh", for an input of this shape.
template <Layer L> std::string layer_text(std::size_t index, const typename L::Parameters& p, const Shape& input) {
  std::string text = sentence(index, ".", L::name, " ", features_text(output_shape<L>(p, input)));
  const std::string config = config_text<L>(p, input);
  if (!config.empty()) text += ": " + config;
  return text;
}

/// The same of several layers, "[0.gru (5): activation tanh; 1.dense (1)]".
inline std::string in_brackets(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "[" : "; ") + text;
  return joined + "]";
}

template <class L> struct StateOfLayer {
  using type = Nothing;
};
template <StepLayer L> struct StateOfLayer<L> {
  using type = typename L::State;
};
/// The state of a layer that runs step by step, or `Nothing`.
template <class L> using StateOf = typename StateOfLayer<L>::type;

/// What a layer that is made of several has of each of them. `Derived` runs them, one after the other or side by side:
/// its `for_each_layer(p, shape, visit)` calls `visit<K>(weights, shape)` for each with the shape of its input.
template <class Derived, Layer... Layers> struct Container {
  static constexpr std::size_t count = sizeof...(Layers);

  template <std::size_t K> using At = std::tuple_element_t<K, std::tuple<Layers...>>;

  using scalar = typename At<0>::scalar;

  static constexpr Shape input = At<0>::input;
  static constexpr bool carries_state = (detail::carries_state<Layers>() && ...);
  static constexpr bool is_dynamic = (detail::is_dynamic<Layers>() || ...);

  struct Parameters {
    Members<typename Layers::Parameters...> layers;

    static constexpr auto fields() { return fields_of_layers<Layers...>(); }
  };

  struct Tape {
    Members<typename Layers::Tape...> layers;
    Members<SequenceBuffer<scalar, Layers::output.features>...> outputs;  ///< of those that do not write into y
    std::array<std::vector<std::size_t>, count> lengths;  ///< of the samples' outputs, where a layer changes them

    static constexpr auto fields() { return fields_of_layers<Layers...>(); }
  };

  struct Workspace {
    Members<typename Layers::Workspace...> layers;
    Members<SequenceBuffer<scalar, Layers::output.features>...> output_gradients;  ///< likewise

    static constexpr auto fields() { return fields_of_layers<Layers...>(); }
  };

  /// What the layers remember between two steps, and their outputs, likewise.
  struct State {
    Members<StateOf<Layers>...> layers;
    Members<StepOutput<scalar, Layers::output.features>...> outputs;

    static constexpr auto fields() { return fields_of_layers<Layers...>(); }
  };

  static std::string config(const Parameters& p, const Shape& in) {
    std::vector<std::string> texts;
    Derived::for_each_layer(p, in, [&]<std::size_t K>(const auto& layer, const Shape& shape) {
      texts.push_back(layer_text<At<K>>(K, layer, shape));
    });
    return in_brackets(texts);
  }

  static void resize(Parameters& p, const auto& specification, const Shape& in) {
    Derived::for_each_layer(p, in, [&]<std::size_t K>(auto& layer, const Shape& shape) {
      resize_layer<At<K>>(layer, std::get<K>(layers_in(specification)), shape, K);
    });
  }
  static auto specification(const Parameters& p) {
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
      return std::make_tuple(specification_of<At<K>>(get<K>(p.layers))...);
    }(std::index_sequence_for<Layers...>());
  }

  static void resize(const Parameters& p, const Shape& in, State& state)
    requires(StepLayer<Layers> && ...)
  {
    Derived::for_each_layer(p, in, [&]<std::size_t K>(const auto& layer, const Shape& shape) {
      resize_state<At<K>>(layer, shape, get<K>(state.layers), get<K>(state.outputs));
    });
  }
};

/// A stack of layers, itself a layer.
template <Layer... Layers> struct Stack : Container<Stack<Layers...>, Layers...> {
  using Base = Container<Stack, Layers...>;
  using Base::count, Base::input;
  using typename Base::scalar, typename Base::Parameters, typename Base::Tape, typename Base::Workspace,
      typename Base::State;
  template <std::size_t K> using At = typename Base::template At<K>;

  static constexpr std::string_view name = "sequential";
  static constexpr Shape output = At<count - 1>::output;

  /// Returns the shape of the output.
  static Shape for_each_layer(auto& p, Shape shape, auto&& visit) {
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      ((visit.template operator()<K>(get<K>(p.layers), shape), shape = output_shape<At<K>>(get<K>(p.layers), shape)),
       ...);
    }(std::index_sequence_for<Layers...>());
    return shape;
  }

  static std::size_t output_features(const Parameters& p, const Shape& in) {
    return for_each_layer(p, in, []<std::size_t>(const auto&, const Shape&) {}).features;
  }

  using X = Sequence<const scalar, input.features>;
  using Y = Sequence<const scalar, output.features>;

  static constexpr std::size_t output_steps(const Parameters& p, std::size_t steps) {
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      ((steps = detail::output_steps<At<K>>(get<K>(p.layers), steps)), ...);
    }(std::index_sequence_for<Layers...>());
    return steps;
  }

  /// y = the layers' functions of x, one after the other.   x: (T,B,I)   y: (T,B,N) or (1,B,N)
  static void forward(const Parameters& p, X x, Tape& tape, Sequence<scalar, output.features> y,
                      Random* random = nullptr) {
    forward_from<0>(p, x, tape, y, random);
  }

  /// Adds dL/dp to `dp` and overwrites `dx` with dL/dx unless it is empty.
  static void backward(const Parameters& p, X x, const Tape& tape, Y y, Y dy, Workspace& workspace, Parameters& dp,
                       Sequence<scalar, input.features> dx) {
    backward_from<0>(p, x, tape, y, dy, workspace, dp, dx);
  }

  /// One step of one sample, without an allocation. `p` has `layers`, as `Parameters` has.   x: (I)   y: (N)
  static void step(const auto& p, std::span<const scalar, input.features> x, State& state,
                   std::span<scalar, output.features> y) noexcept
    requires(StepLayer<Layers> && ...)
  {
    step_from<0>(p, x, state, y);
  }

 private:
  template <std::size_t K>
  static void forward_from(const Parameters& p, Sequence<const scalar, At<K>::input.features> x, Tape& tape,
                           Sequence<scalar, output.features> y, Random* random) {
    const auto forward_one = [&](auto output) {
      detail::forward<At<K>>(get<K>(p.layers), x, get<K>(tape.layers), output, random);
    };
    if constexpr (K == count - 1) {
      forward_one(y);
    } else {
      const std::size_t steps = detail::output_steps<At<K>>(get<K>(p.layers), x.steps);
      const std::size_t* const lengths = output_lengths<At<K>>(get<K>(p.layers), x, tape.lengths[K]);
      const auto width = detail::output_features<At<K>>(get<K>(p.layers), shape_of<At<K>>(x));
      const auto h = get<K>(tape.outputs).resize(steps, x.batch, width, lengths);
      forward_one(h);
      forward_from<K + 1>(p, h, tape, y, random);
    }
  }

  template <std::size_t K>
  static void backward_from(const Parameters& p, Sequence<const scalar, At<K>::input.features> x, const Tape& tape, Y y,
                            Y dy, Workspace& workspace, Parameters& dp, Sequence<scalar, At<K>::input.features> dx) {
    if constexpr (K == count - 1) {
      At<K>::backward(get<K>(p.layers), x, get<K>(tape.layers), y, dy, get<K>(workspace.layers), get<K>(dp.layers), dx);
    } else {
      const auto h = get<K>(tape.outputs).view();
      const auto dh = get<K>(workspace.output_gradients).resize_as(h);
      backward_from<K + 1>(p, h, tape, y, dy, workspace, dp, dh);
      At<K>::backward(get<K>(p.layers), x, get<K>(tape.layers), h, dh, get<K>(workspace.layers), get<K>(dp.layers), dx);
    }
  }

  template <std::size_t K>
  static void step_from(const auto& p, std::span<const scalar, At<K>::input.features> x, State& state,
                        std::span<scalar, output.features> y) noexcept {
    if constexpr (K == count - 1) {
      At<K>::step(get<K>(p.layers), x, get<K>(state.layers), y);
    } else {
      auto& h = get<K>(state.outputs);
      At<K>::step(get<K>(p.layers), x, get<K>(state.layers), h);
      step_from<K + 1>(p, h, state, y);
    }
  }
};

/// Folds the shapes from left to right: each layer's input is the output of the one before.
template <Scalar T, Shape Input, class Done, class... Specifications> struct Fold {
  using type = Done;
};

template <Scalar T, Shape Input, class... Done, class First, class... Rest>
struct Fold<T, Input, Stack<Done...>, First, Rest...> {
  static_assert(
      requires { typename First::template Layer<T, Input>; },
      "What follows the Input of a Sequential are layers, such as Dense<1>.");

  using Bound = typename First::template Layer<T, Input>;
  using type = typename Fold<T, Bound::output, Stack<Done..., Bound>, Rest...>::type;
};

/// Layers that stand in parentheses, as objects, where their types are expected.
template <class... Layers> struct Objects {};

template <class T> inline constexpr bool are_objects = false;
template <class... Layers> inline constexpr bool are_objects<Objects<Layers...>> = true;

/// The stack that the arguments of a Sequential stand for.
template <class T, class Input, class... Layers> struct StackOf {
  static_assert(!are_objects<T>,
                "Sequential takes the types of layers, not objects: Sequential<float, Input<1>, SimpleRNN<5>, "
                "Dense<1>> model. Of objects, a model is made by sequential<float>(Input(1), SimpleRNN(5), Dense(1)).");
  static_assert(Scalar<T> || are_objects<T>,
                "The first argument of Sequential is the type of its numbers, float or double: Sequential<float, "
                "Input<1>, SimpleRNN<5>, Dense<1>>.");
  static_assert(
      requires { Input::shape; } || !Scalar<T>,
      "The second argument of Sequential is the shape of what goes in, such as Input<1> for one number per step: "
      "Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>.");
  static_assert(sizeof...(Layers) > 0 || !Scalar<T>, "A Sequential has one layer at least after its Input.");

  using type = typename Fold<T, Input::shape, Stack<>, Layers...>::type;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
