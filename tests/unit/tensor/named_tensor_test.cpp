#include "rnnts/tensor/named_tensor.hpp"

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
