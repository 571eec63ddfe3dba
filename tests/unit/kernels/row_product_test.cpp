#include "rnnts/kernels/row_product.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/kernels/simd.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// What a row is a sum of.   x: (I)   h: (J)   bias: (N)   w: (I,N)   u: (J,N)
template <class T> struct Terms {
  std::vector<T> x, h, bias, w, u;
};

template <class T, std::size_t... Extents> Tensor<T, Extents...> tensor(const std::vector<T>& numbers) {
  Tensor<T, Extents...> result;
  std::ranges::copy(numbers, result.begin());
  return result;
}

/// y = b + x w + h u by `set`, against plain sums, from memory that is not aligned. The sizes are no template
/// parameters: the compiler has enough to do with the kernels.
template <class T>
void check_row(void (*set)(const Terms<T>&, T*), std::size_t I, std::size_t J, std::size_t N, bool has_bias = true,
               bool has_second = true) {
  Random random(seed(N * 100 + I));
  const auto numbers = [&](std::size_t count) {
    std::vector<T> values(count);
    for (T& value : values) value = static_cast<T>(random.normal());
    return values;
  };
  const Terms<T> terms{numbers(I), numbers(J), numbers(N), numbers(I * N), numbers(J * N)};
  std::vector<T> y(N + 2, T(7));
  set(terms, &y[1]);
  const double tolerance = sizeof(T) == 8 ? 1e-13 : 1e-4;
  for (std::size_t n = 0; n < N; ++n) {
    T sum = has_bias ? terms.bias[n] : T(0);
    for (std::size_t i = 0; i < I; ++i) sum += terms.x[i] * terms.w[i * N + n];
    for (std::size_t j = 0; has_second && j < J; ++j) sum += terms.h[j] * terms.u[j * N + n];
    INFO("I = " << I << ", J = " << J << ", N = " << N << ", at " << n);
    REQUIRE_THAT(static_cast<double>(y[n + 1]), WithinAbs(static_cast<double>(sum), tolerance));
  }
  CHECK(y.front() == 7);
  CHECK(y.back() == 7);
}

template <std::size_t I, std::size_t J, std::size_t N, class T> void check_sum() {
  const auto set = [](const Terms<T>& terms, T* y) {
    const auto bias = tensor<T, N>(terms.bias);
    const auto w = tensor<T, I, N>(terms.w);
    const auto u = tensor<T, J, N>(terms.u);
    detail::set_row(bias.flat(), y, detail::row_product(terms.x.data(), w), detail::row_product(terms.h.data(), u));
  };
  check_row<T>(set, I, J, N);
}

/// The same without a bias, without the second product, backwards, and by plain loops.
template <std::size_t I, std::size_t J, std::size_t N, class T> void check_all_sums() {
  check_sum<I, J, N, T>();
  const auto without_bias = [](const Terms<T>& terms, T* y) {
    const auto w = tensor<T, I, N>(terms.w);
    const auto u = tensor<T, J, N>(terms.u);
    detail::set_row(std::span<const T, 0>(), y, detail::row_product(terms.x.data(), w),
                    detail::row_product(terms.h.data(), u));
  };
  check_row<T>(without_bias, I, J, N, false);
  const auto of_one_product = [](const Terms<T>& terms, T* y) {
    const auto bias = tensor<T, N>(terms.bias);
    const auto w = tensor<T, I, N>(terms.w);
    detail::set_row(bias.flat(), y, detail::row_product(terms.x.data(), w));
  };
  check_row<T>(of_one_product, I, J, N, true, false);
  const auto backwards = [](const Terms<T>& terms, T* y) {
    const auto bias = tensor<T, N>(terms.bias);
    const auto w = tensor<T, I, N>(terms.w);
    const auto u = tensor<T, J, N>(terms.u);
    detail::set_row(bias.flat(), y, detail::row_product(terms.x.data(), w),
                    detail::row_product(terms.h.data(), u, true));
  };
  check_row<T>(backwards, I, J, N);
  const auto backwards_by_plain_loops = [](const Terms<T>& terms, T* y) {
    const auto w = tensor<T, I, N>(terms.w);
    const auto u = tensor<T, J, N>(terms.u);
    detail::naive::set_row(terms.bias.data(), y, detail::row_product(terms.x.data(), w, true),
                           detail::row_product(terms.h.data(), u));
  };
  check_row<T>(backwards_by_plain_loops, I, J, N);
  const auto by_plain_loops = [](const Terms<T>& terms, T* y) {
    const auto w = tensor<T, I, N>(terms.w);
    const auto u = tensor<T, J, N>(terms.u);
    detail::naive::set_row(terms.bias.data(), y, detail::row_product(terms.x.data(), w),
                           detail::row_product(terms.h.data(), u));
  };
  check_row<T>(by_plain_loops, I, J, N);
  const auto one_product_by_plain_loops = [](const Terms<T>& terms, T* y) {
    const auto w = tensor<T, I, N>(terms.w);
    detail::naive::set_row(static_cast<const T*>(nullptr), y, detail::row_product(terms.x.data(), w));
  };
  check_row<T>(one_product_by_plain_loops, I, J, N, false, false);
}

/// Sizes that fill several registers, whatever their width, and those beside them.
constexpr std::index_sequence<15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 70> around_registers;

/// Up to two of the widest registers and what is left over then; after that, sizes repeat themselves.
template <class T> constexpr std::make_index_sequence<2 * detail::simd::widest<T> + 3> two_registers;

}  // namespace

// Each size is compiled by itself, which takes its time.

TEST_CASE("a row times weights, of any number of columns") {
  [&]<std::size_t... n>(std::index_sequence<n...>) { (check_sum<1, 6, n + 1, float>(), ...); }(two_registers<float>);
  [&]<std::size_t... n>(std::index_sequence<n...>) { (check_sum<1, 6, n, float>(), ...); }(around_registers);
  [&]<std::size_t... n>(std::index_sequence<n...>) { (check_sum<1, 6, n + 1, double>(), ...); }(two_registers<double>);
}

TEMPLATE_TEST_CASE("a row times weights, with and without a bias, and of one product", "", float, double) {
  check_all_sums<1, 4, 1, TestType>();
  check_all_sums<2, 5, 3, TestType>();
  check_all_sums<3, 9, 23, TestType>();
}

TEMPLATE_TEST_CASE("a row times weights, of more columns than registers hold", "", float, double) {
  check_all_sums<2, 5, 128, TestType>();
  check_sum<1, 9, 256, TestType>();
  check_sum<3, 4, 300, TestType>();
}

TEST_CASE("a row times weights, of any number of terms") {
  [&]<std::size_t... i>(std::index_sequence<i...>) { (check_sum<i, 2, 1, float>(), ...); }(around_registers);
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    (check_sum<i + 1, 2, 1, float>(), ...);
    (check_sum<i + 1, 2, 1, double>(), ...);
    (check_sum<i + 1, 3, 20, float>(), ...);
  }(std::make_index_sequence<9>{});
}

TEST_CASE("weights that do not fit into the first level of a cache are read in turn from the front and from behind") {
  detail::RowOrder<detail::turns_from_bytes> large;
  CHECK((large.next() && !large.next() && large.next()));
  detail::RowOrder<detail::turns_from_bytes - 1> small;
  CHECK((!small.next() && !small.next()));
}

TEMPLATE_TEST_CASE("a row is copied, and nothing beside it", "", float, double) {
  const auto check = [](void (*copy)(const TestType*, TestType*), std::size_t count) {
    std::vector<TestType> x(count + 1), y(count + 2, TestType(-1));
    for (std::size_t k = 0; k < x.size(); ++k) x[k] = static_cast<TestType>(k);
    copy(&x[1], &y[1]);
    INFO("N = " << count);
    CHECK(std::equal(x.begin() + 1, x.end(), y.begin() + 1));
    CHECK(y.front() == -1);
    CHECK(y.back() == -1);
  };
  [&]<std::size_t... n>(std::index_sequence<n...>) {
    (check([](const TestType* x, TestType* y) { detail::copy_row(std::span<const TestType, n + 1>(x, n + 1), y); },
           n + 1),
     ...);
    (check([](const TestType* x, TestType* y) { detail::copy_row(std::span(x, n + 1), y); }, n + 1), ...);
  }(std::make_index_sequence<35>{});
  check([](const TestType* x, TestType* y) { detail::copy_row(std::span<const TestType, 300>(x, 300), y); }, 300);
  check([](const TestType* x, TestType* y) { detail::copy_row(std::span(x, 300), y); }, 300);
}
