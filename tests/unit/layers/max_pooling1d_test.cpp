#include "rnnts/layers/max_pooling1d.hpp"

#include <vector>

#include "rnnts/layers/input.hpp"
#include "support/dynamic_form.hpp"
#include "support/layer_runs.hpp"

using namespace rnnts;

namespace {

template <std::size_t pool, std::size_t strides = pool>
using Of = MaxPooling1D<pool, strides>::template Layer<double, sequence_shape(any_steps, 1)>;

}  // namespace

TEST_CASE("max pooling gives the maxima of windows, and drops steps that do not fill one") {
  CHECK(run<Of<2>>({}, {1, 3, 9, 5, 100}, 1) == std::vector{3.0, 9.0});
  CHECK(run<Of<3, 1>>({}, {-1, -2, -6, -4, -5}, 1) == std::vector{-1.0, -2.0, -4.0});
  CHECK(run<Of<1, 2>>({}, {1, 2, 3}, 1) == std::vector{1.0, 3.0});
  CHECK(run<Of<2>>({}, {1, 30, 3, 10}, 2) == std::vector{3.0, 30.0});  // two samples
}

TEST_CASE("the gradient of max pooling goes to the first maximum of each window") {
  CHECK(run_backward<Of<2, 1>>({1, 3, 2, 0}, {2, 4, 8}, 1) == std::vector{0.0, 6.0, 8.0, 0.0});
  CHECK(run_backward<Of<3>>({1, 5, 5}, {2}, 1) == std::vector{0.0, 2.0, 0.0});
}

TEST_CASE("steps that max pooling gives") {
  STATIC_REQUIRE(MaxPooling1D<>::Layer<float, sequence_shape(7, 3)>::output == sequence_shape(3, 3));
  STATIC_REQUIRE(Of<3, 2>::output == sequence_shape(any_steps, 1));
  STATIC_REQUIRE(Of<3, 2>::output_steps(8) == 3);
  CHECK_THROWS_AS(Of<3>::output_steps(2), ShapeError);
  CHECK_THROWS_WITH(Of<3>::output_steps(2), "max_pooling1d: expected at least 3 steps, found 2");
}

TEST_CASE("gradients of max pooling agree with differences") {
  check_gradients(gradcheck_both<MaxPooling1D<>, Input<2>>({.steps = 5}));
  check_gradients(gradcheck_both<MaxPooling1D<3, 1>, Input<2>>({.steps = 7, .batch = 1}));
  check_gradients(gradcheck_both<MaxPooling1D<2, 3>, Input<1>>({.steps = 7, .batch = 5}));
  check_gradients_of<MaxPooling1D<1>, Input<2>>();
  check_gradients(gradcheck_both<MaxPooling1D<2, 1>, Input<2>>({.steps = 6, .batch = 3, .lengths = {2, 6, 5}}));
}
