#include "rnnts/kernels/lanes.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/kernels/naive.hpp"
#include "support/catch.hpp"

#if RNNTS_WITH_XSIMD

using namespace rnnts;

namespace {

template <class T> std::vector<T> draw(std::size_t count) {
  Random random(seed(count));
  std::vector<T> numbers(count);
  for (T& number : numbers) number = static_cast<T>(random.uniform() * 2 - 1);
  return numbers;
}

/// Rows of x are those of all lanes of all steps, (steps * L, F).
template <class T, std::size_t F> std::vector<T> to_rows(const std::vector<T>& x) {
  constexpr std::size_t L = lanes::count<T>;
  std::vector<T> rows(x.size());
  for (std::size_t t = 0; t < x.size() / (F * L); ++t) {
    for (std::size_t f = 0; f < F; ++f) {
      for (std::size_t l = 0; l < L; ++l) rows[(t * L + l) * F + f] = x[(t * F + f) * L + l];
    }
  }
  return rows;
}

template <class T, std::size_t I, std::size_t N> void check_products() {
  constexpr std::size_t L = lanes::count<T>, steps = 3;
  const auto x = draw<T>(steps * I * L), dy = draw<T>(steps * N * L);
  const auto x_rows = to_rows<T, I>(x), dy_rows = to_rows<T, N>(dy);
  INFO("I = " << I << ", N = " << N);

  Tensor<T, I, N> found, expected;
  found.fill(1);
  expected.fill(1);
  lanes::add_outer_product<I, N>(steps, x.data(), dy.data(), found.data());
  naive::add_outer_product(Rows<const T, I>{x_rows.data(), steps * L}, Rows<const T, N>{dy_rows.data(), steps * L},
                           expected);
  const auto close = [](T a, T b) { return std::abs(a - b) < T(1e-4); };
  CHECK(std::ranges::equal(found, expected, close));

  Tensor<T, N> sum;
  sum.fill(2);
  lanes::add_sum<N>(steps, dy.data(), sum.data());
  for (std::size_t n = 0; n < N; ++n) {
    T of_column = 2;
    for (std::size_t row = 0; row < steps * L; ++row) of_column += dy_rows[row * N + n];
    CHECK(close(sum(n), of_column));
  }

  lanes::Pack<T> packs[N];
  for (std::size_t n = 0; n < N; ++n) packs[n] = lanes::Pack<T>::all(T(n));
  lanes::add_product<I>(x.data(), found.data(), packs);
  std::vector<T> y(N * L), y_rows(L * N);
  for (std::size_t n = 0; n < N; ++n) packs[n].store(y.data() + n * L);
  for (std::size_t k = 0; k < L * N; ++k) y_rows[k] = T(k % N);
  naive::add_product(Rows<const T, I>{x_rows.data(), L}, found, Rows<T, N>{y_rows.data(), L});
  CHECK(std::ranges::equal(to_rows<T, N>(y), y_rows, close));
}

}  // namespace

TEMPLATE_TEST_CASE("products in lanes are those of plain loops", "", float, double) {
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    (check_products<TestType, k / 7 + 1, k % 7 + 1>(), ...);
  }(std::make_index_sequence<42>{});
  check_products<TestType, 33, 5>();
}

TEMPLATE_TEST_CASE("a buffer takes and gives batches of any size", "", float, double) {
  using T = TestType;
  constexpr std::size_t L = lanes::count<T>;
  lanes::Buffer<T, 2> buffer;
  for (const std::size_t batch : {std::size_t{1}, L - 1, L, L + 1, 2 * L + 3}) {
    const std::size_t steps = 3, last = (batch - 1) / L;
    const auto x = draw<T>(steps * batch * 2);
    std::vector<T> y(x.size());
    buffer.assign(Sequence<const T, 2>{x.data(), steps, batch});
    CHECK(buffer.groups() == last + 1);
    buffer.copy_to(Sequence<T, 2>{y.data(), steps, batch});
    CHECK(x == y);
    // What fills up the last group is its last sample, and of gradients zero.
    CHECK(buffer.at(last, 1)[L - 1] == x[(batch + batch - 1) * 2]);
    buffer.assign_gradient(1, Rows<const T, 2>{x.data(), batch});
    CHECK(buffer.at(last, 1)[L - 1] == (batch % L == 0 ? x[(batch - 1) * 2] : T(0)));
  }
}

#endif
