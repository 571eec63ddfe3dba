#include "rnnts/layers/stack.hpp"

#include <string>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

template <Shape Input, class... Specifications>
using StackOf = typename detail::Fold<double, Input, detail::Stack<>, Specifications...>::type;

using Deep = StackOf<sequence_shape(any_steps, 2), SimpleRNN<4, Tanh, SimpleRNNOptions{.return_sequences = true}>,
                     Dense<3, ELU>, SimpleRNN<2>, Dense<3>>;

}  // namespace

TEST_CASE("shapes are folded from layer to layer") {
  STATIC_REQUIRE(Deep::At<1>::input == sequence_shape(any_steps, 4));
  STATIC_REQUIRE(Deep::At<2>::input == sequence_shape(any_steps, 3));
  STATIC_REQUIRE(Deep::At<3>::input == vector_shape(2));
  STATIC_REQUIRE(Deep::output == vector_shape(3));
  STATIC_REQUIRE(detail::output_steps<Deep>({}, 7) == 1);
  using Flat = StackOf<sequence_shape(5, 2), Flatten, Dense<1>>;
  STATIC_REQUIRE(Flat::At<1>::input == vector_shape(10));
  using Every = StackOf<sequence_shape(any_steps, 2), SimpleRNN<4, Tanh, SimpleRNNOptions{.return_sequences = true}>>;
  STATIC_REQUIRE(detail::output_steps<Every>({}, 7) == 7);
}

TEST_CASE("a stack is a layer, with the fields of its layers under their names") {
  STATIC_REQUIRE(Layer<Deep>);
  std::vector<std::string> names;
  Deep::Parameters p;
  detail::visit_fields([&](const detail::FieldInfo& field, auto&) { names.push_back(field.path()); }, p);
  CHECK(names == std::vector<std::string>{"0.simple_rnn.kernel", "0.simple_rnn.recurrent_kernel", "0.simple_rnn.bias",
                                          "1.dense.kernel", "1.dense.bias", "2.simple_rnn.kernel",
                                          "2.simple_rnn.recurrent_kernel", "2.simple_rnn.bias", "3.dense.kernel",
                                          "3.dense.bias"});
}

TEST_CASE("gradients of a stack agree with differences") {
  const auto check = [](const GradcheckResult& result) {
    INFO(result.message());
    CHECK(result);
  };
  check(gradcheck<Deep>());
  check(gradcheck<Deep>({.steps = 1, .batch = 1}));
  check(gradcheck<StackOf<sequence_shape(6, 1), Flatten, Dense<3, Tanh>, Dense<1>>>({.batch = 5}));
  check(gradcheck<StackOf<sequence_shape(6, 1), SimpleRNN<2>>>());
}
