#include "rnnts/layers/recurrence.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"
#include "support/dynamic_form.hpp"
#include "support/leaky.hpp"

using namespace leaky;

TEMPLATE_TEST_CASE("a layer of a cell, weights and a name has all that recurrent layers have", "", Leaky<3>,
                   (Leaky<3, SimpleRNNOptions{.return_sequences = true}>),
                   (Leaky<2, SimpleRNNOptions{.go_backwards = true}>),
                   (Leaky<2, SimpleRNNOptions{.dropout = 0.3, .recurrent_dropout = 0.4}>)) {
  for (const std::size_t batch : {1U, 2U, 9U}) {
    const auto result = gradcheck_both<TestType, Input<2>>({.steps = 4, .batch = batch});
    INFO(result.message());
    CHECK(result);
  }
  const auto result = gradcheck_both<TestType, Input<2>>({.steps = 4, .batch = 3, .lengths = {2, 4, 1}});
  INFO(result.message());
  CHECK(result);
}

TEST_CASE("a state that is not given starts from the cell's first value, in a stream too") {
  using L = Leaky<2>::Layer<double, Input<1>::shape>;
  const L::Parameters p;
  const std::vector<double> x(4 * 9);
  std::vector<double> y(2 * 9);
  for (const std::size_t batch : {1U, 9U}) {
    L::Tape tape;
    L::forward(p, {x.data(), 4, batch}, tape, {y.data(), 1, batch});
    const auto count = tape.ends[1].last.view().rows();
    REQUIRE(count.count == batch);
    CHECK(std::ranges::all_of(count, [](double number) { return number == 7; }));
  }
  L::State state;
  std::array<double, 2> output{};
  L::step(p, std::array{0.0}, state, output);
  CHECK(state.states[1](0) == 4);
}

TEST_CASE("the tape says which way the forward pass has taken, and both give the same") {
  using L = Leaky<2>::Layer<double, Input<1>::shape>;
  constexpr std::size_t T = 3, B = 9;
  L::Parameters p, dp, expected;
  for (const auto numbers : detail::tensors(p)) std::ranges::fill(numbers, 0.3);
  const std::vector<double> x(T * B, 0.5), dy(2 * B, 1);
  std::vector<double> y(2 * B);
  L::Tape tape;
  L::Workspace workspace;
  const auto run = [&](L::Parameters& gradients) {
    L::forward(p, {x.data(), T, B}, tape, {y.data(), 1, B});
    L::backward(p, {x.data(), T, B}, tape, {y.data(), 1, B}, {dy.data(), 1, B}, workspace, gradients, {});
  };
  run(expected);
  CHECK(tape.in_lanes == L::Lanes::is_faster);
  std::ranges::fill(tape.ends[0].initial.resize(1, B).rows(), 0.0);
  run(dp);
  CHECK_FALSE(tape.in_lanes);
  CHECK_THAT(dp.kernel(0, 1), WithinRel(expected.kernel(0, 1), 1e-12));
}
