#include "rnnts/kernels/lanes.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
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
  constexpr std::size_t L = detail::lanes::count<T>;
  std::vector<T> rows(x.size());
  for (std::size_t t = 0; t < x.size() / (F * L); ++t) {
    for (std::size_t f = 0; f < F; ++f) {
      for (std::size_t l = 0; l < L; ++l) rows[(t * L + l) * F + f] = x[(t * F + f) * L + l];
    }
  }
  return rows;
}

/// Products with K columns, of which N at a time.
template <class T, std::size_t I, std::size_t N, std::size_t K = N> void check_products() {
  constexpr std::size_t L = detail::lanes::count<T>, steps = 3;
  const auto x = draw<T>(steps * I * L), dy = draw<T>(steps * K * L);
  const auto x_rows = to_rows<T, I>(x), dy_rows = to_rows<T, K>(dy);
  const Rows<const T, I> all_x{x_rows.data(), steps * L};
  const Rows<const T, K> all_dy{dy_rows.data(), steps * L};
  const auto close = [](T a, T b) { return std::abs(a - b) < T(1e-4); };
  INFO("I = " << I << ", N = " << N << ", K = " << K);

  Tensor<T, I, K> w, expected_w;
  w.fill(1);
  expected_w.fill(1);
  detail::lanes::add_outer_product<N>(steps, x.data(), dy.data(), w);
  detail::naive::add_outer_product(all_x, all_dy, expected_w);
  CHECK(std::ranges::equal(w, expected_w, close));

  Tensor<T, K> b;
  for (std::size_t k = 0; k < K; ++k) b(k) = T(k);
  const Tensor<T, K> before = b;
  detail::lanes::add_sum<N>(steps, dy.data(), b.flat());
  for (std::size_t k = 0; k < K; ++k) {
    T of_column = before(k);
    for (std::size_t row = 0; row < steps * L; ++row) of_column += dy_rows[row * K + k];
    CHECK(close(b(k), of_column));
  }

  std::vector<T> z(K * L), expected_z(L * K);
  for (std::size_t k = 0; k < L * K; ++k) expected_z[k] = b(k % K);
  const Rows<T, K> expected_rows{expected_z.data(), L};
  detail::naive::add_product(Rows<const T, I>{x_rows.data(), L}, w, expected_rows);
  const detail::lanes::Product product(x.data(), w), nothing(static_cast<const T*>(nullptr), w);
  detail::lanes::set_product<N>(std::as_const(b).flat(), z.data(), product, nothing);
  CHECK(std::ranges::equal(to_rows<T, K>(z), expected_z, close));
  detail::lanes::set_product<N>(std::span<const T, 0>{}, z.data(), product);
  for (std::size_t k = 0; k < L * K; ++k) expected_z[k] -= b(k % K);
  CHECK(std::ranges::equal(to_rows<T, K>(z), expected_z, close));
  if constexpr (K == N) {
    detail::lanes::add_product(product, z.data());
    for (T& number : expected_z) number *= 2;
    CHECK(std::ranges::equal(to_rows<T, K>(z), expected_z, close));
  }
}

}  // namespace

TEMPLATE_TEST_CASE("products in lanes are those of plain loops", "", float, double) {
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    (check_products<TestType, 2, k + 1>(), ...);
    if constexpr (std::is_same_v<TestType, float>) {
      ((check_products<TestType, 1, k + 1>(), check_products<TestType, 3, k + 1>()), ...);
    }
  }(std::make_index_sequence<7>{});
  check_products<TestType, 15, 15>();
  check_products<TestType, 33, 5>();
  check_products<TestType, 3, 4, 16>();
  check_products<TestType, 16, 5, 15>();
}

TEMPLATE_TEST_CASE("a buffer takes and gives batches of any size", "", float, double) {
  using T = TestType;
  constexpr std::size_t L = detail::lanes::count<T>;
  detail::lanes::Buffer<T, 2> buffer;
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
    CHECK(buffer.at(last, 1)[2 * L - 1] == x[(batch + batch - 1) * 2 + 1]);
    buffer.assign_gradient(Sequence<const T, 2>{x.data(), steps, batch});
    CHECK(buffer.at(last, 1)[L - 1] == (batch % L == 0 ? x[(batch + batch - 1) * 2] : T(0)));

    std::vector<T> last_step(batch * 2);
    buffer.copy_to(Sequence<T, 2>{last_step.data(), 1, batch});
    CHECK(std::ranges::equal(last_step, std::span(x).last(batch * 2)));

    CHECK(buffer.before(last, 0) == nullptr);
    CHECK(buffer.before(last, 2) == buffer.at(last, 1));
    CHECK(buffer.after(last, 1) == buffer.at(last, 2));
    CHECK(buffer.after(last, 2) == nullptr);

    std::vector<T> sum(2 * L, T(1));
    buffer.add_to(sum.data(), last, 1);
    CHECK(sum[L] == 1 + buffer.at(last, 1)[L]);
  }
}

#endif
