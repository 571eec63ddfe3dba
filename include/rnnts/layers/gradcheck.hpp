// gradcheck: compares the gradients that a layer computes with differences of its outputs.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <memory>
#include <ranges>
#include <string>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/sizes.hpp"

namespace rnnts::inline RNNTS_ABI {

struct GradcheckOptions {
  std::size_t steps = 4;  ///< of the input; a layer that knows its steps takes those
  std::size_t batch = 3;
  std::vector<std::size_t> lengths = {};  ///< of the samples, none above `steps`; empty if all have all steps
  std::size_t rows = 0;      ///< if not 0, the last input of each step is a whole number below it, as of an Embedding
  Seed seed{};               ///< of the weights, the inputs and the gradient of the outputs
  double difference = 1e-5;  ///< h of (f(x + h) - f(x - h)) / 2h
  double tolerance = 1e-6;   ///< largest relative error that passes
};

/// The worst gradient that a check met. Converts to whether all of them passed.
struct GradcheckResult {
  double largest_error = 0;  ///< |computed - expected| / max(|computed| + |expected|, 1e-3)
  double computed = 0;       ///< the gradient with this error
  double expected = 0;       ///< what the difference gives in its place
  std::string where;         ///< its field and index, as in "kernel[3]"; inputs are "x"
  bool passed = true;

  explicit operator bool() const { return passed; }

  std::string message() const {
    return detail::sentence(passed ? "gradients agree" : "gradients differ", "; the largest relative error is ",
                            largest_error, " at ", where, ": backward gives ", computed, ", the difference gives ",
                            expected);
  }
};

namespace detail {

template <Layer L>
  requires std::same_as<typename L::scalar, double>
class Gradcheck {
 public:
  /// The weights of `p` are drawn anew.
  Gradcheck(const GradcheckOptions& options, const typename L::Parameters& p, const Shape& input)
      : options_(options),
        random_(options.seed),
        input_(input),
        parameters_(std::make_unique<typename L::Parameters>(p)),
        gradients_(std::make_unique<typename L::Parameters>(p)) {
    // What a larger batch has left behind in tapes and workspaces must not matter.
    resize(options.steps + 1, options.batch + 1);
    run_backward();
    resize(options.steps, options.batch);
  }

  GradcheckResult run() {
    run_backward();
    const auto analytic = std::make_unique<typename L::Parameters>(*gradients_);
    visit_fields(
        [&](const FieldInfo& field, auto& values, const auto& computed) { compare(field.path(), values, computed); },
        *parameters_, *analytic);
    const auto dx = dx_.view().rows();
    compare("x", x_.view().rows(), std::vector<double>(dx.begin(), dx.end()));
    return result_;
  }

 private:
  static constexpr double nan = std::numeric_limits<double>::quiet_NaN();

  void resize(std::size_t steps, std::size_t batch) {
    if (input_.steps != any_steps) steps = input_.steps;
    const auto draw = [&](auto&& values) {
      for (double& value : values) value = 0.5 * random_.normal();
    };
    const std::size_t* const lengths = lengths_of(steps, batch);
    visit_fields([&](const FieldInfo&, auto& values) { draw(values); }, *parameters_);
    const auto x = x_.resize(steps, batch, input_.features, lengths);
    draw(x.rows());
    for (std::size_t r = 0; r < x.rows().count && options_.rows > 0; ++r) {
      x.rows()[r][x.width - 1] = static_cast<double>(random_.below(options_.rows));
    }
    const auto dy =
        dy_.resize(output_steps<L>(*parameters_, steps), batch, output_features<L>(*parameters_, shape_of<L>(x)));
    draw(dy.rows());
    y_.resize_as(dy);
    dx_.resize_as(x);
    if constexpr (!L::output.is_sequence) return;
    for (std::size_t b = 0; b < batch && lengths != nullptr; ++b) {
      for (std::size_t t = output_steps<L>(*parameters_, lengths[b]); t < dy.steps; ++t)
        std::ranges::fill(dy[t].row(b), 0);
    }
  }

  /// Those of the options, or null if there are none; for the first, larger batch, some that are longer.
  const std::size_t* lengths_of(std::size_t steps, std::size_t batch) {
    if (options_.lengths.empty()) return nullptr;
    lengths_ = options_.lengths;
    lengths_.resize(batch, steps);
    return lengths_.data();
  }

  /// L = sum of y dy, so that dy is its gradient.
  double loss() {
    const auto y = y_.view();
    std::ranges::fill(y.rows(), nan);      // all of it must be overwritten
    Random same_each_time(options_.seed);  // so that what is dropped is the same
    forward<L>(*parameters_, x_.view(), tape_, y, &same_each_time);
    double sum = 0;
    for (std::size_t i = 0; i < y.rows().size(); ++i) sum += y.data[i] * dy_.view().data[i];
    return sum;
  }

  void run_backward() {
    loss();
    constexpr double before = 0.25;  // what stands in dp must be added to, and what stands in dx must be overwritten
    visit_fields([&](const FieldInfo&, auto& values) { values.fill(before); }, *gradients_);
    std::ranges::fill(dx_.view().rows(), nan);
    L::backward(*parameters_, x_.view(), tape_, y_.view(), dy_.view(), workspace_, *gradients_, dx_.view());
    visit_fields(
        [&](const FieldInfo&, auto& values) {
          for (double& value : values) value -= before;
        },
        *gradients_);
  }

  void compare(const std::string& name, auto&& values, const auto& gradient) {
    auto computed = std::ranges::begin(gradient);
    std::size_t index = 0;
    for (double& value : values) {
      const double kept = value;
      value = kept + options_.difference;
      const double above = loss();
      value = kept - options_.difference;
      const double below = loss();
      value = kept;
      note(name, index++, *computed++, (above - below) / (2 * options_.difference));
    }
  }

  void note(const std::string& name, std::size_t index, double computed, double expected) {
    const double scale = std::max(std::abs(computed) + std::abs(expected), 1e-3);
    const double error = std::abs(computed - expected) / scale;
    if (error <= result_.largest_error && !result_.where.empty()) return;  // false for NaN
    if (std::isnan(result_.largest_error)) return;
    result_ = {error, computed, expected, sentence(name, "[", index, "]"), error <= options_.tolerance};
  }

  GradcheckOptions options_;
  Random random_;
  std::vector<std::size_t> lengths_;
  Shape input_;
  std::unique_ptr<typename L::Parameters> parameters_, gradients_;
  typename L::Tape tape_;
  typename L::Workspace workspace_;
  SequenceBuffer<double, L::input.features> x_, dx_;
  SequenceBuffer<double, L::output.features> y_, dy_;
  GradcheckResult result_;
};

}  // namespace detail

/// Checks every gradient of a layer or of a model, of all weights and of the inputs, by central differences,
/// with random weights and inputs, as in training: what a layer drops, it drops each time. Also checks that `forward`
/// and `backward` overwrite or add to what they should.
///
///     CHECK(gradcheck<Sequential<double, Input<2>, SimpleRNN<3>, Dense<1>>>({.batch = 5}));
template <Layer L>
  requires(!detail::is_dynamic<L>())
GradcheckResult gradcheck(const GradcheckOptions& options = {}) {
  static_assert(std::same_as<typename L::scalar, double>,
                "gradcheck needs double: differences of floats are too coarse.");
  return detail::Gradcheck<L>(options, typename L::Parameters(), L::input).run();
}

/// The same for what stands in a model: `gradcheck<SimpleRNN<3>, Input<2>>()`.
template <class Specification, class Input> GradcheckResult gradcheck(const GradcheckOptions& options = {}) {
  return gradcheck<typename Specification::template Layer<double, Input::shape>>(options);
}

/// The same of sizes that are chosen when the program runs: `gradcheck(SimpleRNN(3), Input(2))`, or a model of double
/// with its sizes, whose weights do not matter.
template <class Specification, class Input>
  requires requires { typename Specification::template Layer<double, Input::shape>; }
GradcheckResult gradcheck(const Specification& layer, const Input& input, const GradcheckOptions& options = {}) {
  using L = typename Specification::template Layer<double, Input::shape>;
  typename L::Parameters p;
  detail::resize_layer<L>(p, layer, input.chosen(), 0);
  return detail::Gradcheck<L>(options, p, input.chosen()).run();
}
template <Layer M>
  requires requires(const M& model) { model.input_shape(); }
GradcheckResult gradcheck(const M& model, const GradcheckOptions& options = {}) {
  return detail::Gradcheck<M>(options, model.parameters(), model.input_shape()).run();
}

}  // namespace rnnts::inline RNNTS_ABI
