#include "rnnts/kernels/naive.hpp"

#include <cstddef>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/products.hpp"

using namespace rnnts;

TEST_CASE("a product is added to what is there") {
  const std::vector<double> x{1, 2, 3, 4};  // (2,2)
  Tensor<double, 2, 3> w;
  for (std::size_t i = 0; i < 6; ++i) w.data()[i] = static_cast<double>(i + 1);  // 1 2 3 / 4 5 6
  std::vector<double> y{100, 200, 300, 400, 500, 600};
  detail::naive::add_product(Rows<const double, 2>{x.data(), 2}, w, Rows<double, 3>{y.data(), 2});
  CHECK(y == std::vector<double>{109, 212, 315, 419, 526, 633});
}

TEST_CASE("an outer product is added to what is there") {
  const std::vector<double> x{1, 2, 3, 4}, dy{1, 10, 100, 2, 20, 200};  // (2,2), (2,3)
  Tensor<double, 2, 3> dw;
  for (std::size_t i = 0; i < 6; ++i) dw.data()[i] = static_cast<double>(1000 * (i + 1));
  detail::naive::add_outer_product(Rows<const double, 2>{x.data(), 2}, Rows<const double, 3>{dy.data(), 2}, dw);
  CHECK(std::vector<double>(dw.begin(), dw.end()) == std::vector<double>{1007, 2070, 3700, 4010, 5100, 7000});
}

TEMPLATE_TEST_CASE("products of every small size", "", float, double) {
  const auto check = []<std::size_t I, std::size_t N>(std::index_sequence<I, N>) {
    check_products(
        products_of<TestType, I, N>([](auto x, const auto& w, auto y) { detail::naive::add_product(x, w, y); },
                                    [](auto x, auto y, auto& w) { detail::naive::add_outer_product(x, y, w); }));
  };
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    (check(std::index_sequence<k / 9 + 1, k % 9 + 1>{}), ...);
  }(std::make_index_sequence<81>{});
}
