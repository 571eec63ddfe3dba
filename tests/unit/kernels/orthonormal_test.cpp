#include "rnnts/kernels/orthonormal.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

namespace {

template <class T, bool in_order> std::vector<T> draw(std::size_t count, std::size_t length) {
  std::vector<T> q(count * length);
  Random random(seed(5));
  detail::fill_orthonormal<T, in_order>(q.data(), count, length, random);
  return q;
}

std::vector<double> normal_numbers(std::size_t count, bool in_order) {
  std::vector<double> numbers;
  Random random(seed(5));
  while (numbers.size() < count) {
    if (in_order) {
      numbers.push_back(random.normal());
    } else {
      for (const double number : random.two_normals()) numbers.push_back(number);
    }
  }
  numbers.resize(count);
  return numbers;
}

/// Row by row, each twice.
std::vector<double> draw_naively(std::size_t count, std::size_t length, bool in_order) {
  std::vector<double> q = normal_numbers(count * length, in_order);
  const auto dot = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t i = 0; i < length; ++i) sum += q[a * length + i] * q[b * length + i];
    return sum;
  };
  for (std::size_t k = 0; k < count; ++k) {
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t before = 0; before < k; ++before) {
        const double along = dot(k, before);
        for (std::size_t i = 0; i < length; ++i) q[k * length + i] -= along * q[before * length + i];
      }
    }
    const double norm = std::sqrt(dot(k, k));
    for (std::size_t i = 0; i < length; ++i) q[k * length + i] /= norm;
  }
  return q;
}

/// The largest difference of a product of two rows from 0, or from 1 if they are the same.
template <class T> double largest_error(const std::vector<T>& q, std::size_t count) {
  const std::size_t length = q.size() / count;
  double largest = 0;
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      double sum = a == b ? -1 : 0;
      for (std::size_t i = 0; i < length; ++i) sum += double{q[a * length + i]} * double{q[b * length + i]};
      largest = std::max(largest, std::abs(sum));
    }
  }
  return largest;
}

const auto sizes = {
    std::pair<std::size_t, std::size_t>{1, 1}, {1, 40}, {5, 5}, {31, 47}, {33, 64}, {70, 200}, {100, 100}};

}  // namespace

TEST_CASE("rows in order are those of the plain method, to the last digit") {
  for (const auto& [count, length] : sizes)
    CHECK(draw<double, true>(count, length) == draw_naively(count, length, true));
}

TEST_CASE("rows are orthonormal to rounding") {
  for (const auto& [count, length] : sizes) {
    CHECK(largest_error(draw<double, true>(count, length), count) < 16 * std::numeric_limits<double>::epsilon());
    CHECK(largest_error(draw<double, false>(count, length), count) < 16 * std::numeric_limits<double>::epsilon());
    CHECK(largest_error(draw<float, false>(count, length), count) < 16 * double{std::numeric_limits<float>::epsilon()});
  }
}

TEST_CASE("rows not in order are those of the plain method but for rounding") {
  for (const auto& [count, length] : sizes) {
    const auto expected = draw_naively(count, length, false), found = draw<double, false>(count, length);
    for (std::size_t i = 0; i < found.size(); ++i) REQUIRE_THAT(found[i], WithinAbs(expected[i], 1e-11));
  }
}
