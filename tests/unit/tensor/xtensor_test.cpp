#include "rnnts/tensor/xtensor.hpp"

#include <array>
#include <vector>

#include "support/catch.hpp"

TEST_CASE("the bridge brings containers, containers of static shape, and adaptors") {
  const xt::xtensor<float, 2> tensor(std::array<std::size_t, 2>{2, 3}, 1.5f);
  const xt::xtensor_fixed<float, xt::xshape<2>> fixed{1, 2};
  std::vector<float> numbers{1, 2, 3, 4};
  auto adapted = xt::adapt(numbers.data(), numbers.size(), xt::no_ownership(), std::array<std::size_t, 2>{2, 2});
  adapted(1, 1) = 7;
  CHECK(tensor(1, 2) == 1.5f);
  CHECK(fixed(1) == 2);
  CHECK(numbers[3] == 7);
}

TEST_CASE("a tensor is seen as an xtensor expression over its memory, of its shape and constness") {
  rnnts::Tensor<float, 2, 3> tensor;
  rnnts::as_xtensor(tensor)(1, 2) = 5;
  const auto& constant = tensor;
  const auto view = rnnts::as_xtensor(constant);
  CHECK(view(1, 2) == 5);
  CHECK(&view(0, 0) == constant.data());
  CHECK(view.shape() == std::array<std::size_t, 2>{2, 3});
}
