#include "rnnts/model/sequential.hpp"

#include <cmath>
#include <thread>
#include <utility>
#include <vector>

#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/lstm.hpp"
#include "rnnts/layers/simple_rnn.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<1>, SimpleRNN<5>, Dense<1, Sigmoid>>;

}  // namespace

TEST_CASE("the seed decides the weights, which are drawn by the layers' initializers") {
  const Net a{seed(7)}, b{seed(7)}, c{seed(8)};
  CHECK(a.layer<0>().kernel(0, 3) == b.layer<0>().kernel(0, 3));
  CHECK(a.layer<0>().kernel(0, 3) != c.layer<0>().kernel(0, 3));
  for (const float bias : a.layer<0>().bias) CHECK(bias == 0);
  float row = 0;  // the rows of an orthogonal matrix have length 1
  for (std::size_t n = 0; n < 5; ++n) row += a.layer<0>().recurrent_kernel(2, n) * a.layer<0>().recurrent_kernel(2, n);
  CHECK_THAT(row, WithinAbs(1, 1e-6));
  for (const float weight : a.layer<1>().kernel) CHECK(std::abs(weight) <= 1);  // glorot: sqrt(6 / (5 + 1))
}

TEST_CASE("a model is a value") {
  Net model{seed(1)};
  const Net copy = model;
  const float before = copy.layer<1>().bias(0);
  model.layer<1>().bias(0) = 3;
  CHECK(copy.layer<1>().bias(0) == before);
  model = copy;
  CHECK(model.layer<1>().bias(0) == before);
  model.initialize(seed(2));
  CHECK(model.layer<0>().kernel(0, 0) == Net{seed(2)}.layer<0>().kernel(0, 0));
}

TEST_CASE("a model of given weights has these, and draws none") {
  const Net model{seed(1)};
  const Net same{model.parameters()}, zero{Net::Parameters()};
  CHECK(same.layer<0>().recurrent_kernel(2, 3) == model.layer<0>().recurrent_kernel(2, 3));
  for (const auto& weight : zero.weights()) {
    for (const float value : weight.values) CHECK(value == 0);
  }
}

TEMPLATE_TEST_CASE("a model that was moved from is as it was, whatever its size", "",
                   (Sequential<float, Input<1>, LSTM<32>, Dense<1>>),
                   (Sequential<float, Input<1>, LSTM<33>, Dense<1>>)) {
  const std::vector<float> window{0.5f, -1, 2};
  TestType model{seed(1)};
  const float before = model.predict(window)(0);
  TestType other = std::move(model);
  CHECK(other.predict(window)(0) == before);
  CHECK(model.predict(window)(0) == before);  // NOLINT: what this is about
  const TestType copy = model;
  CHECK(copy.predict(window)(0) == before);

  other = TestType{seed(2)};
  model = std::move(other);
  CHECK(other.predict(window)(0) == model.predict(window)(0));
  CHECK(other.predict(window)(0) != before);
  other.initialize(seed(1));
  CHECK(other.predict(window)(0) == before);
  TestType& same = other;
  other = std::move(same);
  CHECK(other.predict(window)(0) == before);

  std::vector<TestType> models;
  for (int k = 0; k < 3; ++k) models.push_back(std::move(other));
  for (const TestType& each : models) CHECK(each.predict(window)(0) == before);
}

TEST_CASE("weights are looked at and set by name") {
  Net model;
  model.set_weight("1.dense.bias", std::vector{0.25f});
  CHECK(model.weight("1.dense.bias").values[0] == 0.25f);
  const Net& constant = model;
  CHECK(constant.weight("0.simple_rnn.recurrent_kernel").shape == std::vector<std::size_t>{5, 5});
  CHECK(constant.weights().size() == 5);
  CHECK_THROWS_AS(constant.weight("dense.bias"), ArgumentError);
}

TEST_CASE("a model too large for the stack is none for ours") {
  // Zeros are drawn at once, an orthogonal matrix of this size takes seconds without optimisation.
  using Large = SimpleRNN<1024, Tanh, SimpleRNNOptions{.recurrent_initializer = zeros}>;
  const Sequential<double, Input<8>, Large, Dense<1>> model{seed(3)};
  STATIC_REQUIRE(sizeof(model) < 64 * 1024);
  CHECK(model.parameter_count() == 8 * 1024 + 1024 * 1024 + 1024 + 1025);
}

TEST_CASE("a const model is used from many threads at once") {
  const Net model{seed(7)};
  std::vector<std::vector<float>> windows(8);
  std::vector<float> expected(8), found(8);
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t t = 0; t < 20; ++t) windows[i].push_back(std::sin(static_cast<float>(i + t)));
    expected[i] = model.predict(windows[i])(0);
  }
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int repeat = 0; repeat < 200; ++repeat) found[i] = model.predict(windows[i])(0);
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(found == expected);
}
