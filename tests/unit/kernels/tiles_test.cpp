#include "rnnts/kernels/tiles.hpp"

#include <concepts>
#include <cstddef>
#include <utility>
#include <vector>

#include "rnnts/core/random.hpp"
#include "support/catch.hpp"

#if RNNTS_WITH_XSIMD

using namespace rnnts;

namespace {

template <class T>
using Product = void (*)(std::size_t rows, std::size_t inner, std::size_t N, detail::tiles::Strided<T>, const T*, T*);

/// c (rows,N) += a (rows,inner) b (inner,N) by `add_product` against three loops, from memory that is not aligned. N is
/// no template parameter: the compiler has enough to do with the tiles.
template <class T>
void check_product(Product<T> add_product, std::size_t N, std::size_t rows, std::size_t inner, bool transposed) {
  Random random(seed(N * 100 + rows));
  const auto numbers = [&](std::size_t count) {
    std::vector<T> values(count + 1);
    for (T& value : values) value = static_cast<T>(random.normal());
    return values;
  };
  const auto a = numbers(rows * inner), b = numbers(inner * N);
  auto c = numbers(rows * N);
  auto expected = c;
  const std::size_t row_stride = transposed ? 1 : inner, inner_stride = transposed ? rows : 1;
  add_product(rows, inner, N, {a.data() + 1, row_stride, inner_stride}, b.data() + 1, c.data() + 1);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t i = 0; i < inner; ++i) {
      for (std::size_t n = 0; n < N; ++n) {
        expected[1 + r * N + n] += a[1 + r * row_stride + i * inner_stride] * b[1 + i * N + n];
      }
    }
  }
  const double tolerance = sizeof(T) == 8 ? 1e-13 : 1e-4;
  for (std::size_t k = 0; k < c.size(); ++k) {
    INFO("N = " << N << ", rows = " << rows << ", inner = " << inner << ", at " << k);
    REQUIRE_THAT(static_cast<double>(c[k]), WithinAbs(static_cast<double>(expected[k]), tolerance));
  }
}

/// Odd and even numbers of rows and terms, and a as it stands and transposed, for N columns.
template <class T> void check_columns(Product<T> add_product, std::size_t N) {
  for (const std::size_t rows : {1u, 2u, 7u, 11u, 13u}) {
    for (const std::size_t inner : {0u, 1u, 6u, 17u}) {
      check_product(add_product, N, rows, inner, false);
      check_product(add_product, N, rows, inner, true);
    }
  }
}

/// Each of these numbers of columns, known to the compiler and only to a run.
template <class T, std::size_t... N> void check_columns(std::index_sequence<N...>) {
  const auto check = []<std::size_t columns>() {
    check_columns<T>([](std::size_t rows, std::size_t inner, std::size_t, detail::tiles::Strided<T> a, const T* b,
                        T* c) { detail::tiles::add_product<columns>(rows, inner, a, b, c); },
                     columns);
    check_columns<T>(detail::tiles::add_product, columns);
  };
  (check.template operator()<N>(), ...);
}

/// 1, 2, …, `largest`. For the mutation check, which compiles tiles for each of these a hundred times, two numbers that
/// have tiles of all kinds.
#ifdef RNNTS_FEW_SIZES
template <std::size_t largest> constexpr std::index_sequence<3, largest == 70 ? 13 : 5> numbers_to;
#else
template <std::size_t largest>
constexpr auto numbers_to = []<std::size_t... n>(std::index_sequence<n...>) {
  return std::index_sequence<n + 1 ...>{};
}(std::make_index_sequence<largest>{});
#endif

/// Nothing where tiles for wide rows are as all others. (A template, so that nothing is compiled there either.)
template <class T> void check_wide_columns() {
  if constexpr (detail::simd::registers == 32 && std::same_as<T, float>)
    check_columns<T>(std::index_sequence<384, 451>{});
}

}  // namespace

TEST_CASE("tiles of floats agree with three loops for 1 to 70 columns, with odd numbers of rows and terms") {
  check_columns<float>(numbers_to<70>);
}

TEST_CASE("tiles for wide rows, which have a shape of their own with 32 registers, agree with three loops") {
  check_wide_columns<float>();
}

// Every number up to two registers of the widest kind.
TEST_CASE("tiles of doubles agree with three loops for 1 to 17 columns, with odd numbers of rows and terms") {
  check_columns<double>(numbers_to<17>);
}

#else

TEST_CASE("without xsimd there are no tiles") { CHECK(RNNTS_WITH_XSIMD == 0); }

#endif
