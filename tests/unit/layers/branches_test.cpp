#include "rnnts/layers/branches.hpp"

#include <string>
#include <vector>

#include "rnnts/layers/average_pooling1d.hpp"
#include "rnnts/layers/conv1d.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "support/catch.hpp"
#include "support/dynamic_form.hpp"

using namespace rnnts;

namespace {

using Sequences = SimpleRNN<3, Tanh, SimpleRNNOptions{.return_sequences = true}>;
using Drops = SimpleRNN<3, Tanh, SimpleRNNOptions{.return_sequences = true, .dropout = 0.5}>;

using WideAndRecurrent = Concatenate<GRU<4>, Branch<Flatten, Dense<2, Tanh>>, SimpleRNN<1>>;
using SkipOverRecurrent = Add<Branch<SimpleRNN<4>, Dense<2>>, Branch<Flatten, Dense<2>>>;

template <class Specification, class Input> using Bound = typename Specification::template Layer<double, Input::shape>;

void check(const GradcheckResult& result) {
  INFO(result.message());
  CHECK(result);
}

}  // namespace

TEST_CASE("Concatenate puts the outputs of its branches side by side, Add adds them") {
  using Both = Concatenate<Dense<2>, Branch<Dense<3>, Dense<1>>>;
  using L = Bound<Both, Input<2>>;
  STATIC_REQUIRE(Layer<L>);
  STATIC_REQUIRE(L::output == sequence_shape(any_steps, 3));
  L::Parameters p;
  get<0>(p.layers).kernel(0, 0) = 10;
  get<0>(p.layers).kernel(1, 1) = 20;
  auto& chain = get<1>(p.layers).layers;
  get<0>(chain).bias(1) = 4;
  get<1>(chain).kernel(1, 0) = 2;
  const std::vector<double> x{1, 2, 3, 4};
  std::vector<double> y(6, -1);
  L::Tape tape;
  L::forward(p, {x.data(), 2, 1}, tape, {y.data(), 2, 1});
  CHECK(y == std::vector<double>{10, 40, 8, 30, 80, 8});

  using Sum = Bound<Add<Dense<2>, Identity, Dense<2>>, Input<2>>;
  Sum::Parameters q;
  get<0>(q.layers).bias(0) = 100;
  get<2>(q.layers).kernel(0, 1) = 10;
  std::vector<double> sum(4, -1);
  Sum::Tape sum_tape;
  Sum::forward(q, {x.data(), 1, 2}, sum_tape, {sum.data(), 1, 2});
  CHECK(sum == std::vector<double>{101, 12, 103, 34});
}

TEST_CASE("weights have the position and the name of their branch") {
  using L = Bound<Concatenate<Dense<2>, Branch<Sequences, Dense<1>>>, Input<2>>;
  std::vector<std::string> names;
  L::Parameters p;
  detail::visit_fields([&](const detail::FieldInfo& field, auto&) { names.push_back(field.path()); }, p);
  CHECK(names == std::vector<std::string>{"0.dense.kernel", "0.dense.bias", "1.sequential.0.simple_rnn.kernel",
                                          "1.sequential.0.simple_rnn.recurrent_kernel",
                                          "1.sequential.0.simple_rnn.bias", "1.sequential.1.dense.kernel",
                                          "1.sequential.1.dense.bias"});
}

TEST_CASE("gradients of branches agree with differences") {
  check(gradcheck_both<WideAndRecurrent, Input<2, 5>>());
  check(gradcheck_both<WideAndRecurrent, Input<2, 1>>({.batch = 1}));
  check(gradcheck_both<SkipOverRecurrent, Input<2, 5>>({.batch = 7}));
  check(gradcheck_both<Residual<Sequences, Dense<2>>, Input<2>>());
  check(gradcheck_both<Residual<Sequences>, Input<3>>({.steps = 1, .batch = 1}));
  check(gradcheck_both<Residual<Residual<Drops>, Dense<3>>, Input<3>>({.seed = seed(4)}));
  check(gradcheck_both<Concatenate<Sequences, Identity>, Input<2>>({.steps = 5, .batch = 3, .lengths = {2, 5, 1}}));
}

TEST_CASE("branches run step by step if all of them do") {
  using L = Bound<Concatenate<Residual<Sequences>, Branch<Sequences, Dense<1>>>, Input<3>>;
  STATIC_REQUIRE(StepLayer<L>);
  STATIC_REQUIRE_FALSE(StepLayer<Bound<WideAndRecurrent, Input<2, 5>>>);
  L::Parameters p;
  Random random(seed(1));
  detail::visit_fields(
      [&](const detail::FieldInfo&, auto& weights) {
        for (double& w : weights) w = random.normal();
      },
      p);
  std::vector<double> x(5 * 3), y(5 * 4);
  for (double& value : x) value = random.normal();
  L::Tape tape;
  L::forward(p, {x.data(), 5, 1}, tape, {y.data(), 5, 1});
  L::State state;
  std::array<double, 4> output{};
  for (std::size_t t = 0; t < 5; ++t) {
    L::step(p, std::span<const double, 3>(&x[t * 3], 3), state, output);
    for (std::size_t n = 0; n < 4; ++n) CHECK_THAT(output[n], WithinAbs(y[t * 4 + n], 1e-13));
  }
}

TEST_CASE("branches that give another number of steps are refused, also for a sample alone") {
  // For 4 steps both give 2, for 3 steps a causal convolution gives 2, and pooling 1.
  using L = Bound<
      Concatenate<Conv1D<1, 2, Linear, Conv1DOptions{.padding = Padding::causal, .strides = 2}>, AveragePooling1D<2>>,
      Input<1>>;
  const L::Parameters p;
  L::Tape tape;
  const std::vector<double> x{1, 5, 2, 6, 3, 7, 4, 0};
  std::vector<double> y(8);
  const std::vector<std::size_t> lengths{4, 3};
  L::forward(p, {x.data(), 4, 2}, tape, {y.data(), 2, 2});
  CHECK_THROWS_WITH(L::forward(p, {x.data(), 4, 2, lengths.data()}, tape, {y.data(), 2, 2}),
                    "concatenate: for 3 steps the first branch gives 2, but branch 1 gives 1");
}
