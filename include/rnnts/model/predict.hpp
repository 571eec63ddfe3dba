// Prediction: what counts as one window and what as a batch of them, and the tensors that come back.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <ranges>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/model/gather.hpp"
#include "rnnts/model/sample_batches.hpp"
#include "rnnts/model/samples.hpp"
#include "rnnts/model/states.hpp"
#include "rnnts/series/tensor_view.hpp"
#include "rnnts/tensor/named_tensor.hpp"
#include "rnnts/tensor/view.hpp"
#include "rnnts/tensor/xtensor.hpp"

namespace rnnts::inline RNNTS_ABI {

/// Memory that predictions of one model type can share, one after the other: with it, predictions of a window
/// of numbers allocate nothing but in the first call.
template <class Stack> struct Scratch {
  using T = typename Stack::scalar;

  /// From now on predictions start from these states of recurrent layers, each with N numbers for each window, or N for
  /// all windows alike, and as at the beginning where none is given. An empty list is that everywhere.
  ///
  /// Throws ArgumentError if there is no state of such a name or if one is given twice, ShapeError if its numbers are
  /// not N for each sample or have another shape, DataError if one is NaN; then nothing has changed.
  void set_initial_states(const std::vector<NamedTensor<T>>& states) { detail::set_initial_states(tape, states); }

  /// The states that the windows of the last prediction have ended with, (B,N) each; of up to 256 windows, as more are
  /// not predicted at once. Of more windows, and before the first prediction, there are none: B is 0.
  std::vector<NamedTensor<T>> last_states() const { return detail::last_states<T>(tape); }

  typename Stack::Tape tape;
  SequenceBuffer<typename Stack::scalar, Stack::input.features> x;  ///< for one window
  SequenceBuffer<typename Stack::scalar, Stack::output.features> y;
};

struct PredictOptions {
  bool allow_non_finite = false;  ///< whether outputs may be NaN or infinite
};

namespace detail {

/// Predictions are computed for as many windows at once, so that their memory does not grow with the number
/// of windows.
inline constexpr std::size_t prediction_batch = 256;

/// The windows of a tensor (B,T,I), or of an expression of one, from the first to the last.
template <Scalar T, std::size_t I, class Tensor> class TensorBatches final : public BatchSource<T, I, 0> {
 public:
  explicit TensorBatches(const Tensor& tensor) : tensor_(tensor) {}

  void begin(Random*) override { done_ = 0; }

  const Batch<T, I, 0>* next() override {
    const std::size_t count = std::min(prediction_batch, extent(0) - done_);
    if (count == 0) return nullptr;
    const auto x = x_.resize(extent(1), count, extent(2));
    for (std::size_t t = 0; t < x.steps; ++t) {
      for (std::size_t b = 0; b < count; ++b) {
        for (std::size_t i = 0; i < x.width; ++i) x[t][b][i] = static_cast<T>(tensor_(done_ + b, t, i));
      }
    }
    batch_ = {.x = x, .y = {}, .count = count, .first = done_};
    done_ += count;
    return &batch_;
  }

 private:
  std::size_t extent(std::size_t dimension) const { return static_cast<std::size_t>(tensor_.shape()[dimension]); }

  const Tensor& tensor_;
  std::size_t done_ = 0;
  SequenceBuffer<T, I> x_;
  Batch<T, I, 0> batch_;
};

/// The same for all models with such windows and outputs. Where only a run knows the number of inputs, a range of
/// ranges of numbers is one window.
template <Scalar T, Shape Windows, Shape Outputs> class Predictor {
  static constexpr std::size_t I = Windows.features, O = Outputs.features;

 public:
  using X = SequenceBuffer<T, I>;
  using Y = SequenceBuffer<T, O>;
  /// Overwrites the outputs y of a batch whose first window has the number `first`.
  using Forward = FunctionRef<void(Sequence<const T, I> x, Sequence<T, O> y, std::size_t first)>;

  Predictor(Forward forward, const Shape& input, const Shape& output, OutputSteps output_steps, X& x, Y& y)
      : forward_(forward), shapes_{input, vector_shape(0), output_steps}, outputs_(output.features), x_(x), y_(y) {}

  template <class Input> auto predict(Input&& input) {
    if constexpr (TensorExpression<Input>) {
      static_assert(rank_of<Input> <= 3,
                    "predict takes tensors whose rank is known to the compiler and at most 3: (steps), (steps, "
                    "features), (batch, steps, features).");
      if constexpr (rank_of<Input> == 3) {
        return batch_of_tensor(input);
      } else {
        return range(series_view(std::forward<Input>(input)));
      }
    } else {
      static_assert(std::ranges::forward_range<Input>, "predict takes a window or a range of windows.");
      return range(std::forward<Input>(input));
    }
  }

 private:
  template <class R> auto range(R&& input) {
    if constexpr (SampleRange<R>) {
      return batch(input);
    } else {
      constexpr std::size_t levels = depth<R>();
      constexpr std::size_t window_levels = I == 1 || (I == dynamic && levels == 1) ? 1 : 2;
      static_assert(levels == window_levels || levels == window_levels + 1,
                    "predict takes a window, which is a range of numbers for Input<1> and else of rows of as many "
                    "numbers as Input has features, or a range of windows.");
      if constexpr (levels == window_levels) {
        return window(input);
      } else {
        return batch(input);
      }
    }
  }

  template <class Window> auto window(Window&& input) {
    const auto x = x_.resize(steps_of(input), 1, shapes_.input.features);
    gather(input, x, 0, "window", 0);
    const auto y = forward(x, 0);
    if constexpr (Outputs.is_sequence) {
      xt::xtensor<T, 2> result(std::array<std::size_t, 2>{y.steps, y.width});
      std::ranges::copy(y.rows(), result.data());
      return result;
    } else if constexpr (O == dynamic) {
      xt::xtensor<T, 1> result(std::array<std::size_t, 1>{y.width});
      std::ranges::copy(y.rows(), result.data());
      return result;
    } else {
      xt::xtensor_fixed<T, xt::xshape<O>> result(xt::xshape<O>{}, T(0));
      std::ranges::copy(y.rows(), result.data());
      return result;
    }
  }

  template <class R> auto batch(R& windows) {
    const Samples<T, Windows, vector_shape(0)> samples(windows);
    SampleBatches<T, Windows, vector_shape(0)> batches(samples, {prediction_batch, shapes_});
    std::size_t steps = 1;  // of the longest output
    for (std::size_t k = 0; Outputs.is_sequence && k < samples.size(); ++k) {
      steps = std::max(steps, batches.output_steps(k));
    }
    return all_of(batches, samples.size(), steps);
  }

  template <class Tensor> auto batch_of_tensor(const Tensor& input) {
    const auto& shape = input.shape();
    if (shape[2] != shapes_.input.features) {
      throw ShapeError(sentence("predict: expected a tensor of shape (batch, steps, ", shapes_.input.features,
                                "), found ", shape_text(shape)));
    }
    if (shape[0] == 0) throw DataError("predict: expected at least one window, found none");
    TensorBatches<T, I, Tensor> batches(input);
    return all_of(batches, shape[0], shapes_.output_steps(check_steps(shape[1])));
  }

  /// The outputs for `count` windows, of which the longest has so many steps. Of a shorter one, the outputs of a
  /// sequence are zero beyond its length.
  auto all_of(BatchSource<T, I, 0>& batches, std::size_t count, std::size_t steps) {
    if (count == 0) throw DataError("predict: expected at least one window, found none");
    auto result = make_result(count, steps);
    T* out = result.data();
    batches.begin(nullptr);
    while (const auto* batch = batches.next()) {
      const auto x = batch->x;
      const auto y = forward(x, batch->first);
      for (std::size_t b = 0; b < y.batch; ++b) {
        const std::size_t length = x.lengths != nullptr ? shapes_.output_steps(x.length(b)) : y.steps;
        for (std::size_t t = 0; t < steps; ++t) {
          out = t < length ? std::ranges::copy(y[t].row(b), out).out : std::fill_n(out, std::size_t{y.width}, T(0));
        }
      }
    }
    return result;
  }

  auto make_result(std::size_t count, [[maybe_unused]] std::size_t steps) const {
    if constexpr (Outputs.is_sequence) {
      return xt::xtensor<T, 3>(std::array<std::size_t, 3>{count, steps, outputs_});
    } else {
      return xt::xtensor<T, 2>(std::array<std::size_t, 2>{count, outputs_});
    }
  }

  Sequence<const T, O> forward(Sequence<const T, I> x, std::size_t first) {
    const FlushSubnormals flush;
    const auto y = y_.resize(shapes_.output_steps(x.steps), x.batch, outputs_);
    forward_(x, y, first);
    return y;
  }

  std::size_t steps_of(auto&& window) const {
    return check_steps(count_rows(Extent<I>(shapes_.input.features), window));
  }

  std::size_t check_steps(std::size_t steps) const {
    if (steps == 0) throw DataError("predict: expected a window of at least one step, found an empty one");
    if (shapes_.input.steps != any_steps && steps != shapes_.input.steps) {
      throw ShapeError(sentence("predict: the model expects ", shapes_.input.steps, " steps, found ", steps));
    }
    return steps;
  }

  Forward forward_;  ///< whose function must live as long
  SampleShapes shapes_;
  [[no_unique_address]] Extent<O> outputs_;
  X& x_;
  Y& y_;
};

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
