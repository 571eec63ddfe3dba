#include "rnnts/kernels/few_terms.hpp"

#include <cstddef>
#include <utility>
#include <vector>

#include "rnnts/core/random.hpp"
#include "rnnts/kernels/naive.hpp"
#include "rnnts/tensor/view.hpp"
#include "support/catch.hpp"

#if RNNTS_WITH_XSIMD

using namespace rnnts;

namespace {

/// Both products with weights of (I,N) against the plain loops, from memory that is not aligned.
template <class T, std::size_t I, std::size_t N> void check_products() {
  const double tolerance = sizeof(T) == 8 ? 1e-13 : 1e-4;
  for (const std::size_t rows : {0u, 1u, 2u, 13u}) {
    INFO("I = " << I << ", N = " << N << ", rows = " << rows);
    Random random(seed(N * 100 + rows));
    const auto fill = [&](auto& values) {
      for (T& value : values) value = static_cast<T>(random.normal());
    };
    const auto check = [&](const auto& found, const auto& expected) {
      auto e = expected.begin();
      for (const T value : found) {
        REQUIRE_THAT(static_cast<double>(value), WithinAbs(static_cast<double>(*e++), tolerance));
      }
    };
    std::vector<T> x(rows * I + 1), y(rows * N + 2);
    Tensor<T, I, N> w;
    fill(x);
    fill(y);
    fill(w);
    const Rows<const T, I> x_rows{x.data() + 1, rows};

    auto expected = y;
    few_terms::add_product(x_rows, w, Rows<T, N>{y.data() + 1, rows});
    naive::add_product(x_rows, w, Rows<T, N>{expected.data() + 1, rows});
    check(y, expected);

    auto expected_w = w;
    const Rows<const T, N> dy{y.data() + 1, rows};
    few_terms::add_outer_product(x_rows, dy, w);
    naive::add_outer_product(x_rows, dy, expected_w);
    check(w, expected_w);
  }
}

template <class T, std::size_t I, std::size_t... N> void check_columns(std::index_sequence<N...>) {
  (check_products<T, I, N + 1>(), ...);
}

#ifdef RNNTS_FEW_SIZES  // for the mutation check
constexpr std::size_t most_columns = 13;
#else
constexpr std::size_t most_columns = 70;
#endif

}  // namespace

TEST_CASE("products with weights of one to three rows agree with the plain loops, for 1 to 70 columns") {
  const std::make_index_sequence<most_columns> columns;
  check_columns<float, 1>(columns);
  check_columns<float, 2>(columns);
  check_columns<float, 3>(columns);
  check_products<float, 1, 300>();  // more columns than half of the registers hold, whichever these are
  check_products<float, 3, 200>();
}

TEST_CASE("such products of doubles agree with the plain loops, for 1 to 17 columns") {
  const std::make_index_sequence<17> columns;
  check_columns<double, 1>(columns);
  check_columns<double, 3>(columns);
}

#else

TEST_CASE("without xsimd no weights are kept in registers") { CHECK(RNNTS_WITH_XSIMD == 0); }

#endif
