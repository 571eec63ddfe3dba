#include "rnnts/model/finite_outputs.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/tensor/xtensor.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

Sequential<float, Input<1>, SimpleRNN<3>, Dense<1>> with_bias(float bias) {
  Sequential<float, Input<1>, SimpleRNN<3>, Dense<1>> model{seed(1)};
  model.set_weight("1.dense.bias", std::vector{bias});
  return model;
}

const std::vector<float> window{1, 2, 3};

}  // namespace

TEST_CASE("predict refuses weights that are not finite, and names the first") {
  const auto model = with_bias(not_a_number);
  const auto message = "predict: weight \"1.dense.bias\" has a number that is not finite: nan";
  CHECK_THROWS_AS(model.predict(window), Error);
  CHECK_THROWS_WITH(model.predict(window), message);
  CHECK_THROWS_WITH(model.predict(std::vector{window, window}), message);
}

TEST_CASE("predict returns numbers that are not finite where it is asked to") {
  CHECK(std::isnan(with_bias(not_a_number).predict(window, {.allow_non_finite = true})(0)));
}

TEST_CASE("predict names the window of a tensor that has a number that is not finite") {
  xt::xtensor<float, 3> windows = xt::zeros<float>({300, 2, 1});
  windows(290, 1, 0) = not_a_number;
  CHECK_THROWS_AS(with_bias(1).predict(windows), DataError);
  CHECK_THROWS_WITH(with_bias(1).predict(windows), "predict: window 290, step 1: expected a finite number, found nan");
}

TEST_CASE("predict says where an output has overflowed") {
  Sequential<float, Input<1>, Dense<1>, Dense<1>> model;
  model.set_weight("0.dense.kernel", std::vector{3e38f});
  model.set_weight("1.dense.kernel", std::vector{3e38f});
  CHECK_THROWS_WITH(model.predict(std::vector<std::vector<float>>{{0}, {1}}),
                    "predict: the output for window 1 is not finite, though all weights and inputs are: a number in "
                    "between grew too large");
}
