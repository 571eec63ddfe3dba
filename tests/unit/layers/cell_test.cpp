#include "rnnts/layers/cell.hpp"

#include <cstddef>
#include <string>

#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"
#include "support/leaky.hpp"

using namespace rnnts;

namespace {

template <GRUOptions options>
using GRUParameters = typename GRU<3>::With<options>::template Layer<double, Input<2>::shape>::Parameters;

}  // namespace

TEST_CASE("a cell without first values starts from zero") {
  STATIC_REQUIRE(detail::first_value<leaky::LeakyCell>(1) == 3);
  STATIC_REQUIRE(detail::first_value<detail::GRUCell<Tanh, Sigmoid, true>>(0) == 0);
  const auto states = detail::first_states<leaky::LeakyCell, float, 4>();
  CHECK(states[0](3) == 0);
  CHECK(states[1](3) == 3);
}

TEST_CASE("a bias is that of the input, or one of the input and one of the state, or none") {
  GRUParameters<GRUOptions{}> both;
  both.bias(0, 2) = 1;
  both.bias(1, 2) = 2;
  CHECK(detail::input_bias(both).size() == 9);
  CHECK(detail::input_bias(both)[2] == 1);
  CHECK(detail::recurrent_bias(both).size() == 9);
  CHECK(detail::recurrent_bias(both)[2] == 2);
  const GRUParameters<GRUOptions{.reset_after = false}> one;
  CHECK(detail::input_bias(one).size() == 9);
  CHECK(detail::recurrent_bias(one).empty());
  const GRUParameters<GRUOptions{.use_bias = false}> none;
  CHECK(detail::input_bias(none).empty());
  CHECK(detail::recurrent_bias(none).empty());
}
