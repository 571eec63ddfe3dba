#include "rnnts/kernels/unit_packs.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "rnnts/core/random.hpp"
#include "rnnts/tensor/tensor.hpp"
#include "support/catch.hpp"

using namespace rnnts;
using detail::simd::UnitPacks;

namespace {

/// Up to three of the widest registers and some more.
template <class T> constexpr std::make_index_sequence<3 * detail::simd::widest<T> + 5> sizes;

void fill(Random& random, auto& numbers) {
  for (auto& number : numbers) number = static_cast<std::remove_reference_t<decltype(number)>>(random.normal());
}

template <class T, std::size_t N> void check_copies() {
  using Packs = UnitPacks<T, N>;
  std::array<T, N + 2> x, back{};
  std::array<T, Packs::size> y{};
  Random random(seed(N));
  fill(random, x);
  Packs::copy_to(&x[1], y.data());
  for (std::size_t k = 0; k < Packs::size; ++k) {
    const std::size_t n = Packs::first(k / Packs::lanes) + k % Packs::lanes;
    if (n < N) REQUIRE(y[k] == x[n + 1]);
  }
  Packs::copy_from(y.data(), &back[1]);
  for (std::size_t n = 0; n < N; ++n) REQUIRE(back[n + 1] == x[n + 1]);
  CHECK(back.front() == 0);
  CHECK(back.back() == 0);
}

/// y = b + x w + h u in packs, against a plain row of sums, with and without a bias.
template <class T, std::size_t gates, std::size_t N> void check_gates() {
  using Packs = UnitPacks<T, N>;
  if constexpr (Packs::pay(gates, detail::tiles::row_sums)) {
    constexpr std::size_t columns = gates * N;
    Tensor<T, 2> x;
    Tensor<T, N> h;
    Tensor<T, 2, columns> w;
    Tensor<T, N, columns> u;
    Tensor<T, columns> bias;
    Random random(seed(N));
    fill(random, x), fill(random, h), fill(random, w), fill(random, u), fill(random, bias);
    const auto check = [&](auto b) {
      std::array<T, columns> row;
      detail::naive::set_row(b.empty() ? nullptr : b.data(), row.data(), detail::row_product(x.data(), w),
                             detail::row_product(h.data(), u));
      for (const bool backwards : {false, true}) {
        std::array<T, gates * Packs::size + 1> y;
        y.fill(T(7));
        detail::tiles::set_gates<Packs, gates>(b, y.data(), detail::row_product(x.data(), w),
                                               detail::row_product(h.data(), u, backwards));
        for (std::size_t k = 0; k < gates * Packs::size; ++k) {
          const std::size_t in_gate = k % Packs::size;
          const std::size_t n = Packs::first(in_gate / Packs::lanes) + in_gate % Packs::lanes;
          INFO(N << " units, " << gates << " gates, at " << k);
          if (n >= N) continue;  // behind units that do not fill one pack
          REQUIRE_THAT(static_cast<double>(y[k]), WithinAbs(static_cast<double>(row[k / Packs::size * N + n]), 1e-4));
        }
        CHECK(y.back() == 7);
      }
    };
    check(std::as_const(bias).flat());
    check(std::span<const T, 0>());
  }
}

}  // namespace

TEMPLATE_TEST_CASE("units go into packs and back", "", float, double) {
  [&]<std::size_t... n>(std::index_sequence<n...>) { (check_copies<TestType, n + 1>(), ...); }(sizes<TestType>);
}

TEMPLATE_TEST_CASE("the sums of gates go into packs", "", float, double) {
  const auto check = [&]<std::size_t... n>(std::index_sequence<n...>) {
    (check_gates<TestType, 1, n + 1>(), ...);
    (check_gates<TestType, 3, n + 1>(), ...);
    (check_gates<TestType, 4, n + 1>(), ...);
  };
  check(sizes<TestType>);
}

TEST_CASE("packs are for units that do not fill registers") {
  constexpr std::size_t L = detail::simd::widest<float>;
  STATIC_REQUIRE_FALSE(UnitPacks<float, 2 * L>::pay(4, 16));
  STATIC_REQUIRE(UnitPacks<float, 2 * L + 1>::pay(4, 16) == (L > 1));
  STATIC_REQUIRE_FALSE(UnitPacks<float, 2 * L + 1>::pay(4, 8));
  STATIC_REQUIRE_FALSE((L >= 8 && UnitPacks<float, 2 * L + L / 2>::pay(4, 16)));
  STATIC_REQUIRE_FALSE(UnitPacks<float, 1>::pay(4, 16));
  STATIC_REQUIRE_FALSE(UnitPacks<float, 3>::pay(1, 16));
}
