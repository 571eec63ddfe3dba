#include "rnnts/optimizers/adamw.hpp"

#include "support/catch.hpp"
#include "unit/optimizers/weights.hpp"

using namespace rnnts;

TEST_CASE("AdamW is that of Keras") {
  const auto w = after_four_updates(AdamW{.learning_rate = 0.1, .beta_2 = 0.5, .amsgrad = true, .weight_decay = 0.25});
  CHECK_THAT(w.w(0), WithinRel(0.769373879656796, 1e-12));
  CHECK_THAT(w.w(1), WithinRel(-2.5851639254327186, 1e-12));
}

TEST_CASE("AdamW is Adam with a weight decay of 0.004") {
  const auto w = after_four_updates(AdamW{}), same = after_four_updates(Adam{.weight_decay = 0.004});
  CHECK(w.w(0) == same.w(0));
  CHECK(w.w(1) == same.w(1));
  CHECK(w.w(0) != after_four_updates(Adam{}).w(0));
}
