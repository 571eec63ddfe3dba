#include "rnnts/kernels/pooling.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

// Three steps of two samples with two features each: sample 0 in the first row of each step.
const std::vector<double> x{1, 9, 4, 0,  //
                            5, 2, 8, 1,  //
                            3, 9, 0, 0};
const Sequence<const double, 2> sequence{x.data(), 3, 2};

}  // namespace

TEST_CASE("the mean over steps of one sample, and its gradient") {
  std::vector<double> y{-1, -1};
  detail::mean_of_steps(sequence, 0, 1, 2, Rows<double, 2>{y.data(), 1});
  CHECK(y == std::vector{4.0, 5.5});
  std::vector<double> dx(12, 1);
  const std::vector dy{2.0, 8.0};
  detail::mean_of_steps_backward({dy.data(), 1}, 0, 1, 2, Sequence<double, 2>{dx.data(), 3, 2});
  CHECK(dx == std::vector<double>{1, 1, 1, 1, 2, 5, 1, 1, 2, 5, 1, 1});
}

TEST_CASE("the maximum over steps of one sample, and its gradient, which goes to the first one") {
  std::vector<double> y{-1, -1};
  detail::maximum_of_steps(sequence, 0, 0, 3, Rows<double, 2>{y.data(), 1});
  CHECK(y == std::vector{5.0, 9.0});
  CHECK(detail::first_maximum(sequence, 0, 1, 0, 3) == 0);
  CHECK(detail::first_maximum(sequence, 0, 1, 1, 2) == 2);
  CHECK(detail::first_maximum(sequence, 1, 1, 0, 3) == 1);
  std::vector<double> dx(12, 1);
  const std::vector dy{2.0, 8.0};
  detail::maximum_of_steps_backward(sequence, {dy.data(), 1}, 0, 0, 3, Sequence<double, 2>{dx.data(), 3, 2});
  CHECK(dx == std::vector<double>{1, 9, 1, 1, 3, 1, 1, 1, 1, 1, 1, 1});
}
