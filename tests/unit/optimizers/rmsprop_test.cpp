#include "rnnts/optimizers/rmsprop.hpp"

#include <cmath>

#include "support/catch.hpp"
#include "unit/optimizers/weights.hpp"

using namespace rnnts;

TEST_CASE("RMSprop is that of Keras") {
  const auto w = after_four_updates(RMSprop{.learning_rate = 0.1, .rho = 0.75});
  CHECK_THAT(w.w(0), WithinRel(0.8737425184385663, 1e-12));
  CHECK_THAT(w.w(1), WithinRel(-2.9209701520365505, 1e-12));
}

TEST_CASE("centered RMSprop is that of Keras") {
  const auto w = after_four_updates(RMSprop{.learning_rate = 0.1, .rho = 0.75, .centered = true});
  CHECK_THAT(w.w(0), WithinRel(0.8255746480515709, 1e-12));
  CHECK_THAT(w.w(1), WithinRel(-2.891095503853208, 1e-12));
}

TEST_CASE("centered RMSprop with momentum is that of Keras") {
  const auto w = after_four_updates(RMSprop{.learning_rate = 0.1, .rho = 0.75, .momentum = 0.5, .centered = true});
  CHECK_THAT(w.w(0), WithinRel(0.6292138865956558, 1e-12));
  CHECK_THAT(w.w(1), WithinRel(-2.8045493111447093, 1e-12));
}

TEST_CASE("the variance of a gradient that never changes is 0, and not less") {
  struct Numbers {
    Tensor<float, 3> w;
    static constexpr auto fields() { return std::tuple{Field{"w", &Numbers::w}}; }
  };
  Numbers w, g;
  g.w(0) = 1e4f;
  g.w(1) = 0.3f;
  g.w(2) = 1e-3f;
  RMSprop::State<Numbers> state;
  const RMSprop rmsprop{.centered = true};
  for (int i = 0; i < 500; ++i) {
    rmsprop.update(w, g, state);
    for (const float value : w.w) REQUIRE(std::isfinite(value));
  }
}

TEST_CASE("RMSprop refuses a mean that never takes in a gradient") {
  CHECK_THROWS_WITH(after_four_updates(RMSprop{.rho = 1}),
                    "optimizer: expected rho at least 0 and less than 1, found 1");
  CHECK_THROWS_WITH(after_four_updates(RMSprop{.momentum = 1.5}),
                    "optimizer: expected momentum at least 0 and less than 1, found 1.5");
}
