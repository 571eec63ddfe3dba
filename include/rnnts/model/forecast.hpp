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

/// What a forecast consists of: numbers, or N of them at once.
template <Scalar T, std::size_t N> using Prediction = std::conditional_t<N == 1, T, std::array<T, N>>;

/// Predicts `steps` times from a window that moves by one row each time. The same for all models with such inputs and
/// outputs: `predict(rows, prediction)` asks the model, and `next_row(prediction, k, row)` writes the row after
/// prediction k.
template <Scalar T, std::size_t I, std::size_t N>
std::vector<Prediction<T, N>> feed_back(
    std::vector<std::array<T, I>> rows, std::size_t steps,
    FunctionRef<void(const std::vector<std::array<T, I>>& rows, std::span<T, N> prediction)> predict,
    FunctionRef<void(std::span<const T, N> prediction, std::size_t k, Sequence<T, I> row)> next_row) {
  std::vector<Prediction<T, N>> predictions(steps);
  for (std::size_t k = 0; k < steps; ++k) {
    std::array<T, N> prediction;
    predict(rows, prediction);
    if constexpr (N == 1) {
      predictions[k] = prediction[0];
    } else {
      predictions[k] = prediction;
    }
    std::ranges::rotate(rows, rows.begin() + 1);
    next_row(prediction, k, {rows.back().data(), 1, 1});
  }
  return predictions;
}

/// The rows of a window.
template <Scalar T, std::size_t I, class Window> std::vector<std::array<T, I>> rows_of(Window&& window) {
  const std::size_t look_back = count_rows<I>(window);
  if (look_back == 0) throw DataError("forecast: expected a window of at least one step, found an empty one");
  std::vector<std::array<T, I>> rows(look_back);
  gather(window, Sequence<T, I>{rows.data()->data(), look_back, 1}, 0, "window", 0);
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
  const auto predict = [&](const std::vector<std::array<T, I>>& rows, std::span<T, N> prediction) {
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
  return detail::feed_back<T, I, N>(detail::rows_of<T, I>(last_window), steps, predict, write_next_row);
}

/// `steps` predictions beyond the last window, each fed back as input.
///
/// For a model of one input, a model with a horizon of H outputs gives H values at once, and all of them are
/// fed back: the result is a vector of `steps` values. For I inputs, the model must have I outputs, and the
/// result is a vector of `std::array<T, I>`. Throws what `predict` throws.
template <Model M, class Window> auto forecast(const M& model, Window&& last_window, std::size_t steps) {
  using T = typename M::scalar;
  constexpr std::size_t I = M::input.features, N = M::output.features;
  if constexpr (I == 1 && N > 1) {
    const std::size_t look_back = detail::count_rows<1>(last_window);
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
    static_assert(I == N,
                  "forecast feeds predictions back as inputs, so that the model needs as many outputs as inputs; else "
                  "give it a function that makes the next row of inputs from a prediction.");
    return forecast(model, last_window, steps,
                    [](std::span<const T, N> prediction, std::size_t) { return prediction; });
  }
}

}  // namespace rnnts::inline RNNTS_ABI
