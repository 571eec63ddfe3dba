// Branches: several layers, or stacks of them, side by side on the same input.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/members.hpp"
#include "rnnts/kernels/product.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/stack.hpp"

namespace rnnts::inline RNNTS_ABI {
namespace detail {

/// How the outputs of branches become one: row by row, branch after branch.
struct SideBySide {
  static constexpr std::string_view name = "concatenate";

  static constexpr std::size_t features(auto... of_branches) { return (of_branches + ...); }

  template <std::size_t first, std::size_t N> static void put(const auto* branch, auto* y) {
    std::copy_n(branch, N, y + first);
  }
  template <std::size_t first, std::size_t N> static void take(const auto* dy, auto* dbranch) {
    std::copy_n(dy + first, N, dbranch);
  }
};

struct Summed {
  static constexpr std::string_view name = "add";

  static constexpr std::size_t features(auto first, auto...) { return first; }

  template <std::size_t first, std::size_t N> static void put(const auto* branch, auto* y) {
    for (std::size_t n = 0; n < N; ++n) y[n] = first == 0 ? branch[n] : y[n] + branch[n];
  }
  template <std::size_t first, std::size_t N> static void take(const auto* dy, auto* dbranch) {
    std::copy_n(dy, N, dbranch);
  }
};

/// y = the outputs of all layers for the same x, merged.   x: (T,B,I)   outputs: (T,B,N[k])   y: (T,B,N)
template <class Merge, Layer... Layers> struct Parallel {
  static constexpr std::size_t count = sizeof...(Layers);

  template <std::size_t K> using At = std::tuple_element_t<K, std::tuple<Layers...>>;

  using scalar = typename At<0>::scalar;

  static constexpr std::string_view name = Merge::name;
  static constexpr Shape input = At<0>::input;
  static constexpr Shape output = {.features = Merge::features(Layers::output.features...),
                                   .steps = At<0>::output.steps,
                                   .is_sequence = At<0>::output.is_sequence};

  static constexpr bool carries_state = (detail::carries_state<Layers>() && ...);

  static_assert(
      ((Layers::output.steps == output.steps && Layers::output.is_sequence == output.is_sequence) && ...),
      "The branches of Concatenate and Add must give the same kind of output: all vectors, or all sequences of "
      "as many steps.");
  static_assert(std::same_as<Merge, SideBySide> || ((Layers::output.features == output.features) && ...),
                "The branches of Add must have the same number of outputs.");

  static std::string config() { return layer_texts<Layers...>(); }

  struct Parameters {
    Members<typename Layers::Parameters...> branches;

    static constexpr auto fields() { return fields_of_layers<Layers...>(branches_of); }
  };

  struct Tape {
    Members<typename Layers::Tape...> branches;
    Members<SequenceBuffer<scalar, Layers::output.features>...> outputs;
    std::array<std::vector<std::size_t>, count> lengths;

    static constexpr auto fields() { return fields_of_layers<Layers...>(branches_of); }
  };

  struct Workspace {
    Members<typename Layers::Workspace...> branches;
    Members<SequenceBuffer<scalar, Layers::output.features>...> output_gradients;
    SequenceBuffer<scalar, input.features> dx;  ///< of one branch

    static constexpr auto fields() { return fields_of_layers<Layers...>(branches_of); }
  };

  struct State {
    Members<StateOf<Layers>...> branches;
    Members<std::array<scalar, Layers::output.features>...> outputs;

    static constexpr auto fields() { return fields_of_layers<Layers...>(branches_of); }
  };

  using X = Sequence<const scalar, input.features>;
  using Y = Sequence<const scalar, output.features>;

  static constexpr std::size_t output_steps(std::size_t steps) { return detail::output_steps<At<0>>(steps); }

  static void forward(const Parameters& p, X x, Tape& tape, Sequence<scalar, output.features> y,
                      Random* random = nullptr) {
    for_each_branch([&]<std::size_t K>() {
      const std::size_t steps = check_steps<K>(x.steps);
      for (std::size_t b = 0; b < x.batch && x.lengths != nullptr; ++b) check_steps<K>(x.lengths[b]);
      const std::size_t* const lengths = output_lengths<At<K>>(x, tape.lengths[K]);
      const auto branch = get<K>(tape.outputs).resize(steps, x.batch, lengths);
      detail::forward<At<K>>(get<K>(p.branches), x, get<K>(tape.branches), branch, random);
      for (std::size_t row = 0; row < y.rows().count; ++row) put<K>(branch.rows()[row], y.rows()[row]);
    });
  }

  static void backward(const Parameters& p, X x, const Tape& tape, Y, Y dy, Workspace& workspace, Parameters& dp,
                       Sequence<scalar, input.features> dx) {
    for_each_branch([&]<std::size_t K>() {
      const auto branch = get<K>(tape.outputs).view();
      const auto dbranch = get<K>(workspace.output_gradients).resize(branch.steps, branch.batch, branch.lengths);
      for (std::size_t row = 0; row < dy.rows().count; ++row) take<K>(dy.rows()[row], dbranch.rows()[row]);
      const auto dx_of_branch = K == 0 || dx.empty() ? dx : workspace.dx.resize(x.steps, x.batch, x.lengths);
      At<K>::backward(get<K>(p.branches), x, get<K>(tape.branches), branch, dbranch, get<K>(workspace.branches),
                      get<K>(dp.branches), dx_of_branch);
      if (K > 0 && !dx.empty()) detail::add(dx_of_branch.rows(), dx.rows());
    });
  }

  /// One step of one sample, without an allocation.   x: (I)   y: (N)
  static void step(const Parameters& p, std::span<const scalar, input.features> x, State& state,
                   std::span<scalar, output.features> y) noexcept
    requires(StepLayer<Layers> && ...)
  {
    for_each_branch([&]<std::size_t K>() {
      auto& branch = get<K>(state.outputs);
      At<K>::step(get<K>(p.branches), x, get<K>(state.branches), branch);
      put<K>(branch.data(), y.data());
    });
  }

 private:
  static constexpr auto branches_of = [](auto& p) -> auto& { return p.branches; };

  /// Steps that branch K gives for as many steps of the input. Throws ShapeError if branch 0 gives another number.
  template <std::size_t K> static std::size_t check_steps(std::size_t input_steps) {
    const std::size_t first = output_steps(input_steps), found = detail::output_steps<At<K>>(input_steps);
    if (found == first) return found;
    raise(ShapeError(sentence(name, ": for ", input_steps, " steps the first branch gives ", first, ", but branch ", K,
                              " gives ", found)));
  }

  static constexpr std::array<std::size_t, count> features{Layers::output.features...};

  /// Where the outputs of branch K begin if all stand side by side.
  template <std::size_t K>
  static constexpr std::size_t first = [] {
    std::size_t sum = 0;
    for (std::size_t k = 0; k < K; ++k) sum += features[k];
    return sum;
  }();

  template <std::size_t K> static void put(const scalar* branch, scalar* y) {
    Merge::template put<first<K>, features[K]>(branch, y);
  }
  template <std::size_t K> static void take(const scalar* dy, scalar* dbranch) {
    Merge::template take<first<K>, features[K]>(dy, dbranch);
  }

  static void for_each_branch(auto&& visit) {
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      (visit.template operator()<K>(), ...);
    }(std::index_sequence_for<Layers...>{});
  }
};

}  // namespace detail

/// Layers one after the other, where one is expected: a branch of `Concatenate` or `Add`.
template <class First, class... Rest> struct Branch {
  template <Scalar T, Shape Input> using Layer = typename detail::Fold<T, Input, detail::Stack<>, First, Rest...>::type;
};

/// y = (branch 0 of x, branch 1 of x, …), side by side in the features. A branch is a layer or a `Branch` of several:
/// `Concatenate<GRU<8>, Branch<LastStep, Dense<2>>>`.
template <class... Branches> struct Concatenate {
  static_assert(sizeof...(Branches) > 0, "Concatenate<> has no branches: it needs at least one.");
  template <Scalar T, Shape Input>
  using Layer = detail::Parallel<detail::SideBySide, typename Branches::template Layer<T, Input>...>;
};

/// y = branch 0 of x + branch 1 of x + …
template <class... Branches> struct Add {
  static_assert(sizeof...(Branches) > 0, "Add<> has no branches: it needs at least one.");
  template <Scalar T, Shape Input>
  using Layer = detail::Parallel<detail::Summed, typename Branches::template Layer<T, Input>...>;
};

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
