// forecast: repeated predictions, each fed back as input.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/function_ref.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/model/gather.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/tensor/view.hpp"

namespace rnnts::inline RNNTS_ABI {

namespace detail {

/// A row of N numbers.
template <Scalar T, std::size_t N>
using Row = std::conditional_t<N == dynamic, std::vector<T>, std::array<T, N == dynamic ? 0 : N>>;

/// What a forecast consists of: numbers, or N of them at once.
template <Scalar T, std::size_t N> using Prediction = std::conditional_t<N == 1, T, Row<T, N>>;

template <Scalar T, std::size_t N> Row<T, N> row_of(Extent<N> width) {
  if constexpr (N == dynamic) {
    return Row<T, N>(width);
  } else {
    return {};
  }
}

/// Predicts `steps` times from a window that moves by one row each time. The same for all models with such inputs and
/// outputs: `predict(rows, prediction)` asks the model, and `next_row(prediction, k, row)` writes the row after
/// prediction k.
template <Scalar T, std::size_t I, std::size_t N>
std::vector<Prediction<T, N>> feed_back(
    std::vector<Row<T, I>> rows, std::size_t steps, Extent<N> outputs,
    FunctionRef<void(const std::vector<Row<T, I>>& rows, std::span<T, N> prediction)> predict,
    FunctionRef<void(std::span<const T, N> prediction, std::size_t k, Sequence<T, I> row)> next_row) {
  std::vector<Prediction<T, N>> predictions(steps);
  for (std::size_t k = 0; k < steps; ++k) {
    auto prediction = row_of<T>(outputs);
    predict(rows, prediction);
    if constexpr (N == 1) {
      predictions[k] = prediction[0];
    } else {
      predictions[k] = prediction;
    }
    std::ranges::rotate(rows, rows.begin() + 1);
    next_row(prediction, k, {rows.back().data(), 1, 1, nullptr, rows.back().size()});
  }
  return predictions;
}

/// The rows of a window.
template <Scalar T, std::size_t I, class Window> std::vector<Row<T, I>> rows_of(Window&& window, Extent<I> width) {
  const std::size_t look_back = count_rows(width, window);
  if (look_back == 0) throw DataError("forecast: expected a window of at least one step, found an empty one");
  SequenceBuffer<T, I> buffer;
  const auto x = buffer.resize(look_back, 1, width);
  gather(window, x, 0, "window", 0);
  std::vector<Row<T, I>> rows(look_back, row_of<T>(width));
  for (std::size_t t = 0; t < look_back; ++t) std::ranges::copy(x[t], rows[t].begin());
  return rows;
}

}  // namespace detail

/// `steps` predictions, each from a window whose last row was made from the prediction before: the window
/// moves by one row, and `next_row(prediction, k)` gives that row after prediction k = 0, 1, …, as a number
/// or I numbers. So inputs that are known in advance, as the day of the year, can stand beside the forecast.
///
/// Returns a vector of T for a model with one output, else of `std::array<T, N>`. Throws what `predict`
/// throws.
template <Model M, class Window, class NextRow>
  requires std::invocable<NextRow&, std::span<const typename M::scalar, M::output.features>, std::size_t>
auto forecast(const M& model, Window&& last_window, std::size_t steps, NextRow next_row) {
  using T = typename M::scalar;
  constexpr std::size_t I = M::input.features, N = M::output.features;
  static_assert(!M::output.is_sequence, "forecast takes a model that gives one vector per window, not a sequence.");

  typename M::Scratch scratch;
  const auto predict = [&](const std::vector<detail::Row<T, I>>& rows, std::span<T, N> prediction) {
    if constexpr (I == 1) {
      std::ranges::copy(model.predict(std::span<const T>(rows.data()->data(), rows.size()), scratch),
                        prediction.begin());
    } else {
      std::ranges::copy(model.predict(rows, scratch), prediction.begin());
    }
  };
  const auto write_next_row = [&](std::span<const T, N> prediction, std::size_t k, Sequence<T, I> row) {
    detail::gather(next_row(prediction, k), row, 0, "next row", k);
  };
  return detail::feed_back<T, I, N>(detail::rows_of<T>(last_window, detail::Extent<I>(model.input_shape().features)),
                                    steps, model.output_shape().features, predict, write_next_row);
}

/// `steps` predictions beyond the last window, each fed back as input.
///
/// For a model of one input, a model with a horizon of H outputs gives H values at once, and all of them are
/// fed back: the result is a vector of `steps` values. For I inputs, the model must have I outputs, and the
/// result is a vector of `std::array<T, I>`. Where only a run knows how many inputs a model has, the window tells: it
/// is a range of numbers, and so is the result, or one of rows, and the result a vector of `std::vector<T>`. Throws
/// what `predict` throws, and ArgumentError if such a model has another number of outputs than is needed.
template <Model M, class Window> auto forecast(const M& model, Window&& last_window, std::size_t steps) {
  using T = typename M::scalar;
  constexpr std::size_t I = M::input.features, N = M::output.features;
  constexpr bool is_row = I == dynamic && detail::depth<Window>() == 1;
  if constexpr ((I == 1 && N > 1) || is_row) {
    if (model.input_shape().features != 1) {
      throw ArgumentError(detail::sentence("forecast: expected a window of rows of ", model.input_shape().features,
                                           " numbers, found one of numbers"));
    }
    const std::size_t look_back = detail::count_rows<1>({}, last_window);
    std::vector<T> values(look_back);
    detail::gather(last_window, Sequence<T, 1>{values.data(), look_back, 1}, 0, "window", 0);
    typename M::Scratch scratch;
    std::vector<T> predictions(steps);
    while (values.size() - look_back < steps) {
      const auto y = model.predict(std::span<const T>(values).last(look_back), scratch);
      values.insert(values.end(), y.begin(), y.end());
    }
    std::ranges::copy(std::span(values).subspan(look_back, steps), predictions.begin());
    return predictions;
  } else {
    static_assert(I == N || I == dynamic || N == dynamic,
                  "forecast feeds predictions back as inputs, so that the model needs as many outputs as inputs; else "
                  "give it a function that makes the next row of inputs from a prediction.");
    if (model.input_shape().features != model.output_shape().features) {
      throw ArgumentError(detail::sentence("forecast: expected a model with as many outputs as inputs, ",
                                           model.input_shape().features, ", found ", model.output_shape().features));
    }
    return forecast(model, last_window, steps,
                    [](std::span<const T, N> prediction, std::size_t) { return prediction; });
  }
}

}  // namespace rnnts::inline RNNTS_ABI
