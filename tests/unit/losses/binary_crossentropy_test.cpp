#include "rnnts/losses/binary_crossentropy.hpp"

#include <cmath>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("the crossentropy of a probability") {
  const BinaryCrossentropy loss;
  CHECK_THAT(loss.value(1.0, 0.25), WithinRel(-std::log(0.25), 1e-15));
  CHECK_THAT(loss.value(0.0, 0.25), WithinRel(-std::log(0.75), 1e-15));
  CHECK_THAT(loss.value(0.5, 0.25), WithinRel(-(std::log(0.25) + std::log(0.75)) / 2, 1e-15));
  CHECK_THAT(loss.derivative(1.0, 0.25), WithinRel(-4.0, 1e-15));
  CHECK_THAT(loss.derivative(0.0, 0.25), WithinRel(4.0 / 3, 1e-15));
}

TEST_CASE("probabilities of 0 and 1 give a large loss, not an infinite one") {
  const BinaryCrossentropy loss;
  CHECK_THAT(loss.value(1.0, 0.0), WithinRel(-std::log(1e-7), 1e-12));
  CHECK_THAT(loss.value(1.0, 1.0), WithinRel(1e-7, 1e-6));
  CHECK(loss.derivative(1.0, 0.0) == 0);
  CHECK(loss.derivative(0.0, 1.0) == 0);
}

TEST_CASE("from logits it is the same, without its limits") {
  const BinaryCrossentropy probabilities, logits{.from_logits = true};
  CHECK_THAT(logits.value(0.3, 1.2), WithinRel(probabilities.value(0.3, 1 / (1 + std::exp(-1.2))), 1e-14));
  CHECK(logits.value(0.0, 1000.0) == 1000);
  CHECK(logits.value(1.0, 1000.0) == 0);
  CHECK_THAT(logits.derivative(0.3, 1.2), WithinRel(1 / (1 + std::exp(-1.2)) - 0.3, 1e-14));
}

TEST_CASE("labels are between 0 and 1") {
  for (const bool from_logits : {false, true}) {
    const BinaryCrossentropy loss{.from_logits = from_logits};
    for (const double good : {0.0, 0.25, 1.0}) CHECK_NOTHROW(loss.check_label(good));
    CHECK_THROWS_AS(loss.check_label(-1), DataError);
    CHECK_THROWS_AS(loss.check_label(std::nan("")), DataError);
    CHECK_THROWS_WITH(loss.check_label(2), "bce: expected a number between 0 and 1, found 2");
  }
}
