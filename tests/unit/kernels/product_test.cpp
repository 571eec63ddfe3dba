#include "rnnts/kernels/product.hpp"

#include <utility>
#include <vector>

#include "rnnts/core/random.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

template <class Container> void randomize(Container& values, Random& random) {
  for (auto& value : values) value = random.normal();
}

void check_equal(const auto& found, const auto& expected) {
  auto e = std::begin(expected);
  for (const double f : found) REQUIRE_THAT(f, WithinAbs(*e++, 1e-12));
}

/// The kernels that `product.hpp` chooses, against the plain loops: for sizes that the compiler knows, or that are left
/// to the arguments.
template <std::size_t I, std::size_t N> void check_products(std::size_t terms = I, std::size_t columns = N) {
  Random random(seed(terms * 1000 + columns));
  for (const std::size_t rows : {1u, 3u, 4u, 5u, 33u, 70u}) {
    INFO("I = " << terms << ", N = " << columns << ", rows = " << rows);
    std::vector<double> x(rows * terms), y(rows * columns);
    Tensor<double, I, N> w;
    w.resize(terms, columns);
    randomize(x, random);
    randomize(y, random);
    randomize(w, random);
    const Rows<const double, I> x_rows{x.data(), rows, terms};

    auto expected = y;
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t i = 0; i < terms; ++i) {
        for (std::size_t n = 0; n < columns; ++n) expected[row * columns + n] += x[row * terms + i] * w(i, n);
      }
    }
    add_product(x_rows, w, Rows<double, N>{y.data(), rows, columns});
    check_equal(y, expected);

    auto expected_w = w;
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t i = 0; i < terms; ++i) {
        for (std::size_t n = 0; n < columns; ++n) expected_w(i, n) += x[row * terms + i] * y[row * columns + n];
      }
    }
    add_outer_product(x_rows, Rows<const double, N>{y.data(), rows, columns}, w);
    check_equal(w, expected_w);

    Tensor<double, N, I> transposed;
    transpose(w, transposed);
    REQUIRE(transposed.size() == w.size());
    for (std::size_t i = 0; i < terms; ++i) {
      for (std::size_t n = 0; n < columns; ++n) REQUIRE(transposed(n, i) == w(i, n));
    }
  }
}

}  // namespace

// tiles_test.cpp has every size.
TEST_CASE("products agree with the plain loops on both sides of the thresholds") {
  [&]<std::size_t... N>(std::index_sequence<N...>) {
    (check_products<N, N>(), ...);
  }(std::index_sequence<1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 32, 33>{});
  check_products<1, 64>();
  check_products<64, 1>();
  check_products<3, 70>();
  check_products<70, 33>();
  check_products<128, 128>();
  check_products<5, 203>();  // wide
}

TEST_CASE("so do products of sizes that only a run knows") {
  for (const std::size_t N : {1u, 2u, 3u, 4u, 5u, 7u, 8u, 9u, 16u, 31u, 32u, 33u, 128u}) {
    check_products<dynamic, dynamic>(N, N);
    check_products<dynamic, dynamic>(1, N);
    check_products<dynamic, dynamic>(N, 3);
  }
  check_products<dynamic, dynamic>(70, 33);
  check_products<dynamic, dynamic>(100, 203);  // wide, and beyond the threshold of the BLAS
  check_products<dynamic, 33>(70, 33);
  check_products<70, dynamic>(70, 33);
}

TEST_CASE("rows are added to what is there") {
  const std::vector<double> x{1, 2, 3, 4};
  std::vector<double> y{10, 20, 30, 40};
  detail::add(Rows<const double, 2>{x.data(), 2}, Rows<double, 2>{y.data(), 2});
  CHECK(y == std::vector<double>{11, 22, 33, 44});
}

TEST_CASE("no rows, no change") {
  Tensor<double, 40, 40> w;
  w.fill(2);
  add_outer_product(Rows<const double, 40>{}, Rows<const double, 40>{}, w);
  CHECK(w(39, 39) == 2);
}

TEST_CASE("a bias is set in every row, its gradient is the sum of the rows, and there may be none") {
  Tensor<double, 2> b;
  b(0) = 1;
  b(1) = 2;
  std::vector<double> y(6, 9);
  const Rows<double, 2> rows{y.data(), 3};
  detail::set_rows(std::as_const(b).flat(), rows);
  CHECK(y == std::vector<double>{1, 2, 1, 2, 1, 2});
  add_sum_of_rows(rows, b.flat());
  CHECK(b(0) == 4);
  CHECK(b(1) == 8);
  Tensor<double, 0> none;
  add_sum_of_rows(rows, none.flat());
  detail::set_rows(std::as_const(none).flat(), rows);
  CHECK(y == std::vector<double>(6, 0));
}
