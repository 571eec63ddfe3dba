// LSTM in the lanes of registers: layers/recurrence_lanes.hpp.
#include <utility>

#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/recurrence_lanes.hpp"
#include "support/lanes_check.hpp"

using namespace lanes_check;

TEMPLATE_TEST_CASE("samples of an LSTM in lanes give what rows of units give", "", float, double) {
  using T = TestType;
  [&]<std::size_t... n>(std::index_sequence<n...>) { (check<T, LSTM<n>, 1>(), ...); }(Units<T>());
  check<T, LSTM<5>, 3>();
}

TEMPLATE_TEST_CASE("… of an LSTM as a sequence, backwards, without a bias, with activations that need their input", "",
                   float, double) {
  using T = TestType;
  check<T, LSTM<3, Tanh, Sigmoid, LSTMOptions{.return_sequences = true}>, 2>();
  check<T, LSTM<4, Tanh, Sigmoid, LSTMOptions{.go_backwards = true, .use_bias = false}>, 2>();
  check<T, LSTM<2, GELU, Softplus, LSTMOptions{.return_sequences = true}>, 1>();
}

#if RNNTS_WITH_XSIMD

TEST_CASE("an LSTM of a few units runs in lanes, a wide one does not") {
  STATIC_REQUIRE(!LSTM<detail::lanes_below_units>::Layer<float, Input<1>::shape>::Lanes::is_faster);
  check_runs_in_lanes<LSTM<5>>(detail::lanes_from_batch(5));
  check_runs_in_lanes<LSTM<detail::lanes_below_units - 1>>(detail::lanes_from_batch(detail::lanes_below_units - 1));
}

#endif
