#include "rnnts/layers/embedding.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/layers/input.hpp"
#include "rnnts/losses/mean_squared_error.hpp"
#include "rnnts/model/fit.hpp"
#include "rnnts/model/sequential.hpp"
#include "rnnts/model/stream.hpp"
#include "rnnts/optimizers/adam.hpp"
#include "support/dynamic_form.hpp"
#include "support/layer_runs.hpp"

using namespace rnnts;

namespace {

using ThreeByTwo = Embedding<3, 2>::Layer<double, sequence_shape(any_steps, 2)>;

ThreeByTwo::Parameters table() {
  ThreeByTwo::Parameters p;
  double x = 0;
  for (double& weight : p.embeddings) weight = x += 10;
  return p;
}

}  // namespace

TEST_CASE("embedding puts the row of a table in place of the last input") {
  STATIC_REQUIRE(ThreeByTwo::output == sequence_shape(any_steps, 3));
  const std::vector<double> x{7, 0, 8, 2, 9, 1, 5, 1};  // two steps of two samples
  CHECK(run<ThreeByTwo>(table(), x, 2) == std::vector<double>{7, 10, 20, 8, 50, 60, 9, 30, 40, 5, 30, 40});
  CHECK(run_by_steps<ThreeByTwo>(table(), {7, 0, 9, 1, 8, 2}) == std::vector<double>{7, 10, 20, 9, 30, 40, 8, 50, 60});
}

TEST_CASE("embedding of one input is a row alone, as in Keras") {
  using Alone = Embedding<3, 2>::Layer<double, sequence_shape(any_steps, 1)>;
  Alone::Parameters p;
  p.embeddings = table().embeddings;
  CHECK(run<Alone>(p, {2, 0, 1}, 1) == std::vector<double>{50, 60, 10, 20, 30, 40});
  STATIC_REQUIRE(Embedding<3, 2>::Layer<double, vector_shape(1)>::output == vector_shape(2));
}

TEST_CASE("a row of an embedding gets the gradients of all steps and samples that read it, the number none") {
  const std::vector<double> x{7, 0, 8, 2, 9, 2, 5, 2}, dy{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  std::vector<double> y(12), dx(8, -1);
  ThreeByTwo::Parameters dp;
  Nothing tape, workspace;
  ThreeByTwo::backward(table(), {x.data(), 2, 2, nullptr}, tape, {y.data(), 2, 2, nullptr}, {dy.data(), 2, 2, nullptr},
                       workspace, dp, {dx.data(), 2, 2, nullptr});
  CHECK(std::vector<double>(dp.embeddings.begin(), dp.embeddings.end()) ==
        std::vector<double>{2, 3, 0, 0, 5 + 8 + 11, 6 + 9 + 12});
  CHECK(dx == std::vector<double>{1, 0, 4, 0, 7, 0, 10, 0});
  ThreeByTwo::backward(table(), {x.data(), 2, 2, nullptr}, tape, {y.data(), 2, 2, nullptr}, {dy.data(), 2, 2, nullptr},
                       workspace, dp, {});  // of a first layer
  CHECK(dp.embeddings(0, 1) == 6);
}

TEST_CASE("gradients of embedding agree with differences") {
  check_gradients(gradcheck_both<Embedding<4, 3>, Input<3>>({.steps = 7, .batch = 3, .rows = 4}));
  check_gradients(gradcheck_both<Embedding<4, 3>, Input<1>>({.steps = 6, .batch = 1, .rows = 4}));
  check_gradients(gradcheck_both<Embedding<1, 1>, Input<2>>({.steps = 1, .batch = 5, .rows = 1}));
  check_gradients(gradcheck_both<Embedding<5, 2>, Input<2>>({.steps = 5, .batch = 3, .lengths = {2, 5, 1}, .rows = 5}));
  check_gradients(gradcheck<Embedding<4, 3>::Layer<double, vector_shape(2)>>({.steps = 1, .batch = 3, .rows = 4}));
  using Net = Sequential<double, Input<2>, Embedding<4, 3>, GRU<3>, Dense<2>>;
  check_gradients(gradcheck<Net>({.steps = 4, .batch = 3, .rows = 4}));
}

TEST_CASE("an embedding begins uniform between -0.05 and 0.05, unless its options say another") {
  const Sequential<float, Input<1>, Embedding<40, 5>> net{seed(1)};
  float least = 1, most = -1;
  for (const float weight : net.layer<0>().embeddings) {
    least = std::min(least, weight);
    most = std::max(most, weight);
  }
  CHECK((-0.05f <= least && least < -0.04f));
  CHECK((0.04f < most && most < 0.05f));
  const Sequential<float, Input<1>, Embedding<2, 1, EmbeddingOptions{.embeddings_initializer = ones}>> given{seed(1)};
  CHECK(given.layer<0>().embeddings(1, 0) == 1);
  CHECK(net.parameter_count() == 200);
}

TEST_CASE("a number that is no row of an embedding is refused, and gives NaN in a stream") {
  const Sequential<double, Input<2>, Embedding<3, 2>> net{seed(1)};
  const double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  using Windows = std::vector<std::vector<std::vector<double>>>;
  const auto predict = [&](double number) { return net.predict(Windows{{{1, 0}}, {{1, number}}}); };
  CHECK_NOTHROW(predict(2.4));  // 2
  for (const double number : {3.0, -1.0, 2.5, infinity}) {
    CHECK_THROWS_AS(predict(number), DataError);
    Stream stream(net);
    const auto y = stream.step(std::array<double, 2>{1, number});
    CHECK(y[0] == 1);
    CHECK((std::isnan(y[1]) && std::isnan(y[2])));
  }
  CHECK_THROWS_WITH(predict(3), "embedding: expected a whole number from 0 to 2 in the last input, found 3");
  Stream stream(net);
  CHECK(std::isnan(stream.step(std::array<double, 2>{1, nan})[1]));
}

TEST_CASE("an embedding of sizes that the program chooses is that of known ones, and not made of 0") {
  const Sequential<double, Input<2>, Embedding<3, 2>, Dense<1>> known{seed(7)};
  const auto chosen = sequential<double>(Input(2), Embedding(3, 2), Dense(1), seed(7));
  CHECK(chosen.summary() == known.summary());
  CHECK((known.predict(std::vector<std::vector<double>>{{1, 2}, {3, 0}}) ==
         chosen.predict(std::vector<std::vector<double>>{{1, 2}, {3, 0}})));
  CHECK_THROWS_WITH(sequential<double>(Input(2), Embedding(0, 2)),
                    "embedding: expected from 1 to 268435456 rows, found 0");
  CHECK_THROWS_AS(sequential<double>(Input(2), Embedding(3, 0)), ArgumentError);
}
