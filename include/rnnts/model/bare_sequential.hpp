// BareSequential: layers one after the other and their weights, which is all that running them step by step needs.
#pragma once

#include <concepts>
#include <cstddef>
#include <tuple>

#include "rnnts/core/members.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/stack.hpp"

namespace rnnts::inline RNNTS_ABI {

/// What a `Sequential` is without drawing, naming and training its weights and without predicting windows. This header
/// and `stream.hpp` need neither xtensor nor a heap, and serve small devices: weights of up to 16 kB per tensor can be
/// constants, `constinit const BareSequential<…> net{weights}`.
template <class T, class Input = void, class... Layers>
class BareSequential : public detail::StackOf<T, Input, Layers...>::type {
 public:
  using Stack = typename detail::StackOf<T, Input, Layers...>::type;
  using typename Stack::Parameters;
  using Bare = BareSequential;

  /// All weights are zero.
  constexpr BareSequential()
    requires(!Stack::is_dynamic)
  = default;
  constexpr explicit BareSequential(const Parameters& parameters)
    requires(!Stack::is_dynamic)
      : parameters_(parameters) {}

  /// Where sizes are chosen when the program runs: the same layers as objects, `{Input(3), GRU(32), Dense(14)}`.
  ///
  /// Throws ArgumentError, naming the layer, if it cannot have such a size, ShapeError if there are too few steps.
  explicit BareSequential(const Input& its_input, const Layers&... layers)
      : BareSequential(its_input, std::tie(layers...)) {}

  /// The same for what stands for the layers, as `Stack::specification` gives it.
  template <class... Specifications>
  BareSequential(const Input& its_input, const std::tuple<Specifications...>& layers) : input_(its_input) {
    const Shape shape = input_shape();
    detail::check_extent("input", shape.features, "features");
    if (Stack::input.steps == dynamic) detail::check_extent("input", shape.steps, "steps");
    Stack::resize(parameters_, layers, shape);
  }

  /// The shape of a sample that goes in, and that of what comes out.
  constexpr Shape input_shape() const noexcept { return input_.chosen(); }
  constexpr Shape output_shape() const noexcept { return detail::output_shape<Stack>(parameters_, input_shape()); }

  constexpr Parameters& parameters() noexcept { return parameters_; }
  constexpr const Parameters& parameters() const noexcept { return parameters_; }

  /// Weights of layer K, counted from 0: `model.layer<0>().kernel(0, 2) = 1`.
  template <std::size_t K> constexpr auto& layer() noexcept { return get<K>(parameters_.layers); }
  template <std::size_t K> constexpr const auto& layer() const noexcept { return get<K>(parameters_.layers); }

 private:
  [[no_unique_address]] Input input_;
  Parameters parameters_;
};

namespace detail {

/// What runs step by step: layers, and weights that may be of another type than those that are trained.
template <class M>
concept StepModel = Layer<typename M::Stack> && requires(const M& net) {
  { net.parameters() } -> std::same_as<const typename M::Parameters&>;
};

/// Layers and their weights: a `BareSequential`, and so a `Sequential` too.
template <class M>
concept LayersWithWeights = Layer<M> && StepModel<M> && requires(M& net) {
  { net.parameters() } -> std::same_as<typename M::Parameters&>;
};

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
