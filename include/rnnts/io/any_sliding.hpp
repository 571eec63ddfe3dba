// Stages that move a window over the steps, of sizes that are known when they are made.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/core/sliding.hpp"
#include "rnnts/io/any_stage.hpp"
#include "rnnts/kernels/pooling.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

struct SlidingSizes {
  std::size_t size;          ///< rows of the window
  std::size_t strides = 1;   ///< steps from one place of it to the next
  std::size_t dilation = 1;  ///< steps from one of its rows to the next
  bool is_causal = false;    ///< whether zeros before the first step let no row see a later one

  /// Steps from the first row to the last, and zeros before the first step.
  std::size_t span() const { return (size - 1) * dilation + 1; }
  std::size_t pad() const { return is_causal ? span() - 1 : 0; }

  /// Places for so many steps. Throws ShapeError if there is none; `layer` names who says so.
  std::size_t places(std::string_view layer, std::size_t steps) const {
    return steps == any_steps ? any_steps : sliding_steps(layer, steps, span() - pad(), strides);
  }
};

/// The rows of the window side by side: what Conv1D multiplies with its kernel, (K I,F), as Dense does.
/// x: (T,B,I)   y: (T',B,K I)
template <Scalar T> class WindowStage final : public Stage<T> {
 public:
  explicit WindowStage(const SlidingSizes& sizes) : sizes_(sizes) {}

  Shape output(const Shape& input) const override {
    return sequence_shape(sizes_.places("conv1d", input.steps), sizes_.size * input.features);
  }

  void forward(typename Stage<T>::X x, StageMemory&, typename Stage<T>::Y y) const override {
    for (std::size_t t = 0; t < y.steps; ++t) {
      for (std::size_t b = 0; b < y.batch; ++b) {
        for (std::size_t k = 0; k < sizes_.size; ++k) {
          const std::size_t ahead = t * sizes_.strides + k * sizes_.dilation;  // zeros included
          T* const out = y[t][b] + k * x.width;
          if (ahead < sizes_.pad()) {
            std::fill_n(out, std::size_t{x.width}, T(0));
          } else {
            std::copy_n(x[ahead - sizes_.pad()][b], std::size_t{x.width}, out);
          }
        }
      }
    }
  }

  std::unique_ptr<StageMemory> state(const Shape& input) const override {
    if (!sizes_.is_causal || sizes_.strides != 1) return nullptr;
    auto state = std::make_unique<StageMemoryOf<State>>();
    state->value.inputs.resize(sizes_.span() * input.features);
    return state;
  }
  void step(std::span<const T> x, StageMemory& memory, std::span<T> y) const noexcept override {
    State& state = StageMemoryOf<State>::in(memory);
    const std::size_t span = sizes_.span();
    state.newest = (state.newest + 1) % span;
    const auto input = [&](std::size_t k) { return state.inputs.data() + (k % span) * x.size(); };
    std::ranges::copy(x, input(state.newest));
    for (std::size_t k = 0; k < sizes_.size; ++k) {
      std::copy_n(input(state.newest + 1 + k * sizes_.dilation), x.size(), y.data() + k * x.size());
    }
  }

 private:
  struct State {
    std::vector<T> inputs;  ///< the last ones, in a ring
    std::size_t newest = 0;
  };

  SlidingSizes sizes_;
};

/// Means or maxima of the window, number by number.
template <Scalar T> class PoolingStage final : public WholeStage<T> {
 public:
  PoolingStage(const SlidingSizes& sizes, bool takes_maximum) : sizes_(sizes), takes_maximum_(takes_maximum) {}

  Shape output(const Shape& input) const override {
    return sequence_shape(sizes_.places(takes_maximum_ ? "max_pooling1d" : "average_pooling1d", input.steps),
                          input.features);
  }

  void forward(typename Stage<T>::X x, StageMemory&, typename Stage<T>::Y y) const override {
    for (std::size_t t = 0; t < y.steps; ++t) {
      for (std::size_t b = 0; b < y.batch; ++b) {
        if (takes_maximum_) {
          maximum_of_steps<T, dynamic>(x, b, t * sizes_.strides, sizes_.size, y[t].row(b));
        } else {
          mean_of_steps<T, dynamic>(x, b, t * sizes_.strides, sizes_.size, y[t].row(b));
        }
      }
    }
  }

 private:
  SlidingSizes sizes_;
  bool takes_maximum_;
};

}  // namespace rnnts::inline RNNTS_ABI::detail
