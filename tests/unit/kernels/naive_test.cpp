#include "rnnts/kernels/naive.hpp"

#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace rnnts;

TEST_CASE("a product is added to what is there") {
  const std::vector<double> x{1, 2, 3, 4};  // (2,2)
  Tensor<double, 2, 3> w;
  for (std::size_t i = 0; i < 6; ++i) w.data()[i] = static_cast<double>(i + 1);  // 1 2 3 / 4 5 6
  std::vector<double> y{100, 200, 300, 400, 500, 600};
  naive::add_product(Rows<const double, 2>{x.data(), 2}, w, Rows<double, 3>{y.data(), 2});
  CHECK(y == std::vector<double>{109, 212, 315, 419, 526, 633});
}

TEST_CASE("an outer product is added to what is there") {
  const std::vector<double> x{1, 2, 3, 4}, dy{1, 10, 100, 2, 20, 200};  // (2,2), (2,3)
  Tensor<double, 2, 3> dw;
  for (std::size_t i = 0; i < 6; ++i) dw.data()[i] = static_cast<double>(1000 * (i + 1));
  naive::add_outer_product(Rows<const double, 2>{x.data(), 2}, Rows<const double, 3>{dy.data(), 2}, dw);
  CHECK(std::vector<double>(dw.begin(), dw.end()) == std::vector<double>{1007, 2070, 3700, 4010, 5100, 7000});
}

TEMPLATE_TEST_CASE("products of every small size", "", float, double) {
  using T = TestType;
  const std::size_t rows = 3;
  const auto check = [&]<std::size_t I, std::size_t N>(std::index_sequence<I, N>) {
    INFO("I = " << I << ", N = " << N);
    // Of small whole numbers, so that no sum is rounded.
    std::vector<T> x(rows * I), dy(rows * N), y(rows * N);
    for (std::size_t k = 0; k < x.size(); ++k) x[k] = static_cast<T>(k % 5);
    for (std::size_t k = 0; k < dy.size(); ++k) dy[k] = static_cast<T>(k % 7);
    Tensor<T, I, N> w;
    for (std::size_t k = 0; k < w.size; ++k) w.data()[k] = static_cast<T>(k % 3);
    Tensor<T, I, N> dw = w;
    naive::add_product(Rows<const T, I>{x.data(), rows}, w, Rows<T, N>{y.data(), rows});
    naive::add_outer_product(Rows<const T, I>{x.data(), rows}, Rows<const T, N>{dy.data(), rows}, dw);
    for (std::size_t n = 0; n < N; ++n) {
      for (std::size_t row = 0; row < rows; ++row) {
        T sum = 0;
        for (std::size_t i = 0; i < I; ++i) sum += x[row * I + i] * w(i, n);
        CHECK(y[row * N + n] == sum);
      }
      for (std::size_t i = 0; i < I; ++i) {
        T sum = w(i, n);
        for (std::size_t row = 0; row < rows; ++row) sum += x[row * I + i] * dy[row * N + n];
        CHECK(dw(i, n) == sum);
      }
    }
  };
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    (check(std::index_sequence<k / 9 + 1, k % 9 + 1>{}), ...);
  }(std::make_index_sequence<81>{});
}
