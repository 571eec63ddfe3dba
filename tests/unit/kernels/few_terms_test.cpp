#include "rnnts/kernels/few_terms.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "rnnts/kernels/simd.hpp"
#include "support/catch.hpp"
#include "support/products.hpp"

#if RNNTS_WITH_XSIMD

using namespace rnnts;

namespace {

template <class T, std::size_t I, std::size_t N> Products<T> products() {
  return products_of<T, I, N>([](auto x, const auto& w, auto y) { detail::few_terms::add_product(x, w, y); },
                              [](auto x, auto y, auto& w) { detail::few_terms::add_outer_product(x, y, w); });
}

template <class T, std::size_t I, std::size_t... N> void check_columns(std::index_sequence<N...>) {
  (check_products(products<T, I, N + 1>()), ...);
}

#ifdef RNNTS_FEW_SIZES  // for the mutation check
constexpr std::size_t most_columns = 13;
#else
constexpr std::size_t most_columns = std::min<std::size_t>(70, 10 * detail::simd::widest<float>);
#endif

}  // namespace

TEST_CASE("products with weights of one to three rows agree with three loops, for any number of columns") {
  const std::make_index_sequence<most_columns> columns;
  check_columns<float, 1>(columns);
  check_columns<float, 2>(columns);
  check_columns<float, 3>(columns);
  check_products(products<float, 1, 300>());  // more columns than half of the registers hold, whichever these are
  check_products(products<float, 3, 200>());
}

TEST_CASE("such products of doubles agree with three loops, for 1 to 17 columns") {
  const std::make_index_sequence<17> columns;
  check_columns<double, 1>(columns);
  check_columns<double, 3>(columns);
}

#else

TEST_CASE("without xsimd no weights are kept in registers") { CHECK(RNNTS_WITH_XSIMD == 0); }

#endif
