#include "rnnts/optimizers/nadam.hpp"

#include <cmath>

#include "support/catch.hpp"
#include "unit/optimizers/weights.hpp"

using namespace rnnts;

TEST_CASE("Nadam is that of Keras") {
  const auto w = after_four_updates(Nadam{.learning_rate = 0.1});
  CHECK_THAT(w.w(0), WithinRel(0.9344854389340891, 1e-12));
  CHECK_THAT(w.w(1), WithinRel(-2.9406508576773422, 1e-12));
}

TEST_CASE("one step of Nadam, by hand") {
  auto w = weights(1, 0);
  Nadam::State<Weights> state;
  Nadam{.learning_rate = 0.1, .beta_1 = 0.5, .beta_2 = 0.75, .epsilon = 0.25}.update(w, weights(2, 0), state);
  // b[1] = 0.5 (1 - 0.48), b[2] = 0.5 (1 - 0.4608); m = 1, v = 1, corrected 4
  const double b1 = 0.26, b2 = 0.2696;
  const double mean = b2 / (1 - b1 * b2) + (1 - b1) * 2 / (1 - b1);
  CHECK_THAT(w.w(0), WithinRel(1 - 0.1 * mean / (2 + 0.25), 1e-14));
  CHECK(w.w(1) == 0);
}

TEST_CASE("Nadam finds the bottom of a bowl") {
  auto w = weights(1, -1);
  Nadam::State<Weights> state;
  const Nadam nadam{.learning_rate = 0.01};
  for (int i = 0; i < 3000; ++i) nadam.update(w, gradient_of_bowl(w), state);
  CHECK(std::abs(w.w(0)) < 1e-4);
  CHECK(std::abs(w.w(1)) < 1e-4);
}
