#include "rnnts/layers/last_steps.hpp"

#include <cstddef>
#include <type_traits>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/layers/branches.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/flatten.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/model/sequential.hpp"
#include "support/dynamic_form.hpp"
#include "support/layer_runs.hpp"

using namespace rnnts;

using LastTwo = LastSteps<2>::Layer<double, sequence_shape(any_steps, 2)>;

TEST_CASE("last steps gives the last steps, of each sample its own") {
  STATIC_REQUIRE(LastTwo::output == sequence_shape(2, 2));
  STATIC_REQUIRE(detail::output_steps<LastTwo>({}, 5) == 2);
  const std::vector<double> x{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};  // three steps of two samples
  CHECK(run<LastTwo>({}, x, 2) == std::vector<double>{5, 6, 7, 8, 9, 10, 11, 12});
  const std::vector<std::size_t> lengths{3, 2};
  CHECK(run<LastTwo>({}, x, 2, lengths.data()) == std::vector<double>{5, 6, 3, 4, 9, 10, 7, 8});
  const std::vector<double> dy{10, 20, 30, 40, 50, 60, 70, 80};
  CHECK(run_backward<LastTwo>(x, dy, 2) == std::vector<double>{0, 0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80});
  CHECK(run_backward<LastTwo>(x, dy, 2, lengths.data()) ==
        std::vector<double>{0, 0, 30, 40, 10, 20, 70, 80, 50, 60, 0, 0});
}

TEST_CASE("gradients of last steps agree with differences") {
  check_gradients_of<LastSteps<1>, Input<3>>();
  check_gradients(gradcheck_both<LastSteps<3>, Input<2>>({.steps = 5, .batch = 3}));
  check_gradients(gradcheck_both<LastSteps<3>, Input<2>>({.steps = 3, .batch = 1}));
  check_gradients(gradcheck_both<LastSteps<2>, Input<2>>({.steps = 5, .batch = 3, .lengths = {2, 5, 3}}));
}

TEST_CASE("behind last steps the number of steps is known") {
  using FromAnyLength = Branch<ReturnSequences<GRU<3>>, LastSteps<2>, Dense<2>, Flatten>;
  check_gradients(gradcheck_both<Add<FromAnyLength>, Input<2>>({.steps = 5, .batch = 3}));
  check_gradients(gradcheck_both<Add<FromAnyLength, Branch<Flatten, Dense<4>>>, Input<2, 5>>({.steps = 5, .batch = 3}));
  const auto chosen = sequential<float>(Input(2), ReturnSequences<GRU<>>(3), LastSteps(4), Flatten{});
  CHECK(chosen.output_shape() == vector_shape(12));
  CHECK(chosen.predict(std::vector<std::vector<float>>(7, {0.5f, 1})).size() == 12);
}

TEST_CASE("last steps of a number that the program chooses are those of a number that the compiler knows") {
  const Sequential<double, Input<2>, ReturnSequences<GRU<3>>, LastSteps<3>, Dense<1>> known{seed(7)};
  const auto chosen = sequential<double>(Input<2>{}, ReturnSequences<GRU<3>>{}, LastSteps(3), Dense<1>{}, seed(7));
  CHECK(chosen.output_shape() == sequence_shape(3, 1));
  CHECK(known.summary() == chosen.summary());
  const std::vector<std::vector<std::vector<double>>> windows{{{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 10}},
                                                              {{2, 1}, {4, 3}, {6, 5}}};
  CHECK((known.predict(windows) == chosen.predict(windows)));
  CHECK(std::is_empty_v<LastSteps<3>::Layer<double, sequence_shape(any_steps, 2)>::Parameters>);
}

TEST_CASE("last steps of a shorter sequence are refused") {
  CHECK_THROWS_AS(LastTwo::output_steps({}, 1), ShapeError);
  CHECK_THROWS_WITH(LastTwo::output_steps({}, 1), "last_steps: expected at least 2 steps, found 1");
  using Longer = LastSteps<5>::Layer<double, sequence_shape(dynamic, 2)>;
  CHECK(detail::output_shape<Longer>({}, sequence_shape(5, 2)) == sequence_shape(5, 2));
  CHECK_THROWS_WITH(detail::output_shape<Longer>({}, sequence_shape(4, 2)),
                    "last_steps: expected at least 5 steps, found 4");
  CHECK_THROWS_WITH(sequential<float>(Input<2, 4>{}, LastSteps(5)), "last_steps: expected at least 5 steps, found 4");
  CHECK_THROWS_AS(sequential<float>(Input(2), LastSteps(0)), ArgumentError);
  CHECK_THROWS_WITH(sequential<float>(Input(2), LastSteps(0)),
                    "0.last_steps: expected from 1 to 268435456 steps, found 0");
  const auto model = sequential<float>(Input(1), LastSteps(3));
  using Windows = std::vector<std::vector<std::vector<float>>>;
  CHECK_THROWS_WITH(model.predict(Windows{{{1}, {2}, {3}}, {{1}, {2}}}),
                    "window 1: last_steps: expected at least 3 steps, found 2");
  const auto unequal = sequential<float>(Input(1), Add(LastSteps(3), LastSteps(2)));
  CHECK_THROWS_WITH(unequal.predict(Windows{{{1}, {2}, {3}}, {{1}, {2}, {3}}}),
                    "add: for 3 steps the first branch gives 3, but branch 1 gives 2");
}
