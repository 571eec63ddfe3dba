// The weights of a net as int8 or int16, for a header.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "rnnts/core/ceil_div.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/io/any_net.hpp"
#include "rnnts/tensor/quantized_matrix.hpp"

namespace tools {

enum class Quantize { no, int8, int16 };

/// Whether a matrix of so many rows is quantized, as `rnnts::Quantized` does.
inline bool is_quantized(const rnnts::Weight<float>& weight, Quantize to) {
  if (to == Quantize::no || (weight.name != "kernel" && weight.name != "recurrent_kernel")) return false;
  const std::size_t planes = to == Quantize::int8 ? 1 : 2;
  return planes * rnnts::detail::ceil_div(weight.shape[0], 4) + 1 < weight.shape[0];
}

/// Integers, row-major, and a scale for each column.
struct QuantizedWeight {
  std::vector<int> numbers;
  std::vector<float> scales;

  std::size_t bytes(Quantize to) const {
    const std::size_t rows = rnnts::detail::ceil_div(numbers.size() / scales.size(), 4);
    return (to == Quantize::int8 ? 1 : 2) * rows * 4 * scales.size();
  }
};

template <class Q> QuantizedWeight quantized(const rnnts::Weight<float>& weight) {
  const std::size_t columns = weight.shape[1];
  QuantizedWeight result{std::vector<int>(weight.values.size()), std::vector<float>(columns)};
  for (std::size_t n = 0; n < columns; ++n) {
    float largest = 0;
    for (std::size_t k = n; k < weight.values.size(); k += columns) {
      largest = std::max(largest, std::abs(weight.values[k]));
    }
    result.scales[n] = rnnts::detail::scale_for<Q>(largest);
    for (std::size_t k = n; k < weight.values.size(); k += columns) {
      result.numbers[k] = rnnts::detail::quantize<Q>(weight.values[k], result.scales[n]);
    }
  }
  return result;
}

inline QuantizedWeight quantized(const rnnts::Weight<float>& weight, Quantize to) {
  return to == Quantize::int8 ? quantized<std::int8_t>(weight) : quantized<std::int16_t>(weight);
}

/// Throws ArgumentError, naming the layer or weight, if there is one that cannot be quantized.
inline void check_quantizable(const rnnts::detail::AnyNet<float>& net) {
  using rnnts::detail::sentence;
  static constexpr std::array<std::string_view, 5> types{"dense", "simple_rnn", "lstm", "gru", "slstm"};
  for (const auto& layer : net.listed()) {
    const bool has_kernel = std::ranges::any_of(
        layer.weights, [](const auto& weight) { return weight.name.find("kernel") != std::string::npos; });
    if (has_kernel && std::ranges::find(types, layer.type) == types.end()) {
      throw rnnts::ArgumentError(
          sentence(layer.name(), ": cannot be quantized, as Dense, SimpleRNN, LSTM, GRU and SLSTM can"));
    }
    for (const auto& weight : layer.weights) {
      for (const float number : weight.values) {
        if (std::isfinite(number)) continue;
        throw rnnts::ArgumentError(
            sentence(layer.name(), ".", weight.name, ": expected finite numbers to quantize, found ", number));
      }
    }
  }
}

/// Makes all weights what their integers stand for. The net must be one of its own: copies share weights.
inline void round_weights(const rnnts::detail::AnyNet<float>& net, Quantize to) {
  for (const auto& layer : net.listed()) {
    for (const auto& weight : layer.weights) {
      if (!is_quantized(weight, to)) continue;
      const QuantizedWeight integers = quantized(weight, to);
      for (std::size_t k = 0; k < weight.values.size(); ++k) {
        weight.values[k] = integers.scales[k % integers.scales.size()] * static_cast<float>(integers.numbers[k]);
      }
    }
  }
}

/// What the outputs of `steps` steps may differ by, from those of a net of float with the same weights. The rows of
/// products are rounded to multiples of their largest number / 32767, each by an error of a standard deviation of
/// 1 / (32767 sqrt(12)) if that number is 1, as inputs and states are here at most. Eight times the standard deviation
/// of their sum, where the states add up what each step brings, and 1e-5 for the rounding of float.
inline float rounding_of_rows(const rnnts::detail::AnyNet<float>& net, Quantize to, std::size_t steps) {
  double variance = 0;  // of each number that a layer is given
  for (const auto& layer : net.listed()) {
    double passed_on = 1, added = 0;
    for (const auto& weight : layer.weights) {
      if (weight.name != "kernel" && weight.name != "recurrent_kernel") continue;
      double squares = 0;
      for (std::size_t n = 0; n < weight.shape[1]; ++n) {
        double sum = 0;
        for (std::size_t k = n; k < weight.values.size(); k += weight.shape[1]) {
          sum += static_cast<double>(weight.values[k]) * weight.values[k];
        }
        squares = std::max(squares, sum);
      }
      if (weight.name == "kernel") passed_on = squares;
      if (is_quantized(weight, to)) added += squares / 12 / (32767.0 * 32767.0);
    }
    variance = variance * passed_on + added;
    if (layer.weights.size() > 1 && layer.type != "dense") variance *= static_cast<double>(steps);
  }
  return static_cast<float>(1e-5 + 8 * std::sqrt(variance));
}

}  // namespace tools
