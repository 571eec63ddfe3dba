#include "rnnts/layers/global_max_pooling1d.hpp"

#include <vector>

#include "rnnts/layers/input.hpp"
#include "support/dynamic_form.hpp"
#include "support/layer_runs.hpp"

using namespace rnnts;

using L = GlobalMaxPooling1D::Layer<double, sequence_shape(any_steps, 2)>;

TEST_CASE("global max pooling gives the maximum of all steps, of each sample's own") {
  STATIC_REQUIRE(L::output == vector_shape(2));
  const std::vector<double> x{1, 50, -2, -20,  // one step of two samples
                              3, 50, -4, -10,  //
                              8, 40, 9,  90};
  CHECK(run<L>({}, x, 2) == std::vector{8.0, 50.0, 9.0, 90.0});
  const std::vector<std::size_t> lengths{1, 2};
  CHECK(run<L>({}, x, 2, lengths.data()) == std::vector{1.0, 50.0, -2.0, -10.0});
  CHECK(run_backward<L>(x, {2, 4, 6, 8}, 2, lengths.data()) == std::vector<double>{2, 4, 6, 0, 0, 0, 0, 8, 0, 0, 0, 0});
}

TEST_CASE("the gradient of global max pooling goes to the first of equal maxima") {
  const std::vector<double> x{1, 5, 2, 5, 2, 1};
  CHECK(run_backward<L>(x, {1, 1}, 1) == std::vector<double>{0, 1, 1, 0, 0, 0});
}

TEST_CASE("gradients of global max pooling agree with differences") {
  check_gradients_of<GlobalMaxPooling1D, Input<3>>();
  check_gradients(gradcheck_both<GlobalMaxPooling1D, Input<2, 4>>());
  check_gradients(gradcheck_both<GlobalMaxPooling1D, Input<2>>({.steps = 5, .batch = 3, .lengths = {1, 5, 3}}));
}
