#include "rnnts/layers/gru.hpp"

#include "rnnts/layers/gradcheck.hpp"
#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

void check(const GradcheckResult& result) {
  INFO(result.message());
  CHECK(result);
}

}  // namespace

TEST_CASE("gradients of a GRU agree with differences, for every shape and option") {
  check(gradcheck<GRU<3>, Input<2>>());
  check(gradcheck<GRU<3, Tanh, Sigmoid, GRUOptions{.return_sequences = true}>, Input<2>>({.steps = 6}));
  check(gradcheck<GRU<1>, Input<1>>({.steps = 1, .batch = 1}));
  check(gradcheck<GRU<4, SiLU, HardSigmoid>, Input<1>>({.steps = 5, .batch = 7}));
  check(gradcheck<GRU<4, Tanh, Softplus, GRUOptions{.go_backwards = true, .use_bias = false}>, Input<3>>());
  check(gradcheck<GRU<3, Tanh, Sigmoid, GRUOptions{.reset_after = false}>, Input<2>>());
  check(gradcheck<GRU<3, GELU, Sigmoid, GRUOptions{.return_sequences = true, .use_bias = false, .reset_after = false}>,
                  Input<2>>());
  check(gradcheck<GRU<17>, Input<16>>({.steps = 3, .batch = 5, .tolerance = 1e-5}));
}
