#include "rnnts/optimizers/schedules.hpp"

#include "rnnts/optimizers/learning_rate.hpp"
#include "support/catch.hpp"

using namespace rnnts;

// The expected values, where they are not obvious, are those of Keras 3.15.1 (KERAS_BACKEND=jax, JAX_ENABLE_X64=1),
// whose cosine has the precision of float.

TEST_CASE("ExponentialDecay falls by the same factor in the same number of updates") {
  const ExponentialDecay smooth{.initial_learning_rate = 0.1, .decay_steps = 10, .decay_rate = 0.5};
  CHECK(smooth(0) == 0.1);
  CHECK_THAT(smooth(5), WithinRel(0.07071067811865477, 1e-14));
  CHECK_THAT(smooth(10), WithinRel(0.05, 1e-14));
  CHECK_THAT(smooth(25), WithinRel(0.01767766952966369, 1e-14));
  const ExponentialDecay stairs{.initial_learning_rate = 0.1, .decay_steps = 10, .decay_rate = 0.5, .staircase = true};
  CHECK(stairs(9) == 0.1);
  CHECK(stairs(10) == 0.05);
  CHECK(stairs(25) == 0.025);
}

TEST_CASE("CosineDecay falls along half a wave") {
  const CosineDecay schedule{.initial_learning_rate = 0.1, .decay_steps = 10, .alpha = 0.1};
  CHECK(schedule(0) == 0.1);
  CHECK_THAT(schedule(3), WithinRel(0.08145033568143845, 1e-6));
  CHECK_THAT(schedule(5), WithinRel(0.055, 1e-14));
  CHECK_THAT(schedule(10), WithinRel(0.01, 1e-14));
  CHECK_THAT(schedule(50), WithinRel(0.01, 1e-14));
}

TEST_CASE("CosineDecay rises to its target first, in a straight line") {
  const CosineDecay schedule{
      .initial_learning_rate = 0.01, .decay_steps = 10, .alpha = 0.1, .warmup_target = 0.2, .warmup_steps = 4};
  CHECK(schedule(0) == 0.01);
  CHECK_THAT(schedule(1), WithinRel(0.0575, 1e-14));
  CHECK_THAT(schedule(4), WithinRel(0.2, 1e-14));
  CHECK_THAT(schedule(7), WithinRel(0.16290067434310915, 1e-6));
  CHECK_THAT(schedule(9), WithinRel(0.11, 1e-14));
  CHECK_THAT(schedule(14), WithinRel(0.02, 1e-14));
  CHECK_THAT(schedule(50), WithinRel(0.02, 1e-14));
  const CosineDecay from_zero{.decay_steps = 10, .warmup_target = 0.2, .warmup_steps = 4};
  CHECK(from_zero(0) == 0);
  CHECK(from_zero(2) == 0.1);
}

TEST_CASE("PiecewiseConstantDecay keeps each value up to and at its boundary") {
  const PiecewiseConstantDecay schedule{.boundaries = {10, 20}, .values = {1, 0.5, 0.1}};
  CHECK(schedule(0) == 1);
  CHECK(schedule(10) == 1);
  CHECK(schedule(11) == 0.5);
  CHECK(schedule(20) == 0.5);
  CHECK(schedule(21) == 0.1);
  CHECK(schedule(100) == 0.1);
  CHECK(PiecewiseConstantDecay{.values = {0.5}}(7) == 0.5);
}

TEST_CASE("OneCycle rises, falls and stays low") {
  // Python: with a, b, p the ends and the part done, b + (a - b) / 2 * (1 + math.cos(math.pi * p)); the peak at
  // 0.3 * 20 - 1 = 5, the end at 19
  const OneCycle schedule{.max_learning_rate = 0.1, .total_steps = 20};
  CHECK_THAT(schedule(0), WithinRel(0.004, 1e-14));
  CHECK_THAT(schedule(2), WithinRel(0.037167184270002526, 1e-14));
  CHECK(schedule(5) == 0.1);
  CHECK_THAT(schedule(10), WithinRel(0.07169430017913009, 1e-14));
  CHECK_THAT(schedule(19), WithinRel(4e-7, 1e-9));
  CHECK_THAT(schedule(30), WithinRel(4e-7, 1e-9));
  CHECK(OneCycle{.max_learning_rate = 0.1, .total_steps = 1}(0) == 0.1);
  CHECK(OneCycle{.max_learning_rate = 0.1, .total_steps = 10, .rise = 1}(9) == 0.1);
  CHECK(OneCycle{.max_learning_rate = 0.1, .total_steps = 10, .rise = 0}(0) == 0.1);
}

TEST_CASE("schedules refuse what they cannot use, as soon as they become a learning rate") {
  CHECK_THROWS_AS(LearningRate(ExponentialDecay{}), ArgumentError);
  CHECK_THROWS_WITH(LearningRate(ExponentialDecay{.decay_steps = 10, .decay_rate = 0.5}),
                    "ExponentialDecay: expected an initial_learning_rate above 0, found 0");
  CHECK_THROWS_WITH(LearningRate(ExponentialDecay{.initial_learning_rate = 0.1, .decay_rate = 0.5}),
                    "ExponentialDecay: expected decay_steps of at least 1, found 0");
  CHECK_THROWS_WITH(LearningRate(ExponentialDecay{.initial_learning_rate = 0.1, .decay_steps = 10}),
                    "ExponentialDecay: expected a decay_rate above 0, found 0");
  CHECK_THROWS_WITH(LearningRate(CosineDecay{.initial_learning_rate = 0.1}),
                    "CosineDecay: expected decay_steps of at least 1, found 0");
  CHECK_THROWS_WITH(LearningRate(CosineDecay{.decay_steps = 10}),
                    "CosineDecay: expected an initial_learning_rate above 0, found 0");
  CHECK_THROWS_WITH(LearningRate(CosineDecay{.decay_steps = 10, .warmup_target = -1}),
                    "CosineDecay: expected a warmup_target above 0, found -1");
  CHECK_THROWS_WITH(LearningRate(CosineDecay{.initial_learning_rate = 0.1, .decay_steps = 10, .alpha = -1}),
                    "CosineDecay: expected an alpha of at least 0, found -1");
  CHECK_THROWS_WITH(LearningRate(CosineDecay{.initial_learning_rate = 0.1, .decay_steps = 10, .warmup_steps = 2}),
                    "CosineDecay: expected a warmup_target with warmup_steps, found none");
  CHECK_THROWS_WITH(LearningRate(PiecewiseConstantDecay{.boundaries = {1, 2}, .values = {1, 2}}),
                    "PiecewiseConstantDecay: expected one more of values than of boundaries, found 2 values and 2 "
                    "boundaries");
  CHECK_THROWS_WITH(LearningRate(PiecewiseConstantDecay{.boundaries = {2, 2}, .values = {1, 2, 3}}),
                    "PiecewiseConstantDecay: expected boundaries that ascend, found 2 before 2");
  CHECK_THROWS_WITH(LearningRate(OneCycle{.total_steps = 10}),
                    "OneCycle: expected a max_learning_rate above 0, found 0");
  CHECK_THROWS_WITH(LearningRate(OneCycle{.max_learning_rate = 0.1}),
                    "OneCycle: expected total_steps of at least 1, found 0");
  CHECK_THROWS_WITH(LearningRate(OneCycle{.max_learning_rate = 0.1, .total_steps = 10, .rise = 1.5}),
                    "OneCycle: expected a rise between 0 and 1, found 1.5");
  CHECK_THROWS_WITH(LearningRate(OneCycle{.max_learning_rate = 0.1, .total_steps = 10, .initial_divisor = 0}),
                    "OneCycle: expected an initial_divisor above 0, found 0");
  CHECK_THROWS_WITH(LearningRate(OneCycle{.max_learning_rate = 0.1, .total_steps = 10, .final_divisor = 0}),
                    "OneCycle: expected a final_divisor above 0, found 0");
}
