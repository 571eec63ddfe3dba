#include "rnnts/kernels/blas.hpp"

#include <vector>

#include "rnnts/kernels/plan.hpp"
#include "support/catch.hpp"

#if RNNTS_WITH_BLAS

TEMPLATE_TEST_CASE("the BLAS adds a product, of the left operand as it is or transposed", "", float, double) {
  using T = TestType;
  const std::vector<T> a{1, 2, 3, 4, 5, 6};           // (2,3): 1 2 3 / 4 5 6
  const std::vector<T> transposed{1, 4, 2, 5, 3, 6};  // the same, stored as (3,2)
  const std::vector<T> b{1, 0, 0, 1, 1, 1};           // (3,2)
  std::vector<T> c(4, 100);
  rnnts::detail::blas::add_product(rnnts::detail::blas::Left::plain, 2, 2, 3, a.data(), b.data(), c.data());
  CHECK(c == std::vector<T>{104, 105, 110, 111});
  rnnts::detail::blas::add_product(rnnts::detail::blas::Left::transposed, 2, 2, 3, transposed.data(), b.data(),
                                   c.data());
  CHECK(c == std::vector<T>{108, 110, 120, 122});
}

TEST_CASE("a BLAS that does not know the processor is told by its kernels") {
  CHECK(rnnts::detail::blas::is_fallback("Prescott"));
  CHECK_FALSE(rnnts::detail::blas::is_fallback("SkylakeX"));
  CHECK_FALSE(rnnts::detail::blas::is_fallback("Zen"));
}

#else

TEST_CASE("without a BLAS there is none") { CHECK_FALSE(rnnts::detail::with_blas); }

#endif
