// GRU in the lanes of registers: layers/recurrence_lanes.hpp.
#include <utility>

#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/recurrence_lanes.hpp"
#include "support/lanes_check.hpp"

using namespace lanes_check;

TEMPLATE_TEST_CASE("samples of a GRU in lanes give what rows of units give", "", float, double) {
  using T = TestType;
  [&]<std::size_t... n>(std::index_sequence<n...>) { (check<T, GRU<n>, 1>(), ...); }(Units<T>());
  check<T, GRU<5>, 3>();
}

TEMPLATE_TEST_CASE("… of a GRU as a sequence, backwards, without a bias, with activations that need their input", "",
                   float, double) {
  using T = TestType;
  check<T, GRU<3, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>, 2>();
  check<T, GRU<4, Tanh, Sigmoid, GRUOptions{.go_backwards = true, .use_bias = false}>, 2>();
  check<T, GRU<2, GELU, Softplus, GRUOptions{.return_sequences = true}>, 1>();
  check<T, GRU<3, Tanh, Sigmoid, GRUOptions{.reset_after = false}>, 2>();  // by rows in any case
}

#if RNNTS_WITH_XSIMD

TEST_CASE("a GRU of a few units runs in lanes, a wide one does not") {
  STATIC_REQUIRE(!GRU<detail::lanes_below_units>::Layer<float, Input<1>::shape>::Lanes::is_faster);
  check_runs_in_lanes<GRU<5>>(detail::lanes_from_batch(5));
  check_runs_in_lanes<GRU<detail::lanes_below_units - 1>>(detail::lanes_from_batch(detail::lanes_below_units - 1));
}

#endif
