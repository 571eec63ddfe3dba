// SimpleRNN in the lanes of registers: layers/recurrence_lanes.hpp.
#include <utility>

#include "rnnts/layers/recurrence_lanes.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "support/lanes_check.hpp"

using namespace lanes_check;

TEMPLATE_TEST_CASE("samples in lanes give what rows of units give", "", float, double) {
  using T = TestType;
  [&]<std::size_t... n>(std::index_sequence<n...>) { (check<T, SimpleRNN<n>, 1>(), ...); }(Units<T>());
  check<T, SimpleRNN<5>, 3>();
  check<T, SimpleRNN<8>, 1>();
  check<T, SimpleRNN<2>, 9>();
}

TEMPLATE_TEST_CASE("… as a sequence, backwards, without a bias, with an activation that needs its input", "", float,
                   double) {
  using T = TestType;
  check<T, SimpleRNN<3, Tanh, SimpleRNNOptions{.return_sequences = true}>, 2>();
  check<T, SimpleRNN<4, Tanh, SimpleRNNOptions{.go_backwards = true}>, 2>();
  check<T, SimpleRNN<5, Tanh, SimpleRNNOptions{.use_bias = false}>, 1>();
  check<T, SimpleRNN<2, GELU, SimpleRNNOptions{.return_sequences = true}>, 1>();
  check<T, SimpleRNN<3, Softmax>, 2>();  // by rows in any case
}

#if RNNTS_WITH_XSIMD

TEST_CASE("narrow layers run in lanes, wide ones do not") {
  STATIC_REQUIRE(!SimpleRNN<detail::lanes_below_units>::Layer<float, Input<1>::shape>::Lanes::is_faster);
  check_runs_in_lanes<SimpleRNN<5>>(detail::lanes_from_batch(5));
  check_runs_in_lanes<SimpleRNN<detail::lanes_below_units - 1>>(
      detail::lanes_from_batch(detail::lanes_below_units - 1));
}

#endif
