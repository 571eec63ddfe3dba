#include "rnnts/kernels/dropout.hpp"

#include <algorithm>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("a mask drops the share that was asked for, and keeps the mean") {
  detail::DropoutMask<double, 4> mask;
  Random random(seed(5));
  mask.draw(0.25, 10, 1000, {}, &random);
  REQUIRE(mask.is_active());
  const std::vector<double> ones(40'000, 1);
  std::vector<double> y(ones.size());
  mask.multiply(Rows<const double, 4>{ones.data(), 10'000}, Rows<double, 4>{y.data(), 10'000});
  const auto dropped = std::ranges::count(y, 0.0);
  const auto kept = std::ranges::count(y, 1 / 0.75);
  CHECK(dropped + kept == 40'000);
  CHECK_THAT(static_cast<double>(dropped), WithinAbs(10'000, 350));  // four standard deviations
}

TEST_CASE("a mask multiplies each number by its own factor, in place too") {
  detail::DropoutMask<double, 3> mask;
  Random random(seed(5));
  mask.draw(0.5, 1, 4, {}, &random);
  const std::vector<double> ones(12, 1), x{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  std::vector<double> factors(12), y = x;
  mask.multiply(Rows<const double, 3>{ones.data(), 4}, Rows<double, 3>{factors.data(), 4});
  const Rows<double, 3> rows{y.data(), 4};
  mask.multiply(rows, rows);
  for (std::size_t i = 0; i < 12; ++i) CHECK(y[i] == factors[i] * x[i]);
}

TEST_CASE("there is no mask outside of training, nor at a rate of 0") {
  detail::DropoutMask<float, 2> mask;
  Random random(seed(5));
  mask.draw(0.5, 1, 3, {}, &random);
  CHECK(mask.is_active());
  mask.draw(0.5, 1, 3, {}, nullptr);
  CHECK_FALSE(mask.is_active());
  mask.draw(0, 1, 3, {}, &random);
  CHECK_FALSE(mask.is_active());
}

TEST_CASE("rates are at least 0 and below 1") {
  STATIC_REQUIRE(detail::is_dropout_rate(0));
  STATIC_REQUIRE(detail::is_dropout_rate(0.999));
  STATIC_REQUIRE_FALSE(detail::is_dropout_rate(1));
  STATIC_REQUIRE_FALSE(detail::is_dropout_rate(-0.1));
}
