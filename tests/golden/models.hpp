// Models against golden cases: `layers<Input<1>, SimpleRNN<5>, Dense<1>>("name of the case")`.
//
// A model is a type, so each case names its own; the options in the file are checked against that type.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "golden/golden.hpp"
#include "golden/losses.hpp"
#include "rnnts/layers/average_pooling1d.hpp"
#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/conv1d.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/embedding.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/global_average_pooling1d.hpp"
#include "rnnts/layers/global_max_pooling1d.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/last_steps.hpp"
#include "rnnts/layers/layer_normalization.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/max_pooling1d.hpp"
#include "rnnts/layers/recurrent.hpp"
#include "rnnts/layers/repeat_vector.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/layers/slstm.hpp"
#include "rnnts/losses/mean_absolute_error.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/backpropagation.hpp"
#include "rnnts/model/model_pass.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/stream.hpp"
#include "rnnts/model/weights.hpp"
#include "support/dynamic_form.hpp"

namespace golden {

template <class Specification> inline constexpr LayerDescription description = {};

template <> inline constexpr LayerDescription description<rnnts::Flatten> = {.type = "Flatten", .name = "flatten"};

template <std::size_t N, class Act, rnnts::DenseOptions options>
inline constexpr LayerDescription description<rnnts::Dense<N, Act, options>> = {.type = "Dense",
                                                                                .name = "dense",
                                                                                .default_activation = "linear",
                                                                                .units = N,
                                                                                .activation = Act::name,
                                                                                .use_bias = options.use_bias};

template <std::size_t N, class Act, rnnts::SimpleRNNOptions options>
inline constexpr LayerDescription description<rnnts::SimpleRNN<N, Act, options>> = {
    .type = "SimpleRNN",
    .name = "simple_rnn",
    .default_activation = "tanh",
    .units = N,
    .activation = Act::name,
    .use_bias = options.use_bias,
    .return_sequences = options.return_sequences,
    .go_backwards = options.go_backwards,
    .has_state = true};

template <std::size_t N, class Act, class RecurrentAct, rnnts::LSTMOptions options>
inline constexpr LayerDescription description<rnnts::LSTM<N, Act, RecurrentAct, options>> = {
    .type = "LSTM",
    .name = "lstm",
    .default_activation = "tanh",
    .units = N,
    .activation = Act::name,
    .recurrent_activation = RecurrentAct::name,
    .use_bias = options.use_bias,
    .return_sequences = options.return_sequences,
    .go_backwards = options.go_backwards,
    .has_state = true};

template <std::size_t N, class Act, class RecurrentAct, rnnts::GRUOptions options>
inline constexpr LayerDescription description<rnnts::GRU<N, Act, RecurrentAct, options>> = {
    .type = "GRU",
    .name = "gru",
    .default_activation = "tanh",
    .units = N,
    .activation = Act::name,
    .recurrent_activation = RecurrentAct::name,
    .use_bias = options.use_bias,
    .return_sequences = options.return_sequences,
    .go_backwards = options.go_backwards,
    .reset_after = options.reset_after,
    .has_state = true};

template <std::size_t N, rnnts::SLSTMOptions options>
inline constexpr LayerDescription description<rnnts::SLSTM<N, options>> = {.type = "SLSTM",
                                                                           .name = "slstm",
                                                                           .units = N,
                                                                           .use_bias = options.use_bias,
                                                                           .return_sequences = options.return_sequences,
                                                                           .go_backwards = options.go_backwards,
                                                                           .has_state = true};

template <std::size_t F, std::size_t K, class Act, rnnts::Conv1DOptions options>
inline constexpr LayerDescription description<rnnts::Conv1D<F, K, Act, options>> = {
    .type = "Conv1D",
    .name = "conv1d",
    .options = {{{"filters", double(F), 0.0},
                 {"kernel_size", double(K), 0.0},
                 {"activation", std::string_view(Act::name), std::string_view("linear")},
                 {"padding", std::string_view(options.padding == rnnts::Padding::causal ? "causal" : "valid"),
                  std::string_view("valid")},
                 {"strides", double(options.strides), 1.0},
                 {"dilation_rate", double(options.dilation_rate), 1.0},
                 {"use_bias", options.use_bias, true}}}};

template <rnnts::LayerNormalizationOptions options>
inline constexpr LayerDescription description<rnnts::LayerNormalization<options>> = {
    .type = "LayerNormalization",
    .name = "layer_normalization",
    .options = {
        {{"epsilon", options.epsilon, 1e-3}, {"center", options.center, true}, {"scale", options.scale, true}}}};

template <>
inline constexpr LayerDescription description<rnnts::GlobalAveragePooling1D> = {.type = "GlobalAveragePooling1D",
                                                                                .name = "global_average_pooling1d"};
template <>
inline constexpr LayerDescription description<rnnts::GlobalMaxPooling1D> = {.type = "GlobalMaxPooling1D",
                                                                            .name = "global_max_pooling1d"};

template <std::size_t pool, std::size_t strides>
inline constexpr LayerDescription description<rnnts::AveragePooling1D<pool, strides>> = {
    .type = "AveragePooling1D",
    .name = "average_pooling1d",
    .options = {{{"pool_size", double(pool), 2.0}, {"strides", double(strides), double(pool)}}}};

template <std::size_t pool, std::size_t strides>
inline constexpr LayerDescription description<rnnts::MaxPooling1D<pool, strides>> = {
    .type = "MaxPooling1D",
    .name = "max_pooling1d",
    .options = {{{"pool_size", double(pool), 2.0}, {"strides", double(strides), double(pool)}}}};

template <std::size_t steps>
inline constexpr LayerDescription description<rnnts::RepeatVector<steps>> = {
    .type = "RepeatVector", .name = "repeat_vector", .options = {{{"n", double(steps), 0.0}}}};

template <std::size_t N, std::size_t D, rnnts::EmbeddingOptions options>
inline constexpr LayerDescription description<rnnts::Embedding<N, D, options>> = {
    .type = "Embedding",
    .name = "embedding",
    .options = {{{"input_dim", double(N), 0.0}, {"output_dim", double(D), 0.0}}}};

template <std::size_t steps>
inline constexpr LayerDescription description<rnnts::LastSteps<steps>> = {
    .type = "LastSteps", .name = "last_steps", .options = {{{"steps", double(steps), 0.0}}}};

constexpr std::string_view name_of(rnnts::Merge merge) {
  switch (merge) {
    case rnnts::Merge::concat: return "concat";
    case rnnts::Merge::sum: return "sum";
    case rnnts::Merge::mul: return "mul";
    case rnnts::Merge::ave: return "ave";
  }
  return {};
}

template <class Wrapped, rnnts::Merge merge>
inline constexpr LayerDescription description<rnnts::Bidirectional<Wrapped, merge>> = {
    .type = "Bidirectional", .name = "bidirectional", .merge = name_of(merge), .wrapped = &description<Wrapped>};

// What follows depends on nothing but the scalar where it can: models are many, and cost time to compile.

template <class T> Weights in_double(const std::vector<rnnts::Weight<T>>& weights) {
  Weights by_name;
  for (const auto& weight : weights) {
    by_name[weight.name] = {weight.shape, {weight.values.begin(), weight.values.end()}};
  }
  return by_name;
}

/// Sets up the model of a case: checks that it is the one of the file, and sets its weights.
void set_up(auto& model, const std::vector<LayerDescription>& layers, Case& c, Report& report) {
  set_weights(c, report, layers, in_double(model.weights()),
              [&](const std::string& name, const std::vector<double>& values) { model.set_weight(name, values); });
}
template <class T, class Input, class... Layers>
void set_up(rnnts::Sequential<T, Input, Layers...>& model, Case& c, Report& report) {
  set_up(model, {description<Layers>...}, c, report);
}

/// A batch, (step, batch, feature), and its memory.
template <class T> struct Batch {
  std::size_t steps, samples, features;
  std::vector<T> values;

  /// Nothing but NaN, to be overwritten.
  Batch(std::size_t step_count, std::size_t sample_count, std::size_t feature_count)
      : steps(step_count),
        samples(sample_count),
        features(feature_count),
        values(steps * samples * features, std::numeric_limits<T>::quiet_NaN()) {}

  /// The samples of these indices.
  Batch(const Array& array, const std::vector<std::size_t>& indices)
      : steps(array.shape.size() == 3 ? array.shape[1] : 1), samples(indices.size()), features(array.shape.back()) {
    for (const double value : time_major(array, indices)) values.push_back(static_cast<T>(value));
  }

  /// All samples.
  explicit Batch(const Array& array) : Batch(array, all_samples(array)) {}

  void check_steps(std::size_t of_model) const {
    if (steps != of_model) throw std::runtime_error("the file has another number of steps than the model");
  }

  template <std::size_t F> rnnts::Sequence<T, F> view() {
    if (F != rnnts::dynamic && features != F) {
      throw std::runtime_error("the file has another number of features than the model");
    }
    return {values.data(), steps, samples, nullptr, features};
  }

  /// (batch, step, feature), or (batch, feature) of vectors.
  Array in_double(bool is_sequence) const {
    std::vector<std::size_t> shape{samples, features};
    if (is_sequence) shape.insert(shape.begin() + 1, steps);
    return batch_major({values.begin(), values.end()}, shape);
  }
};

/// Compares a batch of vectors or of sequences with what the file has at `path`.
template <class T>
void compare(Case& c, Report& report, const char* path, const Batch<T>& found, bool is_sequence, double allowed) {
  report.compare(path, c.array(path), found.in_double(is_sequence), allowed);
}

/// Calls `visit(name, state, part…)` for the states on a tape, and the gradients by them in a workspace, with their
/// names in the file, without the kind of the layer: "0.h", "0.c", and of Bidirectional "0.forward.h", ….
template <class... Memory> void visit_states(const auto& visit, Memory&... memory) {
  rnnts::detail::visit_fields(
      [&](const rnnts::detail::FieldInfo& field, auto& state, auto&... parts) {
        const std::string name = field.path();
        const auto kind = name.find('.') + 1;
        visit(name.substr(0, kind) + name.substr(name.find('.', kind) + 1), state, parts...);
      },
      memory...);
}

/// The state starts from what the file gives, if it gives that.
template <class T, std::size_t N>
void set_initial_state(Case& c, const std::string& name, rnnts::BoundaryState<T, N>& state) {
  const std::string path = initial_state_path(name);
  if (!c.has(path)) return;
  const Batch<T> initial(c.array(path));
  if (N != rnnts::dynamic && initial.features != N) {
    throw std::runtime_error(path + " has another number of units than the model");
  }
  std::ranges::copy(initial.values, state.initial.resize(1, initial.samples, initial.features).data);
}

/// Compares a state, or the gradient by it, with what the file has at `path`, if it has that.   found: (1,B,N)
template <class T, std::size_t N>
void compare_state(Case& c, Report& report, const std::string& path, const rnnts::SequenceBuffer<T, N>& found,
                   double allowed) {
  if (!c.has(path)) return;
  const auto rows = found.view().rows();
  report.compare(path, c.array(path), {{rows.count, rows.width}, {rows.begin(), rows.end()}}, allowed);
}

/// For cases that hold outputs alone.
struct NoLoss {
  static constexpr std::string_view name = "none";
};

/// One case of the kind "layers", for one model and one loss.
template <class M, class L> class LayersRun {
 public:
  using T = typename M::scalar;
  static constexpr std::size_t I = M::input.features, N = M::output.features;
  static constexpr bool is_sequence = M::output.is_sequence;

  LayersRun(const M& model, const std::vector<LayerDescription>& layers, Case& c, Report& report)
      : case_(c),
        report_(report),
        model_(model),
        x_(c.array("input")),
        y_(rnnts::detail::output_steps<typename M::Stack>(model_.parameters(), x_.steps), x_.samples,
           model_.output_shape().features) {
    if (model_.input_shape().steps != rnnts::any_steps) x_.check_steps(model_.input_shape().steps);
    set_up(model_, layers, c, report);
  }

  void run() {
    forward();
    if constexpr (rnnts::StepLayer<typename M::Stack>) {
      if (!has_initial_state(case_)) run_stream();  // which starts from zero
    }
    if constexpr (!std::is_same_v<L, NoLoss>) backward();
  }

 private:
  void forward() {
    typename M::Tape tape;
    set_initial_states(tape);
    M::forward(model_.parameters(), x_.template view<I>(), tape, y_.template view<N>());
    compare_output();
    visit_states(
        [&](const std::string& name, const auto& state) {
          compare_state(case_, report_, "expected/final_states/" + name, state.last, report_.tolerance.values);
        },
        tape);
  }

  void set_initial_states(typename M::Tape& tape) {
    visit_states([&](const std::string& name, auto& state) { set_initial_state(case_, name, state); }, tape);
  }

  /// The same outputs step by step, one sample after the other.
  void run_stream() {
    std::ranges::fill(y_.values, std::numeric_limits<T>::quiet_NaN());
    rnnts::Stream<M> stream(model_);
    const auto x = x_.template view<I>();
    const auto y = y_.template view<N>();
    for (std::size_t b = 0; b < x.batch; ++b) {
      stream.reset();
      for (std::size_t t = 0; t < x.steps; ++t) {
        const auto output = stream.step(std::span<const T, I>(x[t][b], x.width));
        std::ranges::copy(output, y[is_sequence ? t : 0][b]);
      }
    }
    compare_output();
  }

  void backward() {
    constexpr std::size_t labels = rnnts::detail::label_count<L, N>;
    Batch<T> y_true(case_.array("target")), dx(x_.steps, x_.samples, x_.features);
    y_true.check_steps(y_.steps);
    const L loss_function = read_loss<L>(case_, report_);
    const auto model_pass = std::make_unique<rnnts::detail::ModelPass<M>>(model_);
    rnnts::detail::Backpropagation<T, I, N, L> backpropagation(*model_pass, loss_function);
    set_initial_states(model_pass->tape());
    double loss = 0;
    for (int pass = 1; pass <= 2; ++pass) {  // the second one finds what the first has left in memory
      loss = backpropagation.forward(x_.template view<I>(), y_true.template view<labels>(), nullptr, {});
      backpropagation.backward(x_.template view<I>(), y_true.template view<labels>(), dx.template view<I>());
    }
    report_.compare("expected/loss", case_.number("expected/loss"), loss, report_.tolerance.values);
    compare(case_, report_, "expected/input_gradient", dx, true, report_.tolerance.derivatives);
    visit_states(
        [&](const std::string& name, const auto&, const auto& gradient) {
          compare_state(case_, report_, "expected/initial_state_gradients/" + name, gradient,
                        report_.tolerance.derivatives);
        },
        model_pass->tape(), model_pass->workspace());
    model_.parameters() = model_pass->gradients();  // for their names
    compare_weights(case_, report_, "expected/gradients", in_double(model_.weights()));
  }

  void compare_output() { compare(case_, report_, "expected/output", y_, is_sequence, report_.tolerance.values); }

  Case& case_;
  Report& report_;
  M model_;
  Batch<T> x_, y_;
};

template <class T, class L, class Input, class... Layers> void run_static(Case& c, Report& report) {
  using M = rnnts::Sequential<T, Input, Layers...>;
  LayersRun<M, L>(M(), {description<Layers>...}, c, report).run();
}

template <class L, class Input, class... Layers> void run_dynamic(Case& c, Report& report) {
  auto model = rnnts::sequential<double>(DynamicForm<Input>::make(), DynamicForm<Layers>::make()...);
  LayersRun<decltype(model), L>(model, {description<Layers>...}, c, report).run();
}

/// A case of the kind "layers": output, final states, loss and all gradients, of the layers as they stand and with
/// sizes that are chosen when the program runs.
template <class Input, class... Layers, class L = rnnts::MeanSquaredError> Entry layers(const char* name, L = {}) {
  return {name, "layers", run_static<float, L, Input, Layers...>, run_static<double, L, Input, Layers...>,
          run_dynamic<L, Input, Layers...>};
}

}  // namespace golden
