// Branches: several layers, or stacks of them, side by side on the same input.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/core/loops.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/sizes.hpp"
#include "rnnts/layers/stack.hpp"

RNNTS_LOOPS_BEGIN

namespace rnnts::inline RNNTS_ABI {
namespace detail {

/// How the outputs of branches become one: row by row, branch after branch.
struct SideBySide {
  static constexpr std::string_view name = "concatenate";

  /// `dynamic` if one of them is.
  static constexpr std::size_t features(auto... of_branches) {
    return ((of_branches == dynamic) || ...) ? dynamic : (std::size_t{of_branches} + ...);
  }

  static void put(std::size_t first, auto N, const auto* branch, auto* y) {
    std::copy_n(branch, std::size_t{N}, y + first);
  }
  static void take(std::size_t first, auto N, const auto* dy, auto* dbranch) {
    std::copy_n(dy + first, std::size_t{N}, dbranch);
  }
};

struct Summed {
  static constexpr std::string_view name = "add";

  /// Of those that the compiler knows, if it knows one.
  static constexpr std::size_t features(auto... of_branches) { return std::min({std::size_t{of_branches}...}); }

  static void put(std::size_t first, auto N, const auto* branch, auto* y) {
    for (std::size_t n = 0; n < N; ++n) y[n] = first == 0 ? branch[n] : y[n] + branch[n];
  }
  static void take(std::size_t, auto N, const auto* dy, auto* dbranch) { std::copy_n(dy, std::size_t{N}, dbranch); }
};

/// y = the outputs of all layers for the same x, merged.   x: (T,B,I)   outputs: (T,B,N[k])   y: (T,B,N)
template <class Merge, Layer... Layers> struct Parallel : Container<Parallel<Merge, Layers...>, Layers...> {
  using Base = Container<Parallel, Layers...>;
  using Base::input, Base::resize;
  using typename Base::scalar, typename Base::Parameters, typename Base::Tape, typename Base::State;
  template <std::size_t K> using At = typename Base::template At<K>;

  static constexpr std::string_view name = Merge::name;
  static constexpr Shape output = {.features = Merge::features(Layers::output.features...),
                                   .steps = At<0>::output.steps,
                                   .is_sequence = At<0>::output.is_sequence};

  /// As far as the compiler knows.
  static constexpr bool may_be_equal(std::size_t one, std::size_t other) {
    return one == other || one == dynamic || other == dynamic;
  }

  static_assert(
      ((may_be_equal(Layers::output.steps, output.steps) && Layers::output.is_sequence == output.is_sequence) && ...),
      "The branches of Concatenate and Add must give the same kind of output: all vectors, or all sequences of "
      "as many steps.");
  static_assert(std::same_as<Merge, SideBySide> || (may_be_equal(Layers::output.features, output.features) && ...),
                "The branches of Add must have the same number of outputs.");

  struct Workspace : Base::Workspace {
    SequenceBuffer<scalar, input.features> dx;  ///< of one branch
  };

  static void for_each_layer(auto& p, const Shape& shape, auto&& visit) {
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      (visit.template operator()<K>(get<K>(p.layers), shape), ...);
    }(std::index_sequence_for<Layers...>{});
  }

  /// Throws ArgumentError if branches that are to be added differ in their outputs.
  static void resize(Parameters& p, const auto& specification, const Shape& in) {
    Base::resize(p, specification, in);
    if constexpr (std::same_as<Merge, Summed>) {
      const std::size_t first = detail::output_features<At<0>>(get<0>(p.layers), in);
      for_each_layer(p, in, [&]<std::size_t K>(const auto& branch, const Shape&) {
        if (const std::size_t found = detail::output_features<At<K>>(branch, in); found != first) {
          raise(ArgumentError(
              sentence(name, ": expected ", first, " outputs of each branch, found ", found, " of branch ", K)));
        }
      });
    }
  }
  static std::size_t output_features(const Parameters& p, const Shape& in) {
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
      return Merge::features(detail::output_features<At<K>>(get<K>(p.layers), in)...);
    }(std::index_sequence_for<Layers...>());
  }

  using X = Sequence<const scalar, input.features>;
  using Y = Sequence<const scalar, output.features>;

  static constexpr std::size_t output_steps(const Parameters& p, std::size_t steps) {
    return detail::output_steps<At<0>>(get<0>(p.layers), steps);
  }

  static void forward(const Parameters& p, X x, Tape& tape, Sequence<scalar, output.features> y,
                      Random* random = nullptr) {
    std::size_t first = 0;  // where the outputs of branch K begin if all stand side by side
    for_each_layer(p, shape_of<At<0>>(x), [&]<std::size_t K>(const auto& layer, const Shape& in) {
      const std::size_t steps = check_steps<K>(p, x.steps);
      for (std::size_t b = 0; b < x.batch && x.lengths != nullptr; ++b) check_steps<K>(p, x.lengths[b]);
      const std::size_t* const lengths = output_lengths<At<K>>(layer, x, tape.lengths[K]);
      const auto width = detail::output_features<At<K>>(layer, in);
      const auto branch = get<K>(tape.outputs).resize(steps, x.batch, width, lengths);
      detail::forward<At<K>>(layer, x, get<K>(tape.layers), branch, random);
      for (std::size_t row = 0; row < y.rows().count; ++row) {
        Merge::put(first, branch.width, branch.rows()[row], y.rows()[row]);
      }
      first += branch.width;
    });
  }

  static void backward(const Parameters& p, X x, const Tape& tape, Y, Y dy, Workspace& workspace, Parameters& dp,
                       Sequence<scalar, input.features> dx) {
    std::size_t first = 0;
    for_each_layer(p, shape_of<At<0>>(x), [&]<std::size_t K>(const auto& layer, const Shape&) {
      const auto branch = get<K>(tape.outputs).view();
      const auto dbranch = get<K>(workspace.output_gradients).resize_as(branch);
      for (std::size_t row = 0; row < dy.rows().count; ++row) {
        Merge::take(first, branch.width, dy.rows()[row], dbranch.rows()[row]);
      }
      first += branch.width;
      const auto dx_of_branch = K == 0 || dx.empty() ? dx : workspace.dx.resize_as(x);
      At<K>::backward(layer, x, get<K>(tape.layers), branch, dbranch, get<K>(workspace.layers), get<K>(dp.layers),
                      dx_of_branch);
      if (K > 0 && !dx.empty()) detail::add(dx_of_branch.rows(), dx.rows());
    });
  }

  /// One step of one sample, without an allocation.   x: (I)   y: (N)
  static void step(const Parameters& p, std::span<const scalar, input.features> x, State& state,
                   std::span<scalar, output.features> y) noexcept
    requires(StepLayer<Layers> && ...)
  {
    std::size_t first = 0;
    for_each_layer(p, input, [&]<std::size_t K>(const auto& layer, const Shape&) {
      auto& branch = get<K>(state.outputs);
      At<K>::step(layer, x, get<K>(state.layers), branch);
      Merge::put(first, branch.size(), branch.data(), y.data());
      first += branch.size();
    });
  }

 private:
  /// Steps that branch K gives for as many steps of the input. Throws ShapeError if branch 0 gives another number.
  template <std::size_t K> static std::size_t check_steps(const Parameters& p, std::size_t input_steps) {
    const std::size_t first = output_steps(p, input_steps);
    const std::size_t found = detail::output_steps<At<K>>(get<K>(p.layers), input_steps);
    if (found == first) return found;
    raise(ShapeError(sentence(name, ": for ", input_steps, " steps the first branch gives ", first, ", but branch ", K,
                              " gives ", found)));
  }
};

}  // namespace detail

/// Layers one after the other, where one is expected: a branch of `Concatenate` or `Add`.
template <class First, class... Rest> struct Branch : detail::LayersOf<First, Rest...> {
  using detail::LayersOf<First, Rest...>::LayersOf;

  template <Scalar T, Shape Input> using Layer = typename detail::Fold<T, Input, detail::Stack<>, First, Rest...>::type;
};

/// y = (branch 0 of x, branch 1 of x, …), side by side in the features. A branch is a layer or a `Branch` of several:
/// `Concatenate<GRU<8>, Branch<LastStep, Dense<2>>>`.
template <class... Branches> struct Concatenate : detail::LayersOf<Branches...> {
  using detail::LayersOf<Branches...>::LayersOf;

  static_assert(sizeof...(Branches) > 0, "Concatenate<> has no branches: it needs at least one.");
  template <Scalar T, Shape Input>
  using Layer = detail::Parallel<detail::SideBySide, typename Branches::template Layer<T, Input>...>;
};

/// y = branch 0 of x + branch 1 of x + …
template <class... Branches> struct Add : detail::LayersOf<Branches...> {
  using detail::LayersOf<Branches...>::LayersOf;

  static_assert(sizeof...(Branches) > 0, "Add<> has no branches: it needs at least one.");
  template <Scalar T, Shape Input>
  using Layer = detail::Parallel<detail::Summed, typename Branches::template Layer<T, Input>...>;
};

template <class... Layers> Branch(const Layers&...) -> Branch<Layers...>;
template <class... Branches> Concatenate(const Branches&...) -> Concatenate<Branches...>;
template <class... Branches> Add(const Branches&...) -> Add<Branches...>;

/// y = x. For a branch that leaves its input as it is.
struct Identity {
  template <Scalar T, Shape Input> struct Layer {
    using scalar = T;
    using Parameters = Nothing;
    using Tape = Nothing;
    using Workspace = Nothing;
    using State = Nothing;

    static constexpr std::string_view name = "identity";
    static constexpr std::size_t I = Input.features;
    static constexpr Shape input = Input, output = Input;

    static void forward(const Parameters&, Sequence<const T, I> x, Tape&, Sequence<T, I> y) {
      std::ranges::copy(x.rows(), y.data);
    }

    static void backward(const Parameters&, Sequence<const T, I>, const Tape&, Sequence<const T, I>,
                         Sequence<const T, I> dy, Workspace&, Parameters&, Sequence<T, I> dx) {
      if (!dx.empty()) std::ranges::copy(dy.rows(), dx.data);
    }

    static void step(const Parameters&, std::span<const T, I> x, State&, std::span<T, I> y) noexcept {
      std::ranges::copy(x, y.begin());
    }
  };
};

/// y = x + the layers' function of x (He, Zhang, Ren and Sun 2016, arXiv:1512.03385). The layers must give the shape
/// that they are given.
template <class... Layers> using Residual = Add<Branch<Layers...>, Identity>;

}  // namespace rnnts::inline RNNTS_ABI

RNNTS_LOOPS_END
