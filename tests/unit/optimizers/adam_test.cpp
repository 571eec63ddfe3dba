#include "rnnts/optimizers/adam.hpp"

#include <cmath>

#include "support/catch.hpp"
#include "unit/optimizers/weights.hpp"

using namespace rnnts;

TEST_CASE("the first step of Adam is the learning rate, whatever the gradient") {
  auto w = weights(1, 1);
  Adam::State<Weights> state;
  Adam{.learning_rate = 0.01}.update(w, weights(1e3, -0.5), state);
  CHECK_THAT(w.w(0), WithinAbs(1 - 0.01, 1e-8));
  CHECK_THAT(w.w(1), WithinAbs(1 + 0.01, 1e-7));
}

TEST_CASE("two steps of Adam, by hand") {
  auto w = weights(1, 0);
  Adam::State<Weights> state;
  const Adam adam{.learning_rate = 0.1, .beta_1 = 0.5, .beta_2 = 0.75, .epsilon = 0.25};
  adam.update(w, weights(2, 0), state);
  // m = 1, v = 1, alpha = 0.1 * sqrt(0.25) / 0.5 = 0.1
  const double first = 1 - 0.1 * 1 / (1 + 0.25);
  CHECK_THAT(w.w(0), WithinRel(first, 1e-15));
  adam.update(w, weights(-4, 0), state);
  // m = 0.5 - 2 = -1.5, v = 0.75 + 4 = 4.75, alpha = 0.1 * sqrt(1 - 0.5625) / 0.75
  CHECK_THAT(w.w(0), WithinRel(first + 0.1 * std::sqrt(0.4375) / 0.75 * 1.5 / (std::sqrt(4.75) + 0.25), 1e-15));
  CHECK(w.w(1) == 0);
}

TEST_CASE("Adam finds the bottom of a bowl") {
  auto w = weights(1, -1);
  Adam::State<Weights> state;
  const Adam adam{.learning_rate = 0.01};
  for (int i = 0; i < 3000; ++i) adam.update(w, gradient_of_bowl(w), state);
  CHECK(std::abs(w.w(0)) < 1e-4);
  CHECK(std::abs(w.w(1)) < 1e-4);
}

TEST_CASE("Adam is that of Keras") {
  const auto w = after_four_updates(Adam{.learning_rate = 0.1, .beta_2 = 0.5});
  CHECK_THAT(w.w(0), WithinRel(0.8475776715149328, 1e-12));
  CHECK_THAT(w.w(1), WithinRel(-2.854608355935239, 1e-12));
}

TEST_CASE("AMSGrad is that of Keras") {
  const auto w = after_four_updates(Adam{.learning_rate = 0.1, .beta_2 = 0.5, .amsgrad = true});
  CHECK_THAT(w.w(0), WithinRel(0.8546096255711103, 1e-12));
  CHECK_THAT(w.w(1), WithinRel(-2.865531407074882, 1e-12));
}

TEST_CASE("Adam refuses a mean that never takes in a gradient") {
  CHECK_THROWS_WITH(after_four_updates(Adam{.beta_1 = 1}),
                    "optimizer: expected beta_1 at least 0 and less than 1, found 1");
  CHECK_THROWS_WITH(after_four_updates(Adam{.beta_2 = -0.5}),
                    "optimizer: expected beta_2 at least 0 and less than 1, found -0.5");
}
