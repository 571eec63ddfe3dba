#include "rnnts/layers/recurrence_lanes.hpp"

#include "support/lanes_check.hpp"
#include "support/leaky.hpp"

using namespace leaky;

TEMPLATE_TEST_CASE("a cell that knows nothing of lanes gives in them what it gives for rows of units", "", float,
                   double) {
  using T = TestType;
  lanes_check::check<T, Leaky<1>, 1>();
  lanes_check::check<T, Leaky<5>, 3>();
  lanes_check::check<T, Leaky<4, SimpleRNNOptions{.return_sequences = true, .go_backwards = true}>, 2>();
}

#if RNNTS_WITH_XSIMD

TEST_CASE("a layer with a cell of a few units runs in lanes") {
  lanes_check::check_runs_in_lanes<Leaky<5>>(detail::lanes_from_batch(5));
}

#endif
