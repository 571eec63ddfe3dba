#include "rnnts/model/bare_sequential.hpp"

#include <algorithm>
#include <concepts>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/stream.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Small = BareSequential<float, Input<1>, LSTM<2>, Dense<1>>;

consteval Small::Parameters constant_weights() {
  Small::Parameters p;
  auto& [lstm, dense] = p.layers;
  lstm.kernel.fill(0.5f);
  lstm.recurrent_kernel(1, 7) = -1.5f;
  std::ranges::fill(dense.kernel.flat(), 2.0f);
  return p;
}

constinit const Small constant_net{constant_weights()};

}  // namespace

TEST_CASE("the weights of a net are zero at first, and those that it is given") {
  CHECK(std::ranges::count(Small{}.layer<0>().kernel, 0.0f) == 8);
  CHECK(constant_net.layer<0>().kernel(0, 7) == 0.5f);
  CHECK(constant_net.layer<0>().recurrent_kernel(1, 7) == -1.5f);
  CHECK(constant_net.layer<1>().kernel(1, 0) == 2);
}

TEST_CASE("a model is a net, and a stream of either gives the same") {
  using Drawn = Sequential<float, Input<1>, LSTM<2>, Dense<1>>;
  STATIC_REQUIRE(std::derived_from<Drawn, Small>);
  STATIC_REQUIRE(Model<Drawn>);
  STATIC_REQUIRE(detail::LayersWithWeights<Small>);
  STATIC_REQUIRE_FALSE(Model<Small>);
  Drawn model;
  model.parameters() = constant_net.parameters();
  Stream of_net(constant_net);
  Stream of_model(model);
  std::vector<float> window;
  for (const float x : {0.5f, -1.0f, 2.0f}) {
    window.push_back(x);
    const float y = of_net.step(x)[0];
    CHECK(y == of_model.step(x)[0]);
    CHECK_THAT(y, WithinAbs(model.predict(window)(0), 1e-6));
  }
}
