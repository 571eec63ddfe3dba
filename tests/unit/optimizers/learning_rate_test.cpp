#include "rnnts/optimizers/learning_rate.hpp"

#include <limits>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

struct Halves {
  double operator()(std::uint64_t update) const { return update == 0 ? 1 : 0.5; }
};

/// As an optimizer has it.
struct Options {
  LearningRate learning_rate = 1e-3;
};

}  // namespace

TEST_CASE("a learning rate is made from a number") {
  const Options by_default, chosen{.learning_rate = 0.25}, integer{.learning_rate = 2}, zero{.learning_rate = 0};
  CHECK(by_default.learning_rate(0) == 1e-3);
  CHECK(chosen.learning_rate(0) == 0.25);
  CHECK(chosen.learning_rate(1000000) == 0.25);
  CHECK(integer.learning_rate(1) == 2);
  CHECK(zero.learning_rate(1) == 0);
}

TEST_CASE("a learning rate is made from a schedule or any function of the number of the update") {
  STATIC_REQUIRE(LearningRateSchedule<Halves>);
  STATIC_REQUIRE_FALSE(LearningRateSchedule<LearningRate>);
  STATIC_REQUIRE_FALSE(LearningRateSchedule<double>);
  const Options schedule{.learning_rate = Halves{}};
  CHECK(schedule.learning_rate(0) == 1);
  CHECK(schedule.learning_rate(1) == 0.5);
  const float first = 3;
  const Options lambda{
      .learning_rate = [first](std::uint64_t update) { return first / static_cast<float>(1 + update); }};
  CHECK(lambda.learning_rate(2) == 1);
}

TEST_CASE("a learning rate can be scaled, a copy on its own") {
  Options constant{.learning_rate = 0.5}, schedule{.learning_rate = Halves{}};
  const Options before = schedule;
  constant.learning_rate.scale(0.5);
  constant.learning_rate.scale(0.25);
  schedule.learning_rate.scale(0.25);
  CHECK(constant.learning_rate(7) == 0.0625);
  CHECK(schedule.learning_rate(0) == 0.25);
  CHECK(schedule.learning_rate(7) == 0.125);
  CHECK(before.learning_rate(7) == 0.5);
  schedule.learning_rate = 2;  // a new one
  CHECK(schedule.learning_rate(7) == 2);
}

TEST_CASE("learning rates that are none are refused, also those that a schedule starts with") {
  CHECK_THROWS_AS(LearningRate(-1), ArgumentError);
  CHECK_THROWS_WITH(LearningRate(-0.5), "learning_rate: expected a finite number of at least 0, found -0.5");
  CHECK_THROWS_WITH(LearningRate(std::numeric_limits<double>::quiet_NaN()),
                    "learning_rate: expected a finite number of at least 0, found nan");
  CHECK_THROWS_WITH(LearningRate([](std::uint64_t) { return std::numeric_limits<double>::infinity(); }),
                    "learning_rate: expected a finite number of at least 0, found inf");
}

TEST_CASE("the factor of a learning rate is read and set to the last bit") {
  LearningRate constant = 0.1, schedule = [](std::uint64_t) { return 0.5; };
  CHECK(constant.factor() == 0.1);
  CHECK_FALSE(constant.has_schedule());
  CHECK(schedule.has_schedule());
  schedule.scale(0.3);
  LearningRate again = [](std::uint64_t) { return 0.5; };
  again.set_factor(schedule.factor());
  CHECK(again(7) == schedule(7));
  CHECK_THROWS_AS(again.set_factor(-1), ArgumentError);
  CHECK(again(7) == schedule(7));
}
