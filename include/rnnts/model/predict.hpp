// Prediction: what counts as one window and what as a batch of them, and the tensors that come back.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <ranges>
#include <tuple>
#include <utility>
#include <vector>

#include "rnnts/core/flush_subnormals.hpp"
#include "rnnts/core/text.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/model/gather.hpp"
#include "rnnts/model/samples.hpp"
#include "rnnts/series/tensor_view.hpp"
#include "rnnts/tensor/view.hpp"
#include "rnnts/tensor/xtensor.hpp"

namespace rnnts::inline v0 {

/// Memory that predictions of one model type can share, one after the other: with it, predictions of a window
/// of numbers allocate nothing but in the first call.
template <class Stack> struct Scratch {
  typename Stack::Tape tape;
  SequenceBuffer<typename Stack::scalar, Stack::input.features> x;
  SequenceBuffer<typename Stack::scalar, Stack::output.features> y;
};

namespace detail {

/// Predictions are computed for as many windows at once, so that their memory does not grow with the number
/// of windows.
inline constexpr std::size_t prediction_batch = 256;

template <class Stack> class Predictor {
  using T = typename Stack::scalar;
  static constexpr std::size_t I = Stack::input.features, O = Stack::output.features;

 public:
  Predictor(const typename Stack::Parameters& parameters, Scratch<Stack>& scratch)
      : parameters_(parameters), scratch_(scratch) {}

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
    const auto x = scratch_.x.resize(steps_of(input), 1);
    gather(input, x, 0, "window", 0);
    const auto y = forward(x);
    if constexpr (Stack::output.is_sequence) {
      xt::xtensor<T, 2> result(std::array<std::size_t, 2>{y.steps, O});
      std::ranges::copy(y.rows(), result.data());
      return result;
    } else {
      xt::xtensor_fixed<T, xt::xshape<O>> result(xt::xshape<O>{}, T(0));
      std::ranges::copy(y.rows(), result.data());
      return result;
    }
  }

  template <class Windows> auto batch(Windows&& windows) {
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

  /// `fill(x, first)` writes the windows from `first` on. Of shorter windows in a batch, the outputs of a sequence are
  /// zero beyond their length.
  auto in_batches(const std::vector<std::size_t>& lengths, auto fill) {
    const auto [shortest, steps] = std::ranges::minmax(lengths);
    auto result = make_result(lengths.size(), rnnts::output_steps<Stack>(steps));
    T* out = result.data();
    std::vector<std::size_t> buffer;
    for (std::size_t first = 0; first < lengths.size(); first += prediction_batch) {
      const auto x = scratch_.x.resize(steps, std::min(prediction_batch, lengths.size() - first),
                                       shortest == steps ? nullptr : &lengths[first]);
      fill(x, first);
      auto y = forward(x);
      y.lengths = output_lengths<Stack>(x, buffer);
      for (std::size_t b = 0; b < y.batch; ++b) {
        for (std::size_t t = 0; t < y.steps; ++t) {
          out = t < y.length(b) ? std::copy_n(y[t][b], O, out) : std::fill_n(out, O, T(0));
        }
      }
    }
    return result;
  }

  static auto make_result(std::size_t count, [[maybe_unused]] std::size_t steps) {
    if constexpr (Stack::output.is_sequence) {
      return xt::xtensor<T, 3>(std::array<std::size_t, 3>{count, steps, O});
    } else {
      return xt::xtensor<T, 2>(std::array<std::size_t, 2>{count, O});
    }
  }

  Sequence<const T, O> forward(Sequence<const T, I> x) {
    const FlushSubnormals flush;
    const auto y = scratch_.y.resize(rnnts::output_steps<Stack>(x.steps), x.batch);
    Stack::forward(parameters_, x, scratch_.tape, y);
    return y;
  }

  static std::size_t steps_of(auto&& window) { return check_steps(count_rows<I>(window)); }

  static std::size_t check_steps(std::size_t steps) {
    if (steps == 0) throw DataError("predict: expected a window of at least one step, found an empty one");
    if (Stack::input.steps != any_steps && steps != Stack::input.steps) {
      throw ShapeError(sentence("predict: the model expects ", Stack::input.steps, " steps, found ", steps));
    }
    return steps;
  }

  const typename Stack::Parameters& parameters_;
  Scratch<Stack>& scratch_;
};

}  // namespace detail
}  // namespace rnnts::inline v0
