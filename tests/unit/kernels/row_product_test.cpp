#include "rnnts/kernels/row_product.hpp"

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "rnnts/core/random.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

enum class Variants { one, all };

/// Against plain sums: of two products and a bias, or also without one of them, and by plain loops. y is not aligned.
template <std::size_t I, std::size_t J, std::size_t N, class T, Variants variants = Variants::one> void check_row() {
  Random random(seed(N * 100 + I));
  const auto fill = [&](auto& numbers) {
    for (T& number : numbers) number = static_cast<T>(random.normal());
  };
  Tensor<T, I> x;
  Tensor<T, J> h;
  Tensor<T, N> bias;
  Tensor<T, I, N> w;
  Tensor<T, J, N> u;
  fill(x), fill(h), fill(bias), fill(w), fill(u);

  std::vector<T> y(N + 2, T(7));
  const auto check = [&](bool has_bias, bool has_second) {
    const double tolerance = sizeof(T) == 8 ? 1e-13 : 1e-4;
    for (std::size_t n = 0; n < N; ++n) {
      T sum = has_bias ? bias(n) : T(0);
      for (std::size_t i = 0; i < I; ++i) sum += x(i) * w(i, n);
      for (std::size_t j = 0; has_second && j < J; ++j) sum += h(j) * u(j, n);
      INFO("I = " << I << ", J = " << J << ", N = " << N << ", at " << n);
      REQUIRE_THAT(static_cast<double>(y[n + 1]), WithinAbs(static_cast<double>(sum), tolerance));
    }
    CHECK(y.front() == 7);
    CHECK(y.back() == 7);
    y.assign(N + 2, T(7));
  };
  const RowProduct first(x.data(), w);
  const RowProduct second(h.data(), u);
  set_row(std::as_const(bias).flat(), &y[1], first, second);
  check(true, true);
  if constexpr (variants == Variants::all) {
    const std::span<const T, 0> no_bias;
    set_row(no_bias, &y[1], first, second);
    check(false, true);
    set_row(std::as_const(bias).flat(), &y[1], first);
    check(true, false);
    naive::set_row(bias.data(), &y[1], first, second);
    check(true, true);
    naive::set_row(static_cast<const T*>(nullptr), &y[1], first);
    check(false, false);
  }
}

}  // namespace

// Each size is compiled by itself; sizes of double, whose registers hold half as many, end where they repeat themselves.

TEST_CASE("a row times weights, of any number of columns") {
  [&]<std::size_t... n>(std::index_sequence<n...>) {
    (check_row<1, 6, n + 1, float>(), ...);
  }(std::make_index_sequence<70>{});
  [&]<std::size_t... n>(std::index_sequence<n...>) {
    (check_row<1, 6, n + 1, double>(), ...);
  }(std::make_index_sequence<17>{});
}

TEMPLATE_TEST_CASE("a row times weights, with and without a bias, and of one product", "", float, double) {
  check_row<1, 4, 1, TestType, Variants::all>();
  check_row<2, 5, 3, TestType, Variants::all>();
  check_row<3, 9, 23, TestType, Variants::all>();
}

TEMPLATE_TEST_CASE("a row times weights, of more columns than registers hold", "", float, double) {
  check_row<2, 5, 128, TestType, Variants::all>();
  check_row<1, 9, 256, TestType>();
  check_row<3, 4, 300, TestType>();
}

TEST_CASE("a row times weights, of any number of terms") {
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    (check_row<i + 1, 2, 1, float>(), ...);
  }(std::make_index_sequence<70>{});
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    (check_row<i + 1, 2, 1, double>(), ...);
    (check_row<i + 1, 3, 20, float>(), ...);
  }(std::make_index_sequence<9>{});
}
