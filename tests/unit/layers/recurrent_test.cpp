#include "rnnts/layers/recurrent.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/layers/slstm.hpp"
#include "support/catch.hpp"
#include "support/dynamic_form.hpp"

using namespace rnnts;

namespace {

constexpr std::size_t I = 2, N = 5;
constexpr Shape input = sequence_shape(any_steps, I);

/// A kind of recurrent layer, as it is and read backwards, giving every output.
template <template <bool, bool> class Make> struct Kind {
  using Every = typename Make<true, false>::template Layer<double, input>;
  using Last = typename Make<false, false>::template Layer<double, input>;
  using Backwards = typename Make<true, true>::template Layer<double, input>;
};

template <bool every, bool backwards>
using MakeSimpleRNN = SimpleRNN<N, Tanh, SimpleRNNOptions{.return_sequences = every, .go_backwards = backwards}>;
template <bool every, bool backwards>
using MakeLSTM = LSTM<N, Tanh, Sigmoid, LSTMOptions{.return_sequences = every, .go_backwards = backwards}>;
template <bool every, bool backwards>
using MakeGRU = GRU<N, Tanh, Sigmoid, GRUOptions{.return_sequences = every, .go_backwards = backwards}>;
template <bool every, bool backwards>
using MakeGRUResetBefore =
    GRU<N, Tanh, Sigmoid, GRUOptions{.return_sequences = every, .go_backwards = backwards, .reset_after = false}>;
template <bool every, bool backwards>
using MakeSLSTM = SLSTM<N, SLSTMOptions{.return_sequences = every, .go_backwards = backwards}>;

/// The same random weights for any layer of the same fields.
template <class L> typename L::Parameters random_weights() {
  typename L::Parameters p;
  Random random(seed(11));
  detail::visit_fields(
      [&](const detail::FieldInfo&, auto& weights) {
        for (double& value : weights) value = 0.5 * random.normal();
      },
      p);
  return p;
}

/// Random inputs, time-major.
std::vector<double> random_input(std::size_t steps, std::size_t batch) {
  Random random(seed(steps * 100 + batch));
  std::vector<double> x(steps * batch * I);
  for (double& value : x) value = random.normal();
  return x;
}

template <class L>
std::vector<double> run(const typename L::Parameters& p, const std::vector<double>& x, std::size_t batch,
                        typename L::Tape& tape) {
  const std::size_t steps = x.size() / (batch * I);
  std::vector<double> y(detail::output_steps<L>(p, steps) * batch * N);
  L::forward(p, {x.data(), steps, batch}, tape, {y.data(), detail::output_steps<L>(p, steps), batch});
  return y;
}

void check_equal(const std::vector<double>& found, const std::vector<double>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK_THAT(found[i], WithinAbs(expected[i], 1e-13));
}

/// Starts a tape from the states that another has ended with.
template <class Tape> void carry_state(const Tape& from, Tape& to) {
  for (std::size_t k = 0; k < to.ends.size(); ++k) to.ends[k].initial = from.ends[k].last;
}

}  // namespace

#define RECURRENT_TEST_CASE(name)                                                                            \
  TEMPLATE_TEST_CASE(name, "", Kind<MakeSimpleRNN>, Kind<MakeLSTM>, Kind<MakeGRU>, Kind<MakeGRUResetBefore>, \
                     Kind<MakeSLSTM>)

RECURRENT_TEST_CASE("going backwards is going forwards over the reversed sequence, gradients included") {
  using Forwards = typename TestType::Every;
  using Backwards = typename TestType::Backwards;
  constexpr std::size_t T = 6, B = 3;
  const auto x = random_input(T, B);
  std::vector<double> reversed(x.size());
  for (std::size_t t = 0; t < T; ++t) std::copy_n(&x[(T - 1 - t) * B * I], B * I, &reversed[t * B * I]);

  typename Forwards::Tape tape;
  typename Backwards::Tape backwards_tape;
  const auto p = random_weights<Forwards>();
  const auto q = random_weights<Backwards>();
  const auto y = run<Forwards>(p, reversed, B, tape);
  check_equal(run<Backwards>(q, x, B, backwards_tape), y);

  typename Forwards::Parameters dp;
  typename Backwards::Parameters dq;
  typename Forwards::Workspace workspace;
  typename Backwards::Workspace backwards_workspace;
  std::vector<double> dx(x.size()), d_reversed(x.size());
  const Sequence<const double, N> output{y.data(), T, B};  // as its own gradient
  Forwards::backward(p, {reversed.data(), T, B}, tape, output, output, workspace, dp, {d_reversed.data(), T, B});
  Backwards::backward(q, {x.data(), T, B}, backwards_tape, output, output, backwards_workspace, dq, {dx.data(), T, B});
  check_equal({dq.kernel.begin(), dq.kernel.end()}, {dp.kernel.begin(), dp.kernel.end()});
  for (std::size_t t = 0; t < T; ++t) {
    for (std::size_t i = 0; i < B * I; ++i) {
      CHECK_THAT(dx[t * B * I + i], WithinAbs(d_reversed[(T - 1 - t) * B * I + i], 1e-13));
    }
  }
}

RECURRENT_TEST_CASE("two chunks with the state carried over are one long sequence") {
  using L = typename TestType::Every;
  constexpr std::size_t B = 3, first = 4 * B * I;
  const auto x = random_input(7, B);
  const auto p = random_weights<L>();
  typename L::Tape whole_tape, tape, next_tape;
  const auto whole = run<L>(p, x, B, whole_tape);
  auto parts = run<L>(p, {x.data(), x.data() + first}, B, tape);
  carry_state(tape, next_tape);
  const auto second = run<L>(p, {x.data() + first, x.data() + x.size()}, B, next_tape);
  parts.insert(parts.end(), second.begin(), second.end());
  check_equal(parts, whole);
  const auto last = next_tape.ends[0].last.view().rows();
  check_equal({last.begin(), last.end()}, {whole.data() + whole.size() - B * N, whole.data() + whole.size()});
}

RECURRENT_TEST_CASE("the gradient by the initial state agrees with differences") {
  using L = typename TestType::Last;
  constexpr std::size_t T = 3, B = 2;
  const auto x = random_input(T, B);
  const auto p = random_weights<L>();
  typename L::Tape tape;
  const auto check = [&](auto& state, const auto& gradient_of) {
    const auto y = run<L>(p, x, B, tape);
    typename L::Parameters dp;
    typename L::Workspace workspace;
    const std::vector<double> dy(y.size(), 1);
    for (int time = 0; time < 2; ++time) {  // what the first one leaves in the workspace must not matter
      dp = {};
      L::backward(p, {x.data(), T, B}, tape, {y.data(), 1, B}, {dy.data(), 1, B}, workspace, dp, {});
    }
    const auto gradient = gradient_of(workspace);
    REQUIRE(gradient.steps == 1);
    REQUIRE(gradient.batch == B);
    const auto sum = [&] {
      double total = 0;
      for (const double value : run<L>(p, x, B, tape)) total += value;
      return total;
    };
    for (std::size_t i = 0; i < B * N; ++i) {
      double& value = state.initial.view().data[i];
      const double kept = value, h = 1e-5;
      value = kept + h;
      const double above = sum();
      value = kept - h;
      const double below = sum();
      value = kept;
      CHECK_THAT(gradient.data[i], WithinAbs((above - below) / (2 * h), 1e-9));
    }
    // The weights meet the initial state too.
    auto changed = p;
    const double h = 1e-5;
    const auto sum_with = [&](double weight) {
      changed.recurrent_kernel(1, 2) = weight;
      double total = 0;
      for (const double value : run<L>(changed, x, B, tape)) total += value;
      return total;
    };
    const double weight = p.recurrent_kernel(1, 2);
    const double difference = (sum_with(weight + h) - sum_with(weight - h)) / (2 * h);
    CHECK_THAT(dp.recurrent_kernel(1, 2), WithinAbs(difference, 1e-9));
  };
  Random random(seed(3));
  const auto fill = [&](auto& state) {
    for (double& value : state.initial.resize(1, B).rows()) value = random.normal();
  };
  for (auto& state : tape.ends) fill(state);
  for (std::size_t k = 0; k < tape.ends.size(); ++k) {
    check(tape.ends[k], [k](auto& workspace) { return workspace.dstates[k].view(); });
  }
}

RECURRENT_TEST_CASE("an initial state that is given has a gradient, be it zero, and one that is not has none") {
  using L = typename TestType::Last;
  constexpr std::size_t T = 3;
  for (const std::size_t batch : {1U, 2U, 9U}) {  // the last without a state runs in lanes
    const auto x = random_input(T, batch);
    const auto p = random_weights<L>();
    typename L::Tape tape;
    typename L::Workspace workspace;
    const auto backward = [&] {
      const auto y = run<L>(p, x, batch, tape);
      const std::vector<double> dy(y.size(), 1);
      typename L::Parameters dp;
      L::backward(p, {x.data(), T, batch}, tape, {y.data(), 1, batch}, {dy.data(), 1, batch}, workspace, dp, {});
    };
    const auto for_each_state = [&](auto visit) {
      detail::visit_fields([&](const detail::FieldInfo&, auto& state, auto& gradient) { visit(state, gradient); }, tape,
                           workspace);
    };
    for_each_state([&](auto& state, auto& gradient) {
      for (const std::size_t rows : {batch, std::size_t{1}}) {  // a state for each sample, or one for all
        std::ranges::fill(state.initial.resize(1, rows).rows(), 0.0);
        backward();
        REQUIRE(gradient.view().rows().count == rows);
        for (std::size_t i = 0; i < rows * N; ++i) {
          const auto sum_with = [&](double value) {
            state.initial.view().data[i] = value;
            double total = 0;
            for (const double y : run<L>(p, x, batch, tape)) total += y;
            return total;
          };
          const double h = 1e-5, difference = (sum_with(h) - sum_with(-h)) / (2 * h);
          state.initial.view().data[i] = 0;
          CHECK_THAT(gradient.view().data[i], WithinAbs(difference, 1e-9));
        }
        for_each_state([&](auto& other, auto& gradient_of_other) {
          if (&other.initial != static_cast<const void*>(&state.initial)) {
            CHECK(gradient_of_other.view().rows().count == 0);
          }
        });
      }
      state.reset();
      backward();  // after a pass that has left a gradient there
      CHECK(gradient.view().rows().count == 0);
    });
  }
}

RECURRENT_TEST_CASE("single steps give what a whole sequence gives") {
  using L = typename TestType::Every;
  const auto x = random_input(6, 1);
  const auto p = random_weights<L>();
  typename L::Tape tape;
  const auto y = run<L>(p, x, 1, tape);
  typename L::State state;
  std::array<double, N> output{};
  for (std::size_t t = 0; t < 6; ++t) {
    L::step(p, std::span<const double, I>(x.data() + t * I, I), state, output);
    check_equal({output.begin(), output.end()}, {&y[t * N], &y[t * N] + N});
  }
}

RECURRENT_TEST_CASE("each sample of a batch is computed as if alone") {
  using L = typename TestType::Last;
  constexpr std::size_t T = 4, B = 7;
  const auto x = random_input(T, B);
  const auto p = random_weights<L>();
  typename L::Tape tape;
  const auto y = run<L>(p, x, B, tape);
  for (std::size_t b = 0; b < B; ++b) {
    std::vector<double> alone;
    for (std::size_t t = 0; t < T; ++t) alone.insert(alone.end(), &x[(t * B + b) * I], &x[(t * B + b) * I] + I);
    check_equal(run<L>(p, alone, 1, tape), {&y[b * N], &y[b * N] + N});
  }
}

RECURRENT_TEST_CASE(
    "for random shapes: the order of the samples does not matter, chunks are one sequence, rows are alone") {
  using L = typename TestType::Every;
  for (std::uint64_t s = 1; s <= 12; ++s) {
    Random random(seed(s));
    const std::size_t T = 1 + random.below(9), B = 1 + random.below(9), cut = 1 + random.below(T);
    INFO("seed " << s << ": T = " << T << ", B = " << B << ", cut after " << cut);
    const auto x = random_input(T, B);
    const auto p = random_weights<L>();
    typename L::Tape tape, other_tape;
    const auto y = run<L>(p, x, B, tape);

    std::vector<std::size_t> order(B);
    std::iota(order.begin(), order.end(), std::size_t{0});
    random.shuffle(order);
    const auto permuted = [&](const std::vector<double>& rows, std::size_t features) {
      std::vector<double> result;
      for (std::size_t t = 0; t < T; ++t) {
        for (const std::size_t b : order) {
          const double* const row = &rows[(t * B + b) * features];
          result.insert(result.end(), row, row + features);
        }
      }
      return result;
    };
    check_equal(run<L>(p, permuted(x, I), B, other_tape), permuted(y, N));

    const std::vector first_x(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(cut * B * I));
    auto parts = run<L>(p, first_x, B, other_tape);
    if (cut < T) {
      typename L::Tape next_tape;
      carry_state(other_tape, next_tape);
      const auto rest = run<L>(p, {x.data() + first_x.size(), x.data() + x.size()}, B, next_tape);
      parts.insert(parts.end(), rest.begin(), rest.end());
    }
    check_equal(parts, y);

    const std::size_t b = random.below(B);
    std::vector<double> alone, expected;
    for (std::size_t t = 0; t < T; ++t) {
      alone.insert(alone.end(), &x[(t * B + b) * I], &x[(t * B + b) * I] + I);
      expected.insert(expected.end(), &y[(t * B + b) * N], &y[(t * B + b) * N] + N);
    }
    typename L::Tape alone_tape;
    check_equal(run<L>(p, alone, 1, alone_tape), expected);
  }
}

RECURRENT_TEST_CASE("samples of different length are computed as if alone") {
  using Every = typename TestType::Every;
  using Last = typename TestType::Last;
  using Backwards = typename TestType::Backwards;
  constexpr std::size_t T = 6, B = 4;
  const std::vector<std::size_t> lengths{6, 1, 4, 3};
  const auto x = random_input(T, B);
  const auto check = [&]<class L>(std::type_identity<L>) {
    const auto p = random_weights<L>();
    typename L::Tape tape, alone_tape;
    const std::size_t steps = detail::output_steps<L>({}, T);
    std::vector<double> y(steps * B * N);
    L::forward(p, {x.data(), T, B, lengths.data()}, tape, {y.data(), steps, B});
    for (std::size_t b = 0; b < B; ++b) {
      std::vector<double> alone;
      for (std::size_t t = 0; t < lengths[b]; ++t) {
        alone.insert(alone.end(), &x[(t * B + b) * I], &x[(t * B + b) * I] + I);
      }
      const auto expected = run<L>(p, alone, 1, alone_tape);
      for (std::size_t t = 0; t < detail::output_steps<L>({}, lengths[b]); ++t) {
        const double* const found = &y[(t * B + b) * N];
        check_equal({found, found + N}, {&expected[t * N], &expected[t * N] + N});
      }
      const double* const last = tape.ends[0].last.view()[0][b];
      const double* const last_alone = alone_tape.ends[0].last.view()[0][0];
      check_equal({last, last + N}, {last_alone, last_alone + N});
    }
  };
  check(std::type_identity<Every>{});
  check(std::type_identity<Last>{});
  check(std::type_identity<Backwards>{});
}

RECURRENT_TEST_CASE("the gradients of samples of different length agree with differences") {
  const GradcheckOptions options{.steps = 5, .batch = 4, .lengths = {5, 1, 3, 4}};
  const auto every = gradcheck<typename TestType::Every>(options);
  const auto last = gradcheck<typename TestType::Last>(options);
  const auto backwards = gradcheck<typename TestType::Backwards>(options);
  INFO(every.message() + "\n" + last.message() + "\n" + backwards.message());
  CHECK(every);
  CHECK(last);
  CHECK(backwards);
}

TEMPLATE_TEST_CASE(
    "the gradients of layers with dropout agree with differences", "",
    (SimpleRNN<N, Tanh, SimpleRNNOptions{.dropout = 0.3, .recurrent_dropout = 0.4}>),
    (SimpleRNN<N, Tanh, SimpleRNNOptions{.return_sequences = true, .recurrent_dropout = 0.4}>),
    (LSTM<N, Tanh, Sigmoid, LSTMOptions{.dropout = 0.3, .recurrent_dropout = 0.4}>),
    (LSTM<N, Tanh, Sigmoid, LSTMOptions{.go_backwards = true, .dropout = 0.3}>),
    (GRU<N, Tanh, Sigmoid, GRUOptions{.dropout = 0.3, .recurrent_dropout = 0.4}>),
    (GRU<N, Tanh, Sigmoid, GRUOptions{.reset_after = false, .dropout = 0.3, .recurrent_dropout = 0.4}>)) {
  for (std::uint64_t s = 1; s <= 3; ++s) {
    const auto result = gradcheck_both<TestType, Input<I>>({.steps = 4, .batch = 3, .seed = seed(s)});
    INFO(result.message());
    CHECK(result);
  }
  const auto result = gradcheck_both<TestType, Input<I>>({.steps = 4, .batch = 3, .lengths = {2, 4, 1}});
  INFO(result.message());
  CHECK(result);
}

TEMPLATE_TEST_CASE("dropout is in training alone, by one mask for all steps", "",
                   (SimpleRNN<N, Linear, SimpleRNNOptions{.return_sequences = true, .dropout = 0.5}>)) {
  using L = typename TestType::template Layer<double, input>;
  constexpr std::size_t T = 4, B = 50;
  typename L::Parameters p;  // no recurrent kernel: each output is the sum of the inputs of its step
  p.kernel.fill(1);
  const std::vector<double> x(T * B * I, 1);
  typename L::Tape tape;
  CHECK(std::ranges::all_of(run<L>(p, x, B, tape), [](double y) { return y == I; }));
  std::vector<double> y(T * B * N);
  Random random(seed(1));
  L::forward(p, {x.data(), T, B}, tape, {y.data(), T, B}, &random);
  std::array<std::size_t, 3> seen{};
  for (std::size_t b = 0; b < B; ++b) {
    const double sum = y[b * N];  // of two inputs, each 0 or 2
    REQUIRE((sum == 0 || sum == 2 || sum == 4));
    ++seen[static_cast<std::size_t>(sum) / 2];
    for (std::size_t t = 0; t < T; ++t) CHECK(y[(t * B + b) * N] == sum);
  }
  CHECK(std::ranges::all_of(seen, [](std::size_t count) { return count > 5; }));
  CHECK(std::ranges::all_of(run<L>(p, x, B, tape), [](double y_n) { return y_n == I; }));  // and off again
}

RECURRENT_TEST_CASE("an initial state of another batch size is refused") {
  using L = typename TestType::Last;
  typename L::Tape tape;
  tape.ends[0].initial.resize(1, 2);
  CHECK_THROWS_WITH(run<L>(random_weights<L>(), random_input(3, 4), 4, tape),
                    "initial state: expected a batch of 4 samples, found 2");
}

TEST_CASE("products with the inputs are done for as many steps at once as fit into a cache, each step once") {
  constexpr std::size_t K = 64, T = 7;
  Random random(seed(3));
  const auto draw = [&](auto&& numbers) {
    for (double& number : numbers) number = random.uniform() * 2 - 1;
  };
  Tensor<double, I, K> kernel, dkernel, expected_dkernel;
  Tensor<double, K> bias, dbias, expected_dbias;
  draw(kernel);
  draw(bias);
  for (const std::size_t batch : {1U, 100U, 300U, 1000U}) {
    SequenceBuffer<double, I> x_buffer;
    SequenceBuffer<double, K> z_buffer, dz_buffer, expected_buffer;
    const auto x = x_buffer.resize(T, batch);
    const auto z = z_buffer.resize(T, batch), dz = dz_buffer.resize(T, batch),
               expected = expected_buffer.resize(T, batch);
    INFO("batch " << batch << ", " << detail::steps_at_once(z) << " steps at once");
    draw(x.rows());
    draw(dz.rows());
    detail::set_rows(std::as_const(bias).flat(), expected.rows());
    add_product(x.rows(), kernel, expected.rows());
    for (std::size_t t = 0; t < T; ++t) {
      detail::input_products(t, x, kernel, std::as_const(bias).flat(), z);
      CHECK(std::ranges::equal(z[t], expected[t]));  // not later than its step
    }

    const auto close = [](double a, double b) { return std::abs(a - b) < 1e-9; };
    add_outer_product(x.rows(), dz.rows(), expected_dkernel);
    add_sum_of_rows(dz.rows(), expected_dbias.flat());
    for (std::size_t t = T; t-- > 0;) detail::add_input_gradients(t, x, dz, dkernel, dbias.flat());
    CHECK(std::ranges::equal(dkernel, expected_dkernel, close));
    CHECK(std::ranges::equal(dbias, expected_dbias, close));
  }
}

RECURRENT_TEST_CASE("a pass that is not recorded keeps a few steps, and gives the same to the last bit") {
  using L = typename TestType::Last;
  const auto p = random_weights<L>();
  for (const auto& [batch, steps] : {std::array<std::size_t, 2>{3, 4}, {400, 11}, {3500, 4}}) {
    INFO("batch " << batch << ", " << steps << " steps");
    const auto x = random_input(steps, batch);
    std::vector<std::size_t> lengths(batch);
    for (std::size_t b = 0; b < batch; ++b) lengths[b] = 1 + b % steps;  // so that states are held, and none in lanes
    const auto forward = [&](typename L::Tape& tape) {
      std::vector<double> y(batch * N);
      L::forward(p, {x.data(), steps, batch, lengths.data()}, tape, {y.data(), 1, batch, lengths.data()});
      detail::for_each_state(
          tape, [&](const auto& end) { std::ranges::copy(end.last.view().rows(), std::back_inserter(y)); });
      return y;
    };
    typename L::Tape recorded, unrecorded;
    detail::for_each_state(unrecorded, [](auto& state) { state.is_recorded = false; });
    CHECK((forward(unrecorded) == forward(recorded)));
    CHECK(recorded.states[0].view().steps == steps);
    // Of a SimpleRNN, the states are the memory of the products with all inputs.
    const bool has_gates = recorded.gates.view().steps != 0;
    if (has_gates) CHECK(recorded.gates.view().steps == steps);
    if (has_gates && batch > 3) {
      CHECK(unrecorded.gates.view().steps < steps);
      CHECK(unrecorded.states[0].view().steps < steps);
    }
  }
}
