#include "rnnts/optimizers/optimizer.hpp"

#include "rnnts/optimizers/adagrad.hpp"
#include "rnnts/optimizers/adam.hpp"
#include "rnnts/optimizers/adamw.hpp"
#include "rnnts/optimizers/nadam.hpp"
#include "rnnts/optimizers/rmsprop.hpp"
#include "rnnts/optimizers/sgd.hpp"
#include "support/catch.hpp"
#include "unit/optimizers/weights.hpp"

using namespace rnnts;

namespace {

/// A user's own optimizer: steps of one size.
struct SignDescent {
  double learning_rate = 0.1;

  template <HasFields Parameters> struct State {};

  template <HasFields Parameters> void update(Parameters& p, const Parameters& dp, State<Parameters>&) const {
    detail::visit_fields(
        [this](const detail::FieldInfo&, auto& w, const auto& g) {
          for (std::size_t i = 0; i < w.size; ++i)
            w.data()[i] -= learning_rate * ((g.data()[i] > 0) - (g.data()[i] < 0));
        },
        p, dp);
  }
};

}  // namespace

TEST_CASE("optimizers are optimizers, a user's own too") {
  STATIC_REQUIRE(Optimizer<SGD, Weights>);
  STATIC_REQUIRE(Optimizer<Adam, Weights>);
  STATIC_REQUIRE(Optimizer<AdamW, Weights>);
  STATIC_REQUIRE(Optimizer<RMSprop, Weights>);
  STATIC_REQUIRE(Optimizer<Adagrad, Weights>);
  STATIC_REQUIRE(Optimizer<Nadam, Weights>);
  STATIC_REQUIRE(Optimizer<SignDescent, Weights>);
  STATIC_REQUIRE_FALSE(Optimizer<int, Weights>);
}

TEST_CASE("the state of an optimizer is a value: a copy goes on as the original does") {
  Adam adam{.learning_rate = 0.1};
  auto a = weights(1, 2);
  Adam::State<Weights> state;
  for (int i = 0; i < 5; ++i) adam.update(a, gradient_of_bowl(a), state);
  auto b = a;
  auto copy = state;
  adam.update(a, gradient_of_bowl(a), state);
  adam.update(b, gradient_of_bowl(b), copy);
  CHECK(a.w(0) == b.w(0));
  CHECK(copy.updates == 6);
}
