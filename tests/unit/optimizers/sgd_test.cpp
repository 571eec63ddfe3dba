#include "rnnts/optimizers/sgd.hpp"

#include "support/catch.hpp"
#include "unit/optimizers/weights.hpp"

using namespace rnnts;

namespace {

Weights after(const SGD& sgd, int updates) {
  auto w = weights(1, -1);
  SGD::State<Weights> state;
  for (int i = 0; i < updates; ++i) sgd.update(w, weights(2, -4), state);
  return w;
}

}  // namespace

TEST_CASE("SGD steps against the gradient") {
  const auto w = after({.learning_rate = 0.1}, 2);
  CHECK_THAT(w.w(0), WithinRel(1 - 0.4, 1e-15));
  CHECK_THAT(w.w(1), WithinRel(-1 + 0.8, 1e-14));
}

TEST_CASE("momentum keeps a part of the step before") {
  // v = -0.2, then -0.9 * 0.2 - 0.2
  CHECK_THAT(after({.learning_rate = 0.1, .momentum = 0.9}, 2).w(0), WithinRel(1 - 0.2 - 0.38, 1e-14));
}

TEST_CASE("momentum that is turned on later starts from rest, and has no memory before") {
  auto w = weights(1, -1);
  SGD::State<Weights> state;
  SGD sgd{.learning_rate = 0.1};
  sgd.update(w, weights(2, -4), state);
  CHECK(state.velocity.empty());
  sgd.momentum = 0.9;
  for (int i = 0; i < 2; ++i) sgd.update(w, weights(2, -4), state);
  CHECK(state.velocity.size() == 2);
  CHECK_THAT(w.w(0), WithinRel(1 - 0.2 - 0.2 - 0.38, 1e-14));
}

TEST_CASE("Nesterov's momentum looks ahead") {
  // v as above; w += 0.9 v - 0.2
  CHECK_THAT(after({.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}, 2).w(0),
             WithinRel(1 - (0.18 + 0.2) - (0.9 * 0.38 + 0.2), 1e-14));
}

TEST_CASE("SGD finds the bottom of a bowl") {
  auto w = weights(1, -1);
  SGD::State<Weights> state;
  const SGD sgd{.learning_rate = 0.05, .momentum = 0.5};
  for (int i = 0; i < 300; ++i) sgd.update(w, gradient_of_bowl(w), state);
  CHECK(std::abs(w.w(0)) < 1e-8);
  CHECK(std::abs(w.w(1)) < 1e-8);
}

TEST_CASE("Nesterov's momentum is that of Keras") {
  const auto w = after_four_updates(SGD{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true});
  CHECK_THAT(w.w(0), WithinRel(1.09202, 1e-12));
  CHECK_THAT(w.w(1), WithinRel(-2.63313, 1e-12));
}

TEST_CASE("SGD refuses a momentum that never forgets") {
  CHECK_THROWS_AS(after_four_updates(SGD{.momentum = 1}), ArgumentError);
  CHECK_THROWS_WITH(after_four_updates(SGD{.momentum = 1}),
                    "optimizer: expected momentum at least 0 and less than 1, found 1");
}
