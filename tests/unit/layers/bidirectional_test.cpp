#include "rnnts/layers/bidirectional.hpp"

#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "support/catch.hpp"
#include "support/dynamic_form.hpp"

using namespace rnnts;

namespace {

using Every = SimpleRNN<3, Tanh, SimpleRNNOptions{.return_sequences = true}>;

void check(const GradcheckResult& result) {
  INFO(result.message());
  CHECK(result);
}

}  // namespace

TEST_CASE("the two outputs of a step have both seen that step last") {
  // Weights of 1 without an activation: running sums from the front, and from the back.
  using L =
      Bidirectional<SimpleRNN<1, Linear, SimpleRNNOptions{.return_sequences = true}>>::Layer<double, Input<1>::shape>;
  STATIC_REQUIRE(Layer<L>);
  STATIC_REQUIRE(L::output == sequence_shape(any_steps, 2));
  L::Parameters p;
  detail::visit_fields(
      [](const detail::FieldInfo& field, auto& weights) {
        if (field.name != "bias") weights.fill(1);
      },
      p);
  const std::vector<double> x{1, 5, 2, 6, 3, 7, 4, 8};  // 1 2 3 4, and 5 6 7 8
  std::vector<double> y(16);
  L::Tape tape;
  L::forward(p, {x.data(), 4, 2}, tape, {y.data(), 4, 2});
  CHECK(y == std::vector<double>{1, 10, 5, 26, 3, 9, 11, 21, 6, 7, 18, 15, 10, 4, 26, 8});
  const std::vector<std::size_t> lengths{3, 2};
  L::forward(p, {x.data(), 4, 2, lengths.data()}, tape, {y.data(), 4, 2, lengths.data()});
  CHECK(std::vector(y.begin(), y.begin() + 8) == std::vector<double>{1, 6, 5, 11, 3, 5, 11, 6});
}

TEMPLATE_TEST_CASE_SIG("gradients agree with differences, however the outputs are merged", "", ((Merge merge), merge),
                       Merge::concat, Merge::sum, Merge::mul, Merge::ave) {
  check(gradcheck_both<Bidirectional<Every, merge>, Input<2>>());
  check(gradcheck_both<Bidirectional<SimpleRNN<3>, merge>, Input<2>>({.steps = 1, .batch = 1}));
  check(gradcheck_both<Bidirectional<SimpleRNN<3>, merge>, Input<2>>({.steps = 5, .batch = 3, .lengths = {5, 2, 3}}));
}

TEST_CASE("gradients agree with differences for the layers with gates, dropout and lengths") {
  check(gradcheck_both<Bidirectional<LSTM<3, Tanh, Sigmoid, LSTMOptions{.return_sequences = true, .dropout = 0.3}>>,
                       Input<2>>({.batch = 5}));
  check(gradcheck_both<Bidirectional<GRU<3>>, Input<2>>());
  check(gradcheck_both<Bidirectional<Every>, Input<2>>({.steps = 5, .batch = 3, .lengths = {5, 2, 1}}));
}
