#include "rnnts/tensor/named_tensor.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <utility>

#include "rnnts/tensor/xtensor.hpp"
#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("a named tensor is an xtensor expression of its shape, over its own memory") {
  NamedTensor<double> tensor{"0.dense.kernel", {2, 3}, {1, 2, 3, 4, 5, 6}};
  CHECK(std::as_const(tensor).xtensor()(1, 0) == 4);
  tensor.xtensor()(0, 2) = 30;
  CHECK(tensor.values[2] == 30);
}

TEST_CASE("a named tensor may be given without a shape") {
  const NamedTensor<float> state{"0.lstm.h", {1, 2}};
  CHECK(state.shape.empty());
}

TEST_CASE("no shape is that of one number, and another that is not of as many numbers as there are is refused") {
  CHECK(NamedTensor<float>{"scale", {2}}.xtensor()() == 2);
  NamedTensor<float> state{"0.lstm.h", {1, 2}};
  const std::string expected = "\"0.lstm.h\": expected as many numbers as the shape ";
  CHECK_THROWS_WITH(state.xtensor(), expected + "() has, 1, found 2");
  state.shape = {3, 1};
  CHECK_THROWS_WITH(std::as_const(state).xtensor(), expected + "(3, 1) has, 3, found 2");
  constexpr std::size_t half = std::numeric_limits<std::size_t>::max() / 2 + 1;
  state.shape = {half, 2, 1};  // no size_t has their product, which is not 0
  state.values.clear();
  CHECK_THROWS_AS(state.xtensor(), ShapeError);
  state.shape = {0, 4};
  CHECK(state.xtensor().size() == 0);
}
