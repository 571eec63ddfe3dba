#include "rnnts/layers/average_pooling1d.hpp"

#include <vector>

#include "rnnts/layers/input.hpp"
#include "support/dynamic_form.hpp"
#include "support/layer_runs.hpp"

using namespace rnnts;

namespace {

template <std::size_t pool, std::size_t strides = pool>
using Of = AveragePooling1D<pool, strides>::template Layer<double, sequence_shape(any_steps, 1)>;

}  // namespace

TEST_CASE("average pooling gives the means of windows, and drops steps that do not fill one") {
  CHECK(run<Of<2>>({}, {1, 3, 5, 9, 100}, 1) == std::vector{2.0, 7.0});
  CHECK(run<Of<3, 1>>({}, {1, 2, 6, 4, 5}, 1) == std::vector{3.0, 4.0, 5.0});
  CHECK(run<Of<1, 2>>({}, {1, 2, 3}, 1) == std::vector{1.0, 3.0});
  CHECK(run<Of<2>>({}, {1, 10, 3, 30}, 2) == std::vector{2.0, 20.0});  // two samples
  CHECK(run_backward<Of<2, 1>>({1, 2, 3, 4}, {2, 4, 8}, 1) == std::vector{1.0, 3.0, 6.0, 4.0});
  CHECK(run_backward<Of<2>>({1, 2, 3}, {2}, 1) == std::vector{1.0, 1.0, 0.0});
}

TEST_CASE("steps that average pooling gives") {
  STATIC_REQUIRE(AveragePooling1D<>::Layer<float, sequence_shape(7, 3)>::output == sequence_shape(3, 3));
  STATIC_REQUIRE(Of<3, 2>::output == sequence_shape(any_steps, 1));
  STATIC_REQUIRE(Of<3, 2>::output_steps(8) == 3);
  CHECK_THROWS_AS(Of<3>::output_steps(2), ShapeError);
  CHECK_THROWS_WITH(Of<3>::output_steps(2), "average_pooling1d: expected at least 3 steps, found 2");
}

TEST_CASE("gradients of average pooling agree with differences") {
  check_gradients(gradcheck_both<AveragePooling1D<>, Input<2>>({.steps = 5}));
  check_gradients(gradcheck_both<AveragePooling1D<3, 1>, Input<2>>({.steps = 7, .batch = 1}));
  check_gradients(gradcheck_both<AveragePooling1D<2, 3>, Input<1>>({.steps = 7, .batch = 5}));
  check_gradients_of<AveragePooling1D<1>, Input<2>>();
  check_gradients(gradcheck_both<AveragePooling1D<2, 1>, Input<2>>({.steps = 6, .batch = 3, .lengths = {2, 6, 5}}));
}
