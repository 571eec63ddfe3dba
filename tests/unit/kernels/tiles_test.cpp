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

/// c (rows,N) += a (rows,inner) b (inner,N) in tiles against three loops, from memory that is not aligned.
template <std::size_t N, class T> void check_tiles(std::size_t rows, std::size_t inner, bool transposed) {
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
  tiles::add_product<N>(rows, inner, tiles::Strided<T>{a.data() + 1, row_stride, inner_stride}, b.data() + 1,
                        c.data() + 1);
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

}  // namespace

TEMPLATE_TEST_CASE("tiles agree with three loops for any number of columns, with odd numbers of rows and terms", "",
                   float, double) {
  const auto check = []<std::size_t columns>() {
    for (const std::size_t rows : {1u, 2u, 7u, 13u}) {
      for (const std::size_t inner : {0u, 1u, 6u, 17u}) {
        check_tiles<columns, TestType>(rows, inner, false);
        check_tiles<columns, TestType>(rows, inner, true);
      }
    }
  };
  // Every number up to two registers of the widest kind, and those around further ones.
  [&]<std::size_t... N>(std::index_sequence<N...>) {
    (check.template operator()<N + 1>(), ...);
  }(std::make_index_sequence<std::same_as<TestType, float> ? 33 : 17>{});
  [&]<std::size_t... N>(std::index_sequence<N...>) {
    (check.template operator()<N>(), ...);
  }(std::index_sequence<40, 47, 48, 49, 63, 64, 65, 70>{});
  check_tiles<128, TestType>(9, 33, false);
  check_tiles<300, TestType>(5, 3, true);
}

#else

TEST_CASE("without xsimd there are no tiles") { CHECK(RNNTS_WITH_XSIMD == 0); }

#endif
