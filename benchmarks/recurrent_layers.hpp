// The recurrent layers that are measured.
#pragma once

#include <cstddef>

#include "rnnts/rnnts.hpp"

namespace bench {

/// A kind of layer: what the benchmark calls it, and how many of these a unit takes in a step: numbers that are
/// products, and activations.
struct SimpleRNN {
  static constexpr const char* name = "SimpleRNN";
  static constexpr std::size_t gates = 1, sigmoids = 0, tanhs = 1;
  template <std::size_t N> using Layer = rnnts::SimpleRNN<N>;
};
struct LSTM {
  static constexpr const char* name = "LSTM";
  static constexpr std::size_t gates = 4, sigmoids = 3, tanhs = 2;
  template <std::size_t N> using Layer = rnnts::LSTM<N>;
};
struct GRU {
  static constexpr const char* name = "GRU";
  static constexpr std::size_t gates = 3, sigmoids = 2, tanhs = 1;
  template <std::size_t N> using Layer = rnnts::GRU<N>;
};

}  // namespace bench
