#include "rnnts/kernels/initialize.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

std::vector<double> draw(Initializer how, std::size_t rows, std::size_t columns) {
  std::vector<double> values(rows * columns, 99);
  Random random(seed(5));
  detail::initialize(how, std::span<double>(values), rows, columns, random);
  return values;
}

double variance(const std::vector<double>& values) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  return squares / static_cast<double>(values.size());
}

double largest(const std::vector<double>& values) {
  return std::abs(*std::ranges::max_element(values, {}, [](double v) { return std::abs(v); }));
}

}  // namespace

TEST_CASE("constants") {
  CHECK(draw(zeros, 2, 2) == std::vector<double>(4, 0));
  CHECK(draw(ones, 1, 3) == std::vector<double>(3, 1));
  CHECK(draw(constant(0.5), 1, 2) == std::vector<double>(2, 0.5));
}

TEST_CASE("initializers have the variance of their formula") {
  constexpr std::size_t rows = 300, columns = 500;
  const auto [how, expected] = GENERATE(table<Initializer, double>({
      {glorot_uniform, 2.0 / (300 + 500)},
      {glorot_normal, 2.0 / (300 + 500)},
      {he_uniform, 2.0 / 300},
      {he_normal, 2.0 / 300},
      {lecun_uniform, 1.0 / 300},
      {lecun_normal, 1.0 / 300},
      {random_uniform(), 0.1 * 0.1 / 12},
      {random_normal(), 0.05 * 0.05},
      {truncated_normal(), 0.05 * 0.05 * 0.7737},
      {orthogonal(), 1.0 / 500},
      {orthogonal(2), 4.0 / 500},
  }));
  CHECK_THAT(variance(draw(how, rows, columns)), WithinRel(expected, 0.02));
}

TEST_CASE("uniform initializers stay within their limits, and use all of them") {
  const double limit = std::sqrt(6.0 / (30 + 50));
  const double found = largest(draw(glorot_uniform, 30, 50));
  CHECK(found <= limit);
  CHECK(found > 0.99 * limit);
}

TEST_CASE("an orthogonal matrix has orthonormal rows or columns, whichever are fewer, large ones too") {
  const auto [rows, columns] = GENERATE(table<std::size_t, std::size_t>(
      {{5, 5}, {7, 3}, {4, 16}, {1, 1}, {64, 64}, {16, detail::orthonormal_in_order_to}, {20 * 1024, 16}}));
  const auto q = draw(orthogonal(), rows, columns);
  const bool wide = columns > rows;
  const std::size_t vectors = wide ? rows : columns, length = wide ? columns : rows;
  const auto at = [&](std::size_t vector, std::size_t i) {
    return wide ? q[vector * columns + i] : q[i * columns + vector];
  };
  for (std::size_t a = 0; a < vectors; ++a) {
    for (std::size_t b = 0; b < vectors; ++b) {
      double dot = 0;
      for (std::size_t i = 0; i < length; ++i) dot += at(a, i) * at(b, i);
      CHECK_THAT(dot, WithinAbs(a == b ? 1 : 0, 1e-13));
    }
  }
}

TEST_CASE("an orthogonal matrix of float is that of double, rounded, up to the size that takes long") {
  const auto differ = [](std::size_t rows, std::size_t columns) {
    std::vector<float> found(rows * columns);
    Random random(seed(5));
    detail::initialize(orthogonal(2), std::span<float>(found), rows, columns, random);
    const auto expected = draw(orthogonal(2), rows, columns);
    double largest = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      largest = std::max(largest, std::abs(double{found[i]} - double{static_cast<float>(expected[i])}));
    }
    return largest;
  };
  CHECK(differ(40, 100) == 0);
  CHECK(differ(16, detail::orthonormal_in_order_to / 16) == 0);
  const double beyond = differ(17, detail::orthonormal_in_order_to / 16);
  CHECK(beyond > 0);
  CHECK(beyond < 1e-6);
}
