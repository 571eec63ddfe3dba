#include "rnnts/kernels/quantized_product.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "rnnts/core/random.hpp"
#include "support/catch.hpp"

using namespace rnnts;
using detail::QuantizedMatrix;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity(),
                not_a_number = std::numeric_limits<float>::quiet_NaN();

std::vector<float> random_numbers(std::size_t count) {
  std::vector<float> numbers(count);
  Random random(seed(count));
  for (float& number : numbers) number = static_cast<float>(random.normal());
  return numbers;
}

template <class Q, std::size_t I, std::size_t N> QuantizedMatrix<Q, I, N> random_matrix() {
  Tensor<float, I, N> w;
  std::ranges::copy(random_numbers(I * N), w.begin());
  QuantizedMatrix<Q, I, N> quantized;
  quantized.quantize(w);
  return quantized;
}

/// b + x W by the kernels against the formula in double, whose sums of integers are exact, and against the weights that
/// the integers stand for.
template <class Q, std::size_t I, std::size_t N> void check_product() {
  INFO("I = " << I << ", N = " << N << ", bytes " << sizeof(Q));
  const auto w = random_matrix<Q, I, N>();
  const auto x = random_numbers(I), b = random_numbers(N);
  double largest = 0;
  for (const float number : x) largest = std::max(largest, std::abs(static_cast<double>(number)));
  const double step = largest / (I <= 512 ? 32767.0 : std::floor(16777216.0 / (I + 3) * (1 - 1e-9)));
  for (const bool backwards : {false, true}) {
    std::vector<float> y(N + 2, 7.0f);
    detail::set_row(std::span<const float, N>(b.data(), N), &y[1], detail::row_product(x.data(), w, backwards));
    for (std::size_t n = 0; n < N; ++n) {
      double rounded = b[n], exact = b[n], sum_of_weights = 0, sum_of_terms = std::abs(static_cast<double>(b[n]));
      for (std::size_t i = 0; i < I; ++i) {
        const double scale = w.scales()[n], weight = scale * w.number(i, n);
        rounded += std::round(x[i] / step) * step * weight;
        exact += x[i] * weight;
        sum_of_weights += std::abs(weight);
        sum_of_terms += std::abs(x[i] * weight);
      }
      // A number that is half a step from two may go either way, by the rounding of its quotient.
      if (I <= 512) REQUIRE_THAT(y[n + 1], WithinAbs(rounded, step * 2e-3 * sum_of_weights + 1e-6 * sum_of_terms));
      REQUIRE_THAT(y[n + 1], WithinAbs(exact, step / 2 * 1.001 * sum_of_weights + 1e-6 * sum_of_terms));
    }
    CHECK(y.front() == 7);
    CHECK(y.back() == 7);
  }
}

}  // namespace

TEST_CASE("a product with a quantized matrix is the sum of the rounded terms") {
  check_product<std::int8_t, 1, 1>();
  check_product<std::int8_t, 5, 1>();
  check_product<std::int8_t, 7, 3>();
  check_product<std::int8_t, 16, 64>();
  check_product<std::int8_t, 33, 87>();
  check_product<std::int16_t, 6, 21>();
  check_product<std::int16_t, 512, 5>();
  check_product<std::int8_t, 515, 4>();
}

TEST_CASE("rows times a quantized matrix are added to what is there, row by row") {
  constexpr std::size_t rows = 3, I = 9, N = 13;
  const auto w = random_matrix<std::int8_t, I, N>();
  const auto x = random_numbers(rows * I);
  auto y = random_numbers(rows * N), expected = y;
  for (std::size_t row = 0; row < rows; ++row) {
    detail::add_row(&expected[row * N], detail::row_product(&x[row * I], w));
  }
  detail::add_product(Rows<const float, I>{x.data(), rows}, w, Rows<float, N>{y.data(), rows});
  CHECK(y == expected);
}

TEST_CASE("the kernel in registers gives the sums of plain loops") {
  if constexpr (detail::simd::has_pair_products) {
    constexpr std::size_t I = 18, N = 61;
    const auto w = random_matrix<std::int8_t, I, N>();
    const auto numbers = random_numbers(I);
    const detail::QuantizedRow<I> x(numbers.data());
    std::array<std::int32_t, N> expected, found;
    detail::naive::set_sums<I, N, QuantizedMatrix<std::int8_t, I, N>>(x, w.words(0), false, expected.data());
    detail::simd::for_each_block<float, N, detail::tiles::row_sums>(
        [&]<std::size_t first, detail::simd::Block block>() {
          detail::tiles::set_sums<block, N>(first, x, w.words(0), true, found.data());
        });
    CHECK(found == expected);
  }
}

TEST_CASE("the largest sums of a quantized product do not overflow") {
  const auto check = []<std::size_t I, class Q>(Q largest) {
    std::vector<Q> numbers(I, largest);
    QuantizedMatrix<Q, I, 1> w;
    w.set(std::span<const Q, I>(numbers.data(), I), std::array{1.0f});
    const std::vector<float> x(I, -1.0f);
    float y = 0;
    detail::add_row(&y, detail::row_product(x.data(), w));
    CHECK(y == Approx(-static_cast<float>(I) * static_cast<float>(largest)));
  };
  check.operator()<512>(std::int8_t{127});
  check.operator()<513>(std::int8_t{127});
  check.operator()<2000>(std::int8_t{127});
  check.operator()<512>(std::int16_t{32640 - 1});
  check.operator()<512>(std::int16_t{-128});  // whose lower byte is the most negative
}

TEST_CASE("a row is rounded to multiples of its largest number, and zeros stay zeros") {
  const auto numbers = [](std::array<float, 5> x) {
    const detail::QuantizedRow<5> row(x.data());
    CHECK(std::ranges::all_of(std::span(row.numbers).subspan(5), [](int number) { return number == 0; }));
    return std::vector<int>(row.numbers, row.numbers + 5);
  };
  CHECK(numbers({2, -1, 0, 1, -2}) == std::vector{32767, -16384, 0, 16384, -32767});
  CHECK(numbers({0, 0, 0, 0, 0}) == std::vector{0, 0, 0, 0, 0});
  CHECK(numbers({1e-40f, 0, 0, 0, 0}) == std::vector{0, 0, 0, 0, 0});
  CHECK(numbers({3e38f, -3e38f, 0, 0, 1}) == std::vector{32767, -32767, 0, 0, 0});
}

TEST_CASE("a row that is not finite has a product that is not") {
  const auto w = random_matrix<std::int8_t, 6, 20>();
  for (const float number : {not_a_number, infinity, -infinity}) {
    std::vector<float> x(6, 0.5f), y(20);
    x[4] = number;
    detail::add_row(y.data(), detail::row_product(x.data(), w));
    CHECK(std::ranges::none_of(y, [](float value) { return std::isfinite(value); }));
  }
}

TEST_CASE("sums with a float matrix take it first or second") {
  const auto w = random_matrix<std::int8_t, 6, 20>();
  Tensor<float, 2, 20> u;
  std::ranges::copy(random_numbers(40), u.begin());
  const auto x = random_numbers(6), h = random_numbers(2);
  std::array<float, 20> first, second, of_w, of_u;
  const std::span<const float, 0> none;
  detail::set_row(none, first.data(), detail::row_product(x.data(), w), detail::row_product(h.data(), u));
  detail::set_row(none, second.data(), detail::row_product(h.data(), u), detail::row_product(x.data(), w));
  detail::set_row(none, of_w.data(), detail::row_product(x.data(), w));
  detail::set_row(none, of_u.data(), detail::row_product(h.data(), u));
  for (std::size_t n = 0; n < 20; ++n) {
    CHECK_THAT(first[n], WithinAbs(of_w[n] + of_u[n], 1e-5));
    CHECK_THAT(second[n], WithinAbs(of_w[n] + of_u[n], 1e-5));
  }
}
