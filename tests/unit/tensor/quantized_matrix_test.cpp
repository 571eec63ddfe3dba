#include "rnnts/tensor/quantized_matrix.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "rnnts/core/random.hpp"
#include "support/catch.hpp"

using namespace rnnts;
using detail::QuantizedMatrix;

namespace {

template <std::size_t I, std::size_t N> Tensor<float, I, N> random_matrix(std::size_t number) {
  Tensor<float, I, N> w;
  Random random(seed(number));
  for (float& value : w) value = static_cast<float>(random.normal());
  return w;
}

template <class Q, std::size_t I, std::size_t N> void check_matrix() {
  const auto w = random_matrix<I, N>(I);
  QuantizedMatrix<Q, I, N> quantized;
  quantized.quantize(w);
  std::array<Q, I * N> numbers;
  std::array<float, N> scales;
  for (std::size_t n = 0; n < N; ++n) {
    float largest = 0;
    for (std::size_t i = 0; i < I; ++i) largest = std::max(largest, std::abs(w(i, n)));
    CHECK(quantized.scales()[n] == largest / (sizeof(Q) == 1 ? 127.0f : 32639.0f));
    for (std::size_t i = 0; i < I; ++i) {
      CHECK(quantized.number(i, n) == std::lround(w(i, n) / quantized.scales()[n]));
      CHECK(std::abs(quantized(i, n) - w(i, n)) <= 0.5001f * quantized.scales()[n]);
      numbers[i * N + n] = quantized.number(i, n);
    }
    scales[n] = quantized.scales()[n];
  }
  QuantizedMatrix<Q, I, N> copy;
  copy.quantize(random_matrix<I, N>(3));
  copy.set(numbers, scales);
  for (std::size_t i = 0; i < I; ++i) {
    for (std::size_t n = 0; n < N; ++n) CHECK(copy(i, n) == quantized(i, n));
  }
}

}  // namespace

TEST_CASE("a quantized matrix has the nearest multiples of the scale of each column") {
  check_matrix<std::int8_t, 7, 3>();
  check_matrix<std::int8_t, 1, 1>();
  check_matrix<std::int16_t, 9, 5>();
}

TEST_CASE("a column of zeros stays one, and beside a huge number the others become zero") {
  Tensor<float, 3, 3> w;
  w(0, 1) = 3e38f;
  w(1, 1) = -1;
  w(0, 2) = 1e-45f;  // whose scale is zero
  const auto check = [&]<class Q>(Q largest) {
    QuantizedMatrix<Q, 3, 3> quantized;
    quantized.quantize(w);
    for (std::size_t i = 0; i < 3; ++i) CHECK(quantized(i, 0) == 0);
    CHECK(quantized.number(0, 1) == largest);
    CHECK(quantized.number(1, 1) == 0);
    CHECK(std::isfinite(quantized(0, 1)));
    CHECK(quantized(0, 2) == 0);
  };
  check(std::int8_t{127});
  check(std::int16_t{32639});
}

TEST_CASE("all integers of a matrix are kept as they are") {
  QuantizedMatrix<std::int8_t, 255, 1> bytes;
  std::array<std::int8_t, 255> of_bytes;
  for (int k = -127; k <= 127; ++k) of_bytes[static_cast<std::size_t>(k + 127)] = static_cast<std::int8_t>(k);
  bytes.set(of_bytes, std::array{1.0f});
  for (std::size_t k = 0; k < of_bytes.size(); ++k) REQUIRE(bytes.number(k, 0) == of_bytes[k]);

  static QuantizedMatrix<std::int16_t, 65279, 1> halves;
  static std::array<std::int16_t, 65279> of_halves;
  for (int k = -32639; k <= 32639; ++k) of_halves[static_cast<std::size_t>(k + 32639)] = static_cast<std::int16_t>(k);
  halves.set(of_halves, std::array{1.0f});
  bool is_equal = true;
  for (std::size_t k = 0; k < of_halves.size(); ++k) is_equal = is_equal && halves.number(k, 0) == of_halves[k];
  CHECK(is_equal);
}

TEST_CASE("what a quantized matrix takes is counted in words with the scales") {
  CHECK(QuantizedMatrix<std::int8_t, 16, 64>::bytes == 16 * 64 + 64 * 4);
  CHECK(QuantizedMatrix<std::int8_t, 5, 8>::bytes == 2 * 8 * 4 + 8 * 4);
  CHECK(QuantizedMatrix<std::int16_t, 16, 64>::bytes == 2 * 16 * 64 + 64 * 4);
}
