#include "rnnts/layers/global_average_pooling1d.hpp"

#include <vector>

#include "rnnts/layers/input.hpp"
#include "support/dynamic_form.hpp"
#include "support/layer_runs.hpp"

using namespace rnnts;

using L = GlobalAveragePooling1D::Layer<double, sequence_shape(any_steps, 2)>;

TEST_CASE("global average pooling gives the mean of all steps, of each sample's own") {
  STATIC_REQUIRE(L::output == vector_shape(2));
  const std::vector<double> x{1, 10, 2, 20,  // one step of two samples
                              3, 30, 4, 40,  //
                              8, 80, 9, 90};
  CHECK(run<L>({}, x, 2) == std::vector{4.0, 40.0, 5.0, 50.0});
  const std::vector<std::size_t> lengths{2, 1};
  CHECK(run<L>({}, x, 2, lengths.data()) == std::vector{2.0, 20.0, 2.0, 20.0});
  CHECK(run_backward<L>(x, {2, 4, 6, 8}, 2, lengths.data()) == std::vector<double>{1, 2, 6, 8, 1, 2, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("gradients of global average pooling agree with differences") {
  check_gradients_of<GlobalAveragePooling1D, Input<3>>();
  check_gradients(gradcheck_both<GlobalAveragePooling1D, Input<2, 4>>());
  check_gradients(gradcheck_both<GlobalAveragePooling1D, Input<2>>({.steps = 5, .batch = 3, .lengths = {1, 5, 3}}));
}
