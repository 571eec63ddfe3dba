#include "rnnts/optimizers/adagrad.hpp"

#include <cmath>

#include "support/catch.hpp"
#include "unit/optimizers/weights.hpp"

using namespace rnnts;

TEST_CASE("Adagrad is that of Keras") {
  const auto w = after_four_updates(Adagrad{.learning_rate = 0.1, .initial_accumulator_value = 0.5});
  CHECK_THAT(w.w(0), WithinRel(0.9931195482573562, 1e-12));
  CHECK_THAT(w.w(1), WithinRel(-2.9589188808290623, 1e-12));
}

TEST_CASE("the steps of Adagrad become smaller") {
  auto w = weights(0, 0);
  Adagrad::State<Weights> state;
  const Adagrad adagrad{.learning_rate = 1, .initial_accumulator_value = 0, .epsilon = 0};
  adagrad.update(w, weights(3, -0.5), state);
  CHECK(w.w(0) == -1);
  CHECK(w.w(1) == 1);
  adagrad.update(w, weights(4, -0.5), state);
  CHECK_THAT(w.w(0), WithinRel(-1 - 4.0 / 5, 1e-15));
  CHECK_THAT(w.w(1), WithinRel(1 + 1 / std::sqrt(2.0), 1e-15));
}
