#include "rnnts/forecast/normal_quantile.hpp"

#include <cmath>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("quantiles of the normal distribution are those of its tables") {
  CHECK(detail::normal_quantile(0.5) == 0);
  CHECK_THAT(detail::normal_quantile(0.9), WithinAbs(1.2815515655446004, 1e-14));
  CHECK_THAT(detail::normal_quantile(0.975), WithinAbs(1.959963984540054, 1e-14));
  CHECK_THAT(detail::normal_quantile(0.025), WithinAbs(-1.959963984540054, 1e-14));
  CHECK_THAT(detail::normal_quantile(0.999), WithinAbs(3.090232306167813, 1e-13));
  for (const double p : {1e-300, 1e-9, 0.3, 0.49999999, 0.6}) {
    CHECK_THAT(std::erfc(-detail::normal_quantile(p) / std::sqrt(2.0)) / 2, WithinRel(p, 1e-11));
  }
}
