// Prediction: what counts as one window and what as a batch of them, and the tensors that come back.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <ranges>
#include <utility>
#include <vector>

#include "rnnts/core/ceil_div.hpp"
#include "rnnts/core/check_threads.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/model/batch.hpp"
#include "rnnts/model/for_each_batch.hpp"
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
  /// predicted in parts. Of more windows, and before the first prediction, there are none: B is 0.
  std::vector<NamedTensor<T>> last_states() const { return detail::last_states<T>(tape); }

  typename Stack::Tape tape = detail::tape_without_record<typename Stack::Tape>();
  SequenceBuffer<typename Stack::scalar, Stack::input.features> x;  ///< for one window
  SequenceBuffer<typename Stack::scalar, Stack::output.features> y;
};

struct PredictOptions {
  bool allow_non_finite = false;  ///< whether outputs may be NaN or infinite
  /// Of more than 256 windows, so many threads take parts; the results are those of one, to the last bit.
  std::size_t threads = 1;
};

namespace detail {

/// So many windows are predicted at once, and their states can be given and read. More are predicted in parts, so that
/// their memory does not grow with the number of windows.
inline constexpr std::size_t most_windows_at_once = 256;

/// The windows of a part: as many as keep the registers busy, and yet are several for each thread. Set by `predict` of
/// 1024 windows of 96 steps, with parts of 32, 64, 128 and 256: from 32 units on they are alike, as no record is kept;
/// a SimpleRNN of 5 units takes two thirds of the time that it takes with 256.
inline constexpr std::size_t prediction_part = 64;

constexpr std::size_t windows_at_once(std::size_t windows) {
  return windows <= most_windows_at_once ? windows : prediction_part;
}

/// The windows of a tensor (B,T,I), or of an expression of one, from the first to the last.
template <Scalar T, std::size_t I, class Tensor> class TensorBatches final : public BatchSource<T, I, 0> {
 public:
  explicit TensorBatches(const Tensor& tensor) : tensor_(tensor) {}

  void begin(Random*) override { done_ = 0; }

  const Batch<T, I, 0>* next() override {
    const std::size_t count = std::min(windows_at_once(extent(0)), extent(0) - done_);
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
  /// Overwrites the outputs y of a batch whose first window has the number `first`, in a thread below `threads`.
  using Forward = FunctionRef<void(std::size_t thread, Sequence<const T, I> x, Sequence<T, O> y, std::size_t first)>;

  /// Called before windows are predicted in parts, by as many threads.
  using BeginParts = FunctionRef<void(std::size_t threads)>;

  Predictor(Forward forward, BeginParts begin_parts, const Shape& input, const Shape& output, OutputSteps output_steps,
            X& x, Y& y, std::size_t threads)
      : forward_(forward),
        begin_parts_(begin_parts),
        shapes_{input, vector_shape(0), output_steps},
        outputs_(output.features),
        x_(x),
        y_(y),
        threads_(threads) {
    check_threads("predict", threads);
  }

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
    const auto y = forward(0, x, y_, 0);
    auto result = [&] {
      if constexpr (Outputs.is_sequence) {
        return xt::xtensor<T, 2>(std::array<std::size_t, 2>{y.steps, y.width});
      } else if constexpr (O == dynamic) {
        return xt::xtensor<T, 1>(std::array<std::size_t, 1>{y.width});
      } else {
        return xt::xtensor_fixed<T, xt::xshape<O>>(xt::xshape<O>{}, T(0));
      }
    }();
    std::ranges::copy(y.rows(), result.data());
    return result;
  }

  template <class R> auto batch(R& windows) {
    const Samples<T, Windows, vector_shape(0)> samples(windows);
    SampleBatches<T, Windows, vector_shape(0)> batches(samples, {windows_at_once(samples.size()), shapes_});
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
    batches.begin(nullptr);
    const std::size_t parts = ceil_div(count, windows_at_once(count)), threads = std::min(threads_, parts);
    if (parts > 1) begin_parts_(threads);
    if (threads == 1) {
      while (const auto* batch = batches.next()) {
        copy_outputs(batch->x, forward(0, batch->x, y_, batch->first), steps, batch->first, result.data());
      }
    } else {
      std::vector<Y> outputs(threads);
      for_each_batch<T, I>(batches, threads, [&](std::size_t thread, Sequence<const T, I> x, std::size_t first) {
        copy_outputs(x, forward(thread, x, outputs[thread], first), steps, first, result.data());
      });
    }
    return result;
  }

  /// To the place of its first window in all results.
  void copy_outputs(Sequence<const T, I> x, Sequence<const T, O> y, std::size_t steps, std::size_t first,
                    T* results) const {
    T* out = results + first * steps * y.width;
    for (std::size_t b = 0; b < y.batch; ++b) {
      const std::size_t length = x.lengths != nullptr ? shapes_.output_steps(x.length(b)) : y.steps;
      for (std::size_t t = 0; t < steps; ++t) {
        out = t < length ? std::ranges::copy(y[t].row(b), out).out : std::fill_n(out, std::size_t{y.width}, T(0));
      }
    }
  }

  auto make_result(std::size_t count, [[maybe_unused]] std::size_t steps) const {
    if constexpr (Outputs.is_sequence) {
      return xt::xtensor<T, 3>(std::array<std::size_t, 3>{count, steps, outputs_});
    } else {
      return xt::xtensor<T, 2>(std::array<std::size_t, 2>{count, outputs_});
    }
  }

  Sequence<const T, O> forward(std::size_t thread, Sequence<const T, I> x, Y& buffer, std::size_t first) const {
    const FlushSubnormals flush;
    const auto y = buffer.resize(shapes_.output_steps(x.steps), x.batch, outputs_);
    forward_(thread, x, y, first);
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

  Forward forward_;  ///< whose function must live as long, as that of the next
  BeginParts begin_parts_;
  SampleShapes shapes_;
  [[no_unique_address]] Extent<O> outputs_;
  X& x_;
  Y& y_;
  std::size_t threads_;
};

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
