#include "rnnts/tensor/tensor.hpp"

#include <array>
#include <numeric>
#include <type_traits>
#include <utility>

#include "rnnts/tensor/xtensor.hpp"
#include "support/catch.hpp"

using rnnts::Tensor;

TEMPLATE_TEST_CASE("tensors are zero at first, row-major, and values", "", (Tensor<float, 2, 3>),
                   (Tensor<double, 100, 200>)) {
  TestType tensor;
  for (const auto value : tensor) REQUIRE(value == 0);
  tensor(1, 2) = 5;
  CHECK(tensor.data()[TestType::extents()[1] + 2] == 5);
  TestType copy = tensor;
  copy(1, 2) = 6;
  CHECK(tensor(1, 2) == 5);
  copy.fill(1);
  CHECK(std::accumulate(copy.begin(), copy.end(), 0.0) == static_cast<double>(TestType::size()));
}

TEMPLATE_TEST_CASE("a tensor that was moved from is as it was", "", (Tensor<float, 2, 3>), (Tensor<double, 100, 200>)) {
  TestType tensor;
  tensor(1, 2) = 5;
  TestType copy = std::move(tensor);
  CHECK(copy(1, 2) == 5);
  CHECK(std::accumulate(tensor.begin(), tensor.end(), 0.0) == 5);
  copy(1, 2) = 6;
  tensor = std::move(copy);
  CHECK(tensor(1, 2) == 6);
  CHECK(copy(1, 2) == 6);
  TestType& same = tensor;
  tensor = std::move(same);
  CHECK(tensor(1, 2) == 6);
}

TEST_CASE("small tensors are copied as their bytes are") {
  STATIC_REQUIRE(std::is_trivially_copyable_v<Tensor<float, 2, 3>>);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Tensor<float, 2, 3>>);
}

TEST_CASE("small tensors hold their numbers themselves, large ones do not") {
  STATIC_REQUIRE(Tensor<float, 64, 64>::is_inline);
  STATIC_REQUIRE_FALSE(Tensor<float, 65, 64>::is_inline);
  STATIC_REQUIRE(sizeof(Tensor<double, 1000, 1000>) <= 64);
  STATIC_REQUIRE(sizeof(Tensor<float, 5>) == 5 * sizeof(float));
}

TEST_CASE("a tensor of extent 0 is empty, one without extents a number") {
  STATIC_REQUIRE(Tensor<float, 0>::size() == 0);
  CHECK(Tensor<float, 0>{}.flat().empty());
  Tensor<float> number;
  number() = 3;
  CHECK(*number.data() == 3);
}

TEST_CASE("a small tensor can be a constant") {
  constexpr auto tensor = [] {
    Tensor<float, 2, 2> t;
    t(1, 0) = 4;
    t.flat()[1] = 5;
    return t;
  }();
  STATIC_REQUIRE(tensor(1, 0) == 4);
  STATIC_REQUIRE(tensor.data()[1] == 5);
  STATIC_REQUIRE(*tensor.begin() == 0);
  STATIC_REQUIRE(tensor.end() - tensor.begin() == 4);
}

TEST_CASE("a tensor is an xtensor expression over the same memory") {
  Tensor<double, 2, 3> tensor;
  tensor.xtensor()(1, 0) = 4;
  CHECK(tensor(1, 0) == 4);
  const auto& constant = tensor;
  CHECK(constant.xtensor().shape()[1] == 3);
  const xt::xtensor<double, 2> doubled = 2 * constant.xtensor();
  CHECK(doubled(1, 0) == 8);
}

TEST_CASE("a tensor of a dynamic extent has no numbers until it is resized, and then zeros") {
  Tensor<float, rnnts::dynamic, 3> tensor;
  STATIC_REQUIRE(decltype(tensor)::static_size == rnnts::dynamic);
  STATIC_REQUIRE(Tensor<float, 0, rnnts::dynamic>::static_size == 0);
  CHECK(tensor.size() == 0);
  CHECK(tensor.extents() == std::array<std::size_t, 2>{0, 3});
  tensor.resize(2, 3);
  CHECK(tensor.extents() == std::array<std::size_t, 2>{2, 3});
  for (const float value : tensor) REQUIRE(value == 0);
  tensor(1, 2) = 5;
  CHECK(tensor.flat().back() == 5);
  CHECK(tensor.xtensor()(1, 2) == 5);
  auto moved = std::move(tensor);
  CHECK(tensor(1, 2) == 5);  // as it was
  tensor.resize(4, 3);
  CHECK(tensor.size() == 12);
  CHECK(std::accumulate(tensor.begin(), tensor.end(), 0.0) == 0);
  moved = tensor;
  CHECK(moved.extents() == tensor.extents());
}

TEST_CASE("to resize a tensor whose extents are known leaves it as it is") {
  Tensor<float, 2, 3> tensor;
  tensor.fill(1);
  tensor.resize(7, 7);
  CHECK(tensor.size() == 6);
  CHECK(tensor(1, 2) == 1);
}
