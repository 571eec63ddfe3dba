// Prediction: what counts as one window and what as a batch of them, and the tensors that come back.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <ranges>
#include <utility>
#include <vector>

#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/core/shape.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/model/gather.hpp"
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
  /// not N for each sample, DataError if one is NaN; then nothing has changed.
  void set_initial_states(const std::vector<NamedTensor<T>>& states) { detail::set_initial_states(tape, states); }

  /// The states that the windows of the last prediction have ended with, (B,N) each; of up to 256 windows, as more are
  /// not predicted at once. Of more windows, and before the first prediction, there are none: B is 0.
  std::vector<NamedTensor<T>> last_states() const { return detail::last_states<T>(tape); }

  typename Stack::Tape tape;
  SequenceBuffer<typename Stack::scalar, Stack::input.features> x;
  SequenceBuffer<typename Stack::scalar, Stack::output.features> y;
};

struct PredictOptions {
  bool allow_non_finite = false;  ///< whether outputs may be NaN or infinite
};

namespace detail {

/// Predictions are computed for as many windows at once, so that their memory does not grow with the number
/// of windows.
inline constexpr std::size_t prediction_batch = 256;

/// The same for all models with such windows and outputs.
template <Scalar T, Shape Windows, Shape Outputs> class Predictor {
  static constexpr std::size_t I = Windows.features, O = Outputs.features;

 public:
  using X = SequenceBuffer<T, I>;
  using Y = SequenceBuffer<T, O>;
  /// Overwrites the outputs y of a batch whose first window has the number `first`.
  using Forward = FunctionRef<void(Sequence<const T, I> x, Sequence<T, O> y, std::size_t first)>;

  Predictor(Forward forward, OutputSteps output_steps, X& x, Y& y)
      : forward_(forward), output_steps_(output_steps), x_(x), y_(y) {}

  template <class Input> auto predict(Input&& input) {
    if constexpr (TensorExpression<Input>) {
      static_assert(rank_of<Input> <= 3,
                    "predict takes tensors whose rank is known to the compiler and at most 3: (steps), "
                    "(steps, features), "
                    "(batch, steps, features).");
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
      constexpr std::size_t levels = depth<R>(), window_levels = I == 1 ? 1 : 2;
      static_assert(levels == window_levels || levels == window_levels + 1,
                    "predict takes a window, which is a range of numbers for Input<1> and else of rows of as "
                    "many numbers "
                    "as Input has features, or a range of windows.");
      if constexpr (levels == window_levels) {
        return window(input);
      } else {
        return batch(input);
      }
    }
  }

  template <class Window> auto window(Window&& input) {
    const auto x = x_.resize(steps_of(input), 1);
    gather(input, x, 0, "window", 0);
    const auto y = forward(x, 0);
    if constexpr (Outputs.is_sequence) {
      xt::xtensor<T, 2> result(std::array<std::size_t, 2>{y.steps, O});
      std::ranges::copy(y.rows(), result.data());
      return result;
    } else {
      xt::xtensor_fixed<T, xt::xshape<O>> result(xt::xshape<O>{}, T(0));
      std::ranges::copy(y.rows(), result.data());
      return result;
    }
  }

  template <class R> auto batch(R&& windows) {
    const auto with_window = [](auto&& element, auto use) {
      if constexpr (SamplePair<decltype(element)>) {
        return use(window_of(element));
      } else {
        return use(element);
      }
    };
    std::vector<std::size_t> lengths;
    for (auto&& element : windows) {
      lengths.push_back(with_window(element, [](auto&& window) { return steps_of(window); }));
    }
    if (lengths.empty()) throw DataError("predict: expected at least one window, found none");
    auto next = std::ranges::begin(windows);
    return in_batches(lengths, [&](auto x, std::size_t first) {
      for (std::size_t b = 0; b < x.batch; ++b, ++next) {
        auto&& element = *next;
        with_window(element, [&](auto&& window) { gather(window, x, b, "window", first + b); });
      }
    });
  }

  template <class Tensor> auto batch_of_tensor(const Tensor& input) {
    const auto& shape = input.shape();
    if (shape[2] != I) {
      throw ShapeError(
          sentence("predict: expected a tensor of shape (batch, steps, ", I, "), found ", shape_text(shape)));
    }
    if (shape[0] == 0) throw DataError("predict: expected at least one window, found none");
    const std::vector<std::size_t> lengths(shape[0], check_steps(shape[1]));
    return in_batches(lengths, [&](auto x, std::size_t first) {
      for (std::size_t t = 0; t < x.steps; ++t) {
        for (std::size_t b = 0; b < x.batch; ++b) {
          for (std::size_t i = 0; i < I; ++i) x[t][b][i] = static_cast<T>(input(first + b, t, i));
        }
      }
    });
  }

  using Fill = FunctionRef<void(Sequence<T, I> x, std::size_t first)>;

  /// `fill(x, first)` writes the windows from `first` on. Of shorter windows in a batch, the outputs of a sequence are
  /// zero beyond their length.
  auto in_batches(const std::vector<std::size_t>& lengths, Fill fill) {
    const auto [shortest, steps] = std::ranges::minmax(lengths);
    auto result = make_result(lengths.size(), output_steps_(steps));
    T* out = result.data();
    std::vector<std::size_t> output_lengths;
    for (std::size_t first = 0; first < lengths.size(); first += prediction_batch) {
      const auto x = x_.resize(steps, std::min(prediction_batch, lengths.size() - first),
                               shortest == steps ? nullptr : &lengths[first]);
      fill(x, first);
      auto y = forward(x, first);
      if (x.lengths != nullptr && Outputs.is_sequence) {
        output_lengths.clear();
        for (std::size_t b = 0; b < x.batch; ++b) output_lengths.push_back(output_steps_(x.lengths[b]));
        y.lengths = output_lengths.data();
      }
      for (std::size_t b = 0; b < y.batch; ++b) {
        for (std::size_t t = 0; t < y.steps; ++t) {
          out = t < y.length(b) ? std::copy_n(y[t][b], O, out) : std::fill_n(out, O, T(0));
        }
      }
    }
    return result;
  }

  static auto make_result(std::size_t count, [[maybe_unused]] std::size_t steps) {
    if constexpr (Outputs.is_sequence) {
      return xt::xtensor<T, 3>(std::array<std::size_t, 3>{count, steps, O});
    } else {
      return xt::xtensor<T, 2>(std::array<std::size_t, 2>{count, O});
    }
  }

  Sequence<const T, O> forward(Sequence<const T, I> x, std::size_t first) {
    const FlushSubnormals flush;
    const auto y = y_.resize(output_steps_(x.steps), x.batch);
    forward_(x, y, first);
    return y;
  }

  static std::size_t steps_of(auto&& window) { return check_steps(count_rows<I>(window)); }

  static std::size_t check_steps(std::size_t steps) {
    if (steps == 0) throw DataError("predict: expected a window of at least one step, found an empty one");
    if (Windows.steps != any_steps && steps != Windows.steps) {
      throw ShapeError(sentence("predict: the model expects ", Windows.steps, " steps, found ", steps));
    }
    return steps;
  }

  Forward forward_;  ///< whose function must live as long
  OutputSteps output_steps_;
  X& x_;
  Y& y_;
};

}  // namespace detail
}  // namespace rnnts::inline RNNTS_ABI
