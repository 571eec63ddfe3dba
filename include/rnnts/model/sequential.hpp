// Sequential: layers one after the other, their shapes checked by the compiler.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/never.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/kernels/initialize.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/losses/loss.hpp"
#include "rnnts/model/bare_sequential.hpp"
#include "rnnts/model/finite_outputs.hpp"
#include "rnnts/model/predict.hpp"
#include "rnnts/model/samples.hpp"
#include "rnnts/model/summary.hpp"
#include "rnnts/model/weights.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Layers one after the other, and their weights: `Sequential<float, Input<1>, SimpleRNN<5>, Dense<1>>
/// model{seed(7)}`.
///
/// A value: copying a model copies its weights, and so does moving it, which leaves it as it was. A const model may be
/// used by many threads at once. Sizes that do not fit do not compile.
template <class T, class Input = void, class... Layers> class Sequential : public BareSequential<T, Input, Layers...> {
 public:
  using typename BareSequential<T, Input, Layers...>::Stack;
  using typename BareSequential<T, Input, Layers...>::Parameters;
  using BareSequential<T, Input, Layers...>::parameters;
  using Scratch = rnnts::Scratch<Stack>;
  /// Windows and labels that this model can be trained with; made implicitly from a range of pairs.
  using Samples = rnnts::Samples<T, Stack::input, Stack::output>;
  /// The same with another number of labels per step than the model has outputs, as some losses have it.
  template <std::size_t Labels>
  using SamplesWith =
      rnnts::Samples<T, Stack::input,
                     Shape{.features = Labels, .steps = Stack::output.steps, .is_sequence = Stack::output.is_sequence}>;

  /// Draws the weights with the initializers of the layers; the same seed gives the same weights.
  explicit Sequential(Seed seed = {})
    requires(!Stack::is_dynamic)
  {
    initialize(seed);
  }

  /// Takes these weights and draws none: `Net model{other.parameters()}`.
  explicit Sequential(const Parameters& given)
    requires(!Stack::is_dynamic)
      : BareSequential<T, Input, Layers...>(given) {}

  /// Likewise those of another model, which may be one without a heap.
  explicit Sequential(const BareSequential<T, Input, Layers...>& given) : BareSequential<T, Input, Layers...>(given) {}

  /// Where sizes are chosen when the program runs: the same layers as objects, as in `Sequential<float, Input<>, GRU<>,
  /// Dense<>> model{Input(3), GRU(32), Dense(14), seed(7)}`, for which `sequential<float>(…)` is short.
  ///
  /// Throws ArgumentError, naming the layer, if it cannot have such a size, ShapeError if there are too few steps.
  explicit Sequential(const Input& its_input, const Layers&... layers, Seed seed = {})
      : BareSequential<T, Input, Layers...>(its_input, layers...) {
    initialize(seed);
  }

  /// Without them, it does not compile, with a sentence that says how to write it.
  explicit Sequential(Seed = {})
    requires(Stack::is_dynamic)
      : Sequential(without_sizes()) {}

  /// Draws the weights anew.
  void initialize(Seed seed) {
    Random random(seed);
    detail::visit_fields(
        [&](const detail::FieldInfo& field, auto& weights) {
          const std::size_t columns = weights.extents()[weights.rank - 1];
          constexpr bool large = std::remove_cvref_t<decltype(weights)>::static_size > detail::orthonormal_in_order_to;
          detail::initialize<large, T>(field.initializer, {weights.data(), weights.size()}, weights.size() / columns,
                                       columns, random);
        },
        parameters());
  }

  /// All weights with their names, as "0.simple_rnn.kernel", and shapes.
  std::vector<Weight<T>> weights() { return detail::list_weights<T>(parameters()); }
  std::vector<Weight<const T>> weights() const { return detail::list_weights<const T>(parameters()); }

  /// One weight by its name. Throws ArgumentError, listing the names, if there is none.
  Weight<T> weight(std::string_view path) { return detail::find_weight(weights(), path); }
  Weight<const T> weight(std::string_view path) const { return detail::find_weight(weights(), path); }

  /// Sets one weight from a tensor expression of the same shape or from a range of as many numbers,
  /// row-major.
  ///
  /// Throws ArgumentError if there is no such weight, ShapeError if the shape or the number differs.
  void set_weight(std::string_view path, const auto& values) { detail::assign(weight(path), values); }

  /// The model's output for one window, or for each window of a batch.
  ///
  /// - One window is a range of T numbers for `Input<1>`, else of T rows of I numbers, or a tensor (T) or (T, I). The
  ///   output is a tensor (N) of static shape, or (T, N) of a sequence.
  /// - A batch is a range of windows or of (window, label) pairs, or a tensor (B, T, I). The output is a tensor (B, N),
  ///   or (B, T, N) of sequences.
  ///
  /// Windows of a range may differ in length; of a sequence, the output beyond a window's own length is zero.
  ///
  /// With a `scratch` of one's own, kept between calls, the prediction of one window allocates nothing after the first
  /// call. It also gives recurrent layers their initial states and tells their last ones.
  ///
  /// Throws ShapeError if steps or features are not those of the model, DataError if there are no windows, a window is
  /// empty, or a number of a range is not finite. ShapeError too if the scratch has initial states of another number of
  /// windows, or of more than 256, ArgumentError for 0 or more than 4096 threads. If an output is not finite, unless
  /// `options` allow it, throws Error, with the name of the weight where one is not, or DataError where it comes from a
  /// number of a tensor.
  template <class Windows> auto predict(Windows&& windows, Scratch& scratch, PredictOptions options = {}) const {
    using Predictor = detail::Predictor<T, Stack::input, Stack::output>;
    std::vector<Scratch> parts;  // of each thread, where windows are predicted in parts
    const auto begin_parts = [&](std::size_t threads) {
      parts.resize(threads);
      for (Scratch& part : parts) detail::share_initial_states(std::as_const(scratch.tape), part.tape);
      detail::for_each_state(scratch.tape, [](auto& state) { state.last.clear(); });
    };
    const auto forward = [&](std::size_t thread, auto x, auto y, std::size_t first) {
      auto& tape = parts.empty() ? scratch.tape : parts[thread].tape;
      Stack::forward(parameters(), x, tape, y);
      if (!options.allow_non_finite) detail::require_finite_outputs("predict", parameters(), x, y, first);
    };
    return Predictor(forward, begin_parts, this->input_shape(), this->output_shape(),
                     detail::output_steps_of<Stack>(parameters()), scratch.x, scratch.y, options.threads)
        .predict(std::forward<Windows>(windows));
  }
  template <class Windows> auto predict(Windows&& windows, PredictOptions options = {}) const {
    Scratch scratch;
    return predict(std::forward<Windows>(windows), scratch, options);
  }

  std::size_t parameter_count() const { return detail::count_parameters(parameters()); }

  /// A table of layers, output shapes and numbers of parameters.
  std::string summary() const { return detail::summary<Stack>(parameters(), this->input_shape()); }

 private:
  static const Sequential& without_sizes() {
    static_assert(
        detail::never<T>,
        "Some sizes of this net are chosen when the program runs, and so it is made of its layers as objects: "
        "Sequential<float, Input<>, GRU<>, Dense<>> net{Input(3), GRU(32), Dense(14)}, or for short auto net = "
        "sequential<float>(Input(3), GRU(32), Dense(14)).");
  }
};

namespace detail {

/// The model of an Input, and of layers with or without a Seed behind them.
template <class M, class...> struct SequentialOf {
  using type = M;
};
template <class T, class Input, class... Done, class Next, class... Rest>
  requires(!std::same_as<Next, Seed>)
struct SequentialOf<Sequential<T, Input, Done...>, Next, Rest...>
    : SequentialOf<Sequential<T, Input, Done..., Next>, Rest...> {};

}  // namespace detail

/// A model whose layers are given as objects, with sizes that the program chooses when it runs: `auto model =
/// sequential<float>(Input(3), GRU(32), Dense(14))` is a `Sequential<float, Input<>, GRU<>, Dense<>>`. Layers whose
/// sizes the compiler shall know stand as they are: `sequential<float>(Input<3>{}, GRU(32), Dense<14>{})`.
///
/// Throws ArgumentError, naming the layer, if it cannot have such a size, ShapeError if there are too few steps.
template <Scalar T, class Input, class... Layers>
  requires requires { Input::shape; }
auto sequential(const Input& input, const Layers&... layers_and_seed) {
  return typename detail::SequentialOf<Sequential<T, Input>, Layers...>::type(input, layers_and_seed...);
}

/// `Sequential model(Input<1>{}, Dense<1>{})`, as in Keras, does not compile, with a sentence that says why.
template <class First, class... Rest>
  requires(!detail::LayersWithWeights<First> && !std::same_as<First, Seed>)
Sequential(First, Rest...) -> Sequential<detail::Objects<First, Rest...>>;

/// What `fit`, `forecast` and `evaluate` take: a `Sequential`.
template <class M>
concept Model = detail::LayersWithWeights<M> && requires {
  typename M::Samples;
  typename M::Scratch;
};

namespace detail {

/// What samples must be like for a model and a loss.
///
/// Throws ArgumentError if the loss cannot have as many outputs, where only a run knows them.
template <Model M, Loss L> SampleShapes sample_shapes(const M& model, const L&) {
  Shape label = model.output_shape();
  if constexpr (RowLoss<L>) {
    const std::size_t outputs = label.features;
    label.features = L::labels(outputs);
    if (label.features == 0) {
      raise(ArgumentError(sentence("the loss \"", L::name,
                                   "\" needs another number of outputs than the model has, which is ", outputs)));
    }
  }
  return {model.input_shape(), label, output_steps_of<typename M::Stack>(model.parameters())};
}

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
