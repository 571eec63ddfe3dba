#include "rnnts/layers/recurrence.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
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

namespace {

/// Steps one by one against the pass over all of them, of a layer with N units that is made by `resize`.
template <class L> void check_steps(std::size_t N, auto resize) {
  constexpr std::size_t T = 5, I = 2;
  typename L::Parameters p;
  typename L::State state;
  resize(p, state);
  Random random(seed(N));
  const double deviation = 1 / std::sqrt(static_cast<double>(N));  // with more, rounding grows from step to step
  for (const auto numbers : detail::tensors(p)) {
    for (float& number : numbers) number = static_cast<float>(deviation * random.normal());
  }
  std::vector<float> x(T * I), y(T * N), output(N + 1, 7);
  for (float& number : x) number = static_cast<float>(random.normal());
  typename L::Tape tape;
  L::forward(p, {x.data(), T, 1, nullptr, I}, tape, {y.data(), T, 1, nullptr, N});
  for (std::size_t t = 0; t < T; ++t) {
    if constexpr (L::output.features == dynamic) {
      L::step(p, std::span(x).subspan(t * I, I), state, std::span(output).first(N));
    } else {
      L::step(p, std::span(x).subspan(t * I).template first<I>(), state,
              std::span(output).template first<L::output.features>());
    }
    for (std::size_t n = 0; n < N; ++n) {
      INFO(N << " units, step " << t << ", unit " << n);
      REQUIRE_THAT(output[n], WithinAbs(y[t * N + n], 2e-6));
    }
    REQUIRE(output[N] == 7);
  }
}

template <class Specification, std::size_t N> void check_steps_of() {
  check_steps<typename Specification::template Layer<float, Input<2>::shape>>(N, [](auto&, auto&) {});
  using L = typename Dynamic<Specification>::template Layer<float, Input<>::shape>;
  check_steps<L>(N, [](auto& p, auto& state) {
    const Shape in = sequence_shape(any_steps, 2);
    L::resize(p, DynamicForm<Specification>::make(), in);
    L::resize(p, in, state);
  });
}

struct EverySimpleRNN {
  template <std::size_t N> using Of = SimpleRNN<N, Tanh, SimpleRNNOptions{.return_sequences = true}>;
};
struct EveryLSTM {
  template <std::size_t N> using Of = LSTM<N, Tanh, Sigmoid, LSTMOptions{.return_sequences = true}>;
};
struct EveryGRU {
  template <std::size_t N> using Of = GRU<N, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>;
};

}  // namespace

TEMPLATE_TEST_CASE("single steps give what a sequence gives, whatever part of the registers the units fill", "",
                   EverySimpleRNN, EveryLSTM, EveryGRU) {
  const auto check = []<std::size_t... n>(std::index_sequence<n...>) {
    (check_steps_of<typename TestType::template Of<n>, n>(), ...);
  };
  check(std::index_sequence<1, 3, 5, 6, 8, 11, 12, 16, 20, 23, 24, 28, 32, 40, 44, 48, 52, 64, 67>());
}
