// A recurrent layer with samples in the lanes of registers against the same layer with units side by side.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/fields.hpp"
#include "rnnts/core/random.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/layer.hpp"
#include "rnnts/tensor/view.hpp"
#include "support/catch.hpp"

namespace lanes_check {

using namespace rnnts;

/// All that a pass through the layer gives.
template <class L> struct Result {
  std::vector<typename L::scalar> y, dx;
  typename L::Parameters dp;
};

/// The layer on numbers of its own seed. Lengths, even if they are those of the sequence, keep it from running in
/// lanes.
template <class L> Result<L> run(std::size_t steps, std::size_t batch, bool with_lengths, typename L::Tape& tape) {
  using T = typename L::scalar;
  constexpr std::size_t I = L::input.features, N = L::output.features;
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  Random random(seed(steps * 100 + batch));
  const auto draw = [&](auto&& numbers) {
    for (T& number : numbers) number = static_cast<T>(random.uniform() * 2 - 1);
  };
  typename L::Parameters p;
  for (const auto numbers : detail::tensors(p)) draw(numbers);
  const std::size_t output_steps = L::output.is_sequence ? steps : 1;
  std::vector<T> x(steps * batch * I), dy(output_steps * batch * N);
  draw(x);
  draw(dy);
  const std::vector<std::size_t> lengths(batch, steps);
  const std::size_t* const all = with_lengths ? lengths.data() : nullptr;

  Result<L> result{std::vector<T>(dy.size(), nan), std::vector<T>(x.size(), nan), {}};
  for (const auto numbers : detail::tensors(result.dp))
    std::ranges::fill(numbers, T(0.5));  // which gradients are added to
  typename L::Workspace workspace;
  const Sequence<const T, I> in{x.data(), steps, batch, all};
  L::forward(p, in, tape, {result.y.data(), output_steps, batch, all});
  L::backward(p, in, std::as_const(tape), {result.y.data(), output_steps, batch, all},
              {dy.data(), output_steps, batch, all}, workspace, result.dp, {result.dx.data(), steps, batch, all});
  return result;
}

template <class T> void check_equal(const auto& found, const auto& expected) {
  const T tolerance = 200 * std::numeric_limits<T>::epsilon();
  REQUIRE(std::size(found) == std::size(expected));
  for (std::size_t k = 0; k < std::size(found); ++k) {
    INFO("number " << k << ": " << found[k] << ", expected " << expected[k]);
    REQUIRE(std::abs(found[k] - expected[k]) <= tolerance * std::max(T(1), std::abs(expected[k])));
  }
}

/// The states after the last step, one after the other.
template <class T> std::vector<T> last_states(auto& tape) {
  std::vector<T> all;
  detail::for_each_state(tape, [&](const auto& ends) { std::ranges::copy(ends.last.view().rows(), std::back_inserter(all)); });
  return all;
}

template <class T, class Specification, std::size_t I> void check() {
  using L = typename Specification::template Layer<T, Input<I>::shape>;
  for (const std::size_t steps : {1U, 2U, 7U}) {
    for (const std::size_t batch : {1U, 2U, 3U, 4U, 5U, 10U, 16U, 17U, 33U}) {
      INFO("I = " << I << ", N = " << L::output.features << ", steps " << steps << ", batch " << batch);
      typename L::Tape tape, other_tape;
      const auto in_lanes = run<L>(steps, batch, false, tape), by_rows = run<L>(steps, batch, true, other_tape);
      check_equal<T>(in_lanes.y, by_rows.y);
      check_equal<T>(in_lanes.dx, by_rows.dx);
      const auto found = detail::tensors(in_lanes.dp), expected = detail::tensors(by_rows.dp);
      for (std::size_t k = 0; k < found.size(); ++k) check_equal<T>(found[k], expected[k]);
      check_equal<T>(last_states<T>(tape), last_states<T>(other_tape));
    }
  }
}

/// Numbers of units to check. Kernels of double differ in how many samples a register holds, not in how they go through
/// the units, so fewer will do.
template <class T>
using Units =
    std::conditional_t<std::is_same_v<T, float>, std::index_sequence<1, 3, 7, 15, 16>, std::index_sequence<1, 7, 16>>;

/// Whether the layer runs in lanes from as many samples on.
template <class Specification> void check_runs_in_lanes(std::size_t batch) {
  using L = typename Specification::template Layer<float, Input<1>::shape>;
  typename L::Tape fewer, as_many;
  run<L>(3, batch - 1, false, fewer);
  run<L>(3, batch, false, as_many);
  CHECK_FALSE(fewer.in_lanes);
  CHECK(as_many.in_lanes);
}

}  // namespace lanes_check
