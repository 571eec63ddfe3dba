// What a layer of a file becomes, where the program does not know it: one or more stages behind one interface.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/extent.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/kernels/activation.hpp"
#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/layers/sizes.hpp"
#include "rnnts/model/weights.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// What a stage writes while it runs: a layer's tape, or its state.
struct StageMemory {
  StageMemory() = default;
  StageMemory(const StageMemory&) = delete;
  StageMemory& operator=(const StageMemory&) = delete;
  virtual ~StageMemory() = default;
};

template <class M> struct StageMemoryOf final : StageMemory {
  M value;

  static M& in(StageMemory& memory) { return static_cast<StageMemoryOf&>(memory).value; }
};

/// A function from sequences to sequences, of sizes that are known when it is made. Vectors are sequences of one step
/// here. Options of layers that only say which code runs next, such as `go_backwards` or an activation behind a
/// product, are stages of their own, so that each kind of layer is compiled once, and not once for each combination.
template <Scalar T> class Stage {
 public:
  using X = Sequence<const T, dynamic>;
  using Y = Sequence<T, dynamic>;

  Stage() = default;
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  virtual ~Stage() = default;

  /// The shape of what it gives for this one, of which `any_steps` may be unknown.
  ///
  /// Throws ShapeError if it gives nothing for so few steps.
  virtual Shape output(const Shape& input) const = 0;

  /// Named as in the layer.
  virtual std::vector<Weight<T>> weights() { return {}; }

  virtual std::unique_ptr<StageMemory> tape() const { return std::make_unique<StageMemory>(); }
  /// Overwrites y.
  virtual void forward(X x, StageMemory& tape, Y y) const = 0;

  /// Null if it cannot run step by step.
  virtual std::unique_ptr<StageMemory> state(const Shape& input) const = 0;
  /// One step, without an allocation. x and y share no memory.
  virtual void step(std::span<const T> x, StageMemory& state, std::span<T> y) const noexcept = 0;
};

template <Scalar T> using Stages = std::vector<std::shared_ptr<Stage<T>>>;

/// A layer for sequences, whose sizes are chosen when the program runs. Only what runs forwards is compiled of it.
template <Layer L> class LayerStage final : public Stage<typename L::scalar> {
  using T = typename L::scalar;
  using typename Stage<T>::X;
  using typename Stage<T>::Y;

 public:
  /// Weights are zero.
  LayerStage(const auto& specification, std::size_t inputs) {
    if constexpr (requires { L::resize(p_, specification, Shape()); }) {
      L::resize(p_, specification, sequence_shape(any_steps, inputs));
    }
  }

  Shape output(const Shape& input) const override {
    const bool is_sequence = L::output.is_sequence && input.is_sequence;
    return {output_features<L>(p_, input), is_sequence ? output_steps<L>(p_, input.steps) : 1, is_sequence};
  }
  std::vector<Weight<T>> weights() override { return list_weights<T>(p_); }

  std::unique_ptr<StageMemory> tape() const override {
    auto tape = std::make_unique<StageMemoryOf<typename L::Tape>>();
    for_each_state(tape->value, [](auto& state) { state.is_recorded = false; });
    return tape;
  }
  void forward(X x, StageMemory& tape, Y y) const override {
    L::forward(p_, x, StageMemoryOf<typename L::Tape>::in(tape), y);
  }

  std::unique_ptr<StageMemory> state(const Shape& input) const override {
    if constexpr (StepLayer<L>) {
      auto state = std::make_unique<StageMemoryOf<typename L::State>>();
      if constexpr (requires { L::resize(p_, input, state->value); }) L::resize(p_, input, state->value);
      return state;
    } else {
      return nullptr;
    }
  }
  void step(std::span<const T> x, StageMemory& state, std::span<T> y) const noexcept override {
    if constexpr (StepLayer<L>) L::step(p_, x, StageMemoryOf<typename L::State>::in(state), y);
  }

 private:
  typename L::Parameters p_;
};

/// An activation of each row.
template <Scalar T> class ActivationStage final : public Stage<T> {
 public:
  using Function = void (*)(Rows<const T, dynamic> x, Rows<T, dynamic> y);

  explicit ActivationStage(Function function) : function_(function) {}

  Shape output(const Shape& input) const override { return input; }
  void forward(typename Stage<T>::X x, StageMemory&, typename Stage<T>::Y y) const override {
    function_(x.rows(), y.rows());
  }
  std::unique_ptr<StageMemory> state(const Shape&) const override { return std::make_unique<StageMemory>(); }
  void step(std::span<const T> x, StageMemory&, std::span<T> y) const noexcept override {
    function_({x.data(), 1, x.size()}, {y.data(), 1, y.size()});
  }

 private:
  Function function_;
};

/// A stage that needs the whole sequence, and so no state.
template <Scalar T> class WholeStage : public Stage<T> {
 public:
  std::unique_ptr<StageMemory> state(const Shape&) const override { return nullptr; }
  void step(std::span<const T>, StageMemory&, std::span<T>) const noexcept override {}
};

/// The last step first.
template <Scalar T> class ReverseStage final : public WholeStage<T> {
 public:
  Shape output(const Shape& input) const override { return input; }
  void forward(typename Stage<T>::X x, StageMemory&, typename Stage<T>::Y y) const override {
    reverse_steps<T, dynamic>(x, y);
  }
};

template <Scalar T> class RepeatStage final : public WholeStage<T> {
 public:
  explicit RepeatStage(std::size_t steps) : steps_(steps) {}

  Shape output(const Shape& input) const override { return sequence_shape(steps_, input.features); }
  void forward(typename Stage<T>::X x, StageMemory&, typename Stage<T>::Y y) const override {
    for (std::size_t t = 0; t < y.steps; ++t) std::ranges::copy(x[0], y[t].data);
  }

 private:
  std::size_t steps_;
};

/// Two layers of one kind, of which the second reads backwards. Each gives sequences.
template <Scalar T> class BidirectionalStage final : public WholeStage<T> {
  using typename Stage<T>::X;
  using typename Stage<T>::Y;

 public:
  BidirectionalStage(std::array<std::shared_ptr<Stage<T>>, 2> sides, Merge merge, bool returns_sequences)
      : sides_(std::move(sides)), merge_(merge), returns_sequences_(returns_sequences) {}

  Shape output(const Shape& input) const override {
    const std::size_t units = sides_[0]->output(input).features * (merge_ == Merge::concat ? 2 : 1);
    return {units, returns_sequences_ ? input.steps : 1, returns_sequences_};
  }

  std::vector<Weight<T>> weights() override {
    std::vector<Weight<T>> all;
    for (const bool is_backward : {false, true}) {
      for (Weight<T>& weight : sides_[is_backward]->weights()) {
        weight.name = (is_backward ? "backward." : "forward.") + weight.name;
        all.push_back(std::move(weight));
      }
    }
    return all;
  }

  std::unique_ptr<StageMemory> tape() const override {
    auto tape = std::make_unique<StageMemoryOf<Tape>>();
    tape->value.sides = {sides_[0]->tape(), sides_[1]->tape()};
    return tape;
  }

  void forward(X x, StageMemory& memory, Y y) const override {
    Tape& tape = StageMemoryOf<Tape>::in(memory);
    const std::size_t units = sides_[0]->output(sequence_shape(x.steps, x.width)).features;
    const auto reversed = tape.reversed.resize_as(x);
    const auto first = tape.outputs[0].resize(x.steps, x.batch, units, x.lengths);
    const auto second = tape.outputs[1].resize_as(first), turned = tape.turned.resize_as(first);
    reverse_steps<T, dynamic>(x, reversed);
    sides_[0]->forward(x, *tape.sides[0], first);
    sides_[1]->forward(reversed, *tape.sides[1], second);
    if (returns_sequences_) reverse_steps<T, dynamic>(second, turned);
    for (std::size_t t = 0; t < y.steps; ++t) {
      for (std::size_t b = 0; b < y.batch; ++b) {
        const std::size_t step = returns_sequences_ ? t : x.length(b) - 1;
        merge(units, first[step][b], (returns_sequences_ ? turned : second)[step][b], y[t][b]);
      }
    }
  }

 private:
  struct Tape {
    std::array<std::unique_ptr<StageMemory>, 2> sides;
    std::array<SequenceBuffer<T, dynamic>, 2> outputs;
    SequenceBuffer<T, dynamic> reversed, turned;  ///< the input, and the second output in the order of time
  };

  void merge(std::size_t units, const T* f, const T* b, T* y) const {
    for (std::size_t n = 0; n < units; ++n) {
      switch (merge_) {
        case Merge::concat:
          y[n] = f[n];
          y[units + n] = b[n];
          break;
        case Merge::sum: y[n] = f[n] + b[n]; break;
        case Merge::mul: y[n] = f[n] * b[n]; break;
        case Merge::ave: y[n] = (f[n] + b[n]) / 2; break;
      }
    }
  }

  std::array<std::shared_ptr<Stage<T>>, 2> sides_;
  Merge merge_;
  bool returns_sequences_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
