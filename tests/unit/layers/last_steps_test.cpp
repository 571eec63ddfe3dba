#include "rnnts/layers/last_steps.hpp"

#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/layers/branches.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "support/dynamic_form.hpp"
#include "support/layer_runs.hpp"

using namespace rnnts;

using L = LastSteps<2>::Layer<double, sequence_shape(any_steps, 2)>;

TEST_CASE("last steps gives the last steps, of each sample its own") {
  STATIC_REQUIRE(L::output == sequence_shape(2, 2));
  STATIC_REQUIRE(detail::output_steps<L>(5) == 2);
  const std::vector<double> x{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};  // three steps of two samples
  CHECK(run<L>({}, x, 2) == std::vector<double>{5, 6, 7, 8, 9, 10, 11, 12});
  const std::vector<std::size_t> lengths{3, 2};
  CHECK(run<L>({}, x, 2, lengths.data()) == std::vector<double>{5, 6, 3, 4, 9, 10, 7, 8});
  const std::vector<double> dy{10, 20, 30, 40, 50, 60, 70, 80};
  CHECK(run_backward<L>(x, dy, 2) == std::vector<double>{0, 0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80});
  CHECK(run_backward<L>(x, dy, 2, lengths.data()) == std::vector<double>{0, 0, 30, 40, 10, 20, 70, 80, 50, 60, 0, 0});
}

TEST_CASE("gradients of last steps agree with differences") {
  check_gradients_of<LastSteps<1>, Input<3>>();
  check_gradients(gradcheck_both<LastSteps<3>, Input<2>>({.steps = 5, .batch = 3}));
  check_gradients(gradcheck_both<LastSteps<3>, Input<2>>({.steps = 3, .batch = 1}));
  check_gradients(gradcheck_both<LastSteps<2>, Input<2>>({.steps = 5, .batch = 3, .lengths = {2, 5, 3}}));
}

TEST_CASE("behind last steps the number of steps is known") {
  using FromAnyLength = Branch<ReturnSequences<GRU<3>>, LastSteps<2>, Dense<2>, Flatten>;
  check_gradients(gradcheck<Add<FromAnyLength>, Input<2>>({.steps = 5, .batch = 3}));
  check_gradients(gradcheck_both<Add<FromAnyLength, Branch<Flatten, Dense<4>>>, Input<2, 5>>({.steps = 5, .batch = 3}));
}

TEST_CASE("last steps of a shorter sequence are refused") {
  CHECK_THROWS_AS(L::output_steps(1), ShapeError);
  CHECK_THROWS_WITH(L::output_steps(1), "last_steps: expected at least 2 steps, found 1");
  using Chosen = LastSteps<5>::Layer<double, sequence_shape(dynamic, 2)>;
  CHECK(detail::output_shape<Chosen>({}, sequence_shape(5, 2)) == sequence_shape(5, 2));
  CHECK_THROWS_WITH(detail::output_shape<Chosen>({}, sequence_shape(4, 2)),
                    "last_steps: expected at least 5 steps, found 4");
}
