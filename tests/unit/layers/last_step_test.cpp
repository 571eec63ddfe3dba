#include "rnnts/layers/last_step.hpp"

#include <vector>

#include "rnnts/layers/input.hpp"
#include "support/dynamic_form.hpp"
#include "support/layer_runs.hpp"

using namespace rnnts;

using L = LastStep::Layer<double, sequence_shape(any_steps, 2)>;

TEST_CASE("last step gives the last step, of each sample its own") {
  STATIC_REQUIRE(L::output == vector_shape(2));
  const std::vector<double> x{1, 2, 3, 4, 5, 6, 7, 8};  // two steps of two samples
  CHECK(run<L>({}, x, 2) == std::vector<double>{5, 6, 7, 8});
  const std::vector<std::size_t> lengths{2, 1};
  CHECK(run<L>({}, x, 2, lengths.data()) == std::vector<double>{5, 6, 3, 4});
  CHECK(run_backward<L>(x, {10, 20, 30, 40}, 2, lengths.data()) == std::vector<double>{0, 0, 30, 40, 10, 20, 0, 0});
  CHECK(run_by_steps<L>({}, x) == x);
}

TEST_CASE("gradients of last step agree with differences") {
  check_gradients_of<LastStep, Input<3>>();
  check_gradients(gradcheck_both<LastStep, Input<2>>({.steps = 5, .batch = 3, .lengths = {1, 5, 3}}));
}
