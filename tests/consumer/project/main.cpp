// A net that nobody has trained gives what it is made of: 64 times its one weight. Returns 0 if so. All headers are included, and the
// product is one for the BLAS, so that linking it is tested too; readme/main.cpp is a program that trains.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <rnnts/rnnts.hpp>

int main() {
  rnnts::Sequential<float, rnnts::Input<64, 1>, rnnts::Flatten, rnnts::Dense<64>> model{rnnts::seed(7)};
  for (const auto& weight : model.weights()) std::ranges::fill(weight.values, 0.25f);  // the bias too
  const auto y = model.predict(xt::xtensor<float, 3>(xt::xtensor<float, 3>::shape_type{32, 1, 64}, 1.0f));
  std::printf("rnnts %d.%d.%d, BLAS %d: %g\n", RNNTS_VERSION_MAJOR, RNNTS_VERSION_MINOR, RNNTS_VERSION_PATCH, RNNTS_WITH_BLAS, y(31, 63));
  return std::abs(y(31, 63) - 16.25f) < 1e-4f ? 0 : 1;
}
