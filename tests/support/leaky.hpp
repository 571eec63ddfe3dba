// A recurrent layer of a test's own.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "rnnts/layers/cell.hpp"
#include "rnnts/layers/recurrence.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/tensor/tensor.hpp"

namespace leaky {

using namespace rnnts;

/// h = 0.5 h[t-1] + z, and a count of steps that starts from 3: a cell with all defaults but its way past the products.
struct LeakyCell : detail::CellDefaults {
  static constexpr std::array<std::string_view, 2> states{"h", "count"};
  static constexpr std::array<double, 2> first{0, 3};
  static constexpr std::size_t gates = 1;
  static constexpr bool carries_h = true;

  template <std::size_t M, Scalar T> static void forward(const detail::CellStep<LeakyCell, M, T>& s) {
    for (std::size_t i = 0; i < s.z.size(); ++i) {
      s.after[0].data[i] = T(0.5) * s.before[0].data[i] + s.z.data[i];
      s.after[1].data[i] = s.before[1].data[i] + 1;
    }
  }

  template <std::size_t M, Scalar T>
  static void backward(const detail::CellStep<LeakyCell, M, const T>& s,
                       const detail::CellGradient<LeakyCell, M, T>& d) {
    for (std::size_t i = 0; i < s.z.size(); ++i) {
      d.dz.data[i] = d.dstates[0].data[i];
      d.dstates[0].data[i] *= T(0.5);
    }
  }
};

template <std::size_t N, SimpleRNNOptions options = SimpleRNNOptions{}> struct Leaky {
  template <Scalar T, Shape Input> struct Layer : detail::Recurrence<LeakyCell, T, Input, N, options> {
    static constexpr std::string_view name = "leaky";
  };
};

}  // namespace leaky
