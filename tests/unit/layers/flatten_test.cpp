#include "rnnts/layers/flatten.hpp"

#include <vector>

#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"
#include "support/dynamic_form.hpp"

using namespace rnnts;

TEST_CASE("flatten puts the steps of each sample behind each other") {
  using L = Flatten::Layer<double, sequence_shape(2, 3)>;
  STATIC_REQUIRE(L::output == vector_shape(6));
  const std::vector<double> x{1, 2, 3, 10, 20, 30, 4, 5, 6, 40, 50, 60};  // step 0 of two samples, then step 1
  std::vector<double> y(12);
  L::Tape tape;
  L::forward({}, {x.data(), 2, 2}, tape, {y.data(), 1, 2});
  CHECK(y == std::vector<double>{1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60});
}

TEST_CASE("gradients of flatten agree with differences") {
  CHECK(gradcheck_both<Flatten, Input<3, 4>>());
  CHECK(gradcheck_both<Flatten, Input<1, 1>>({.batch = 1}));
}
