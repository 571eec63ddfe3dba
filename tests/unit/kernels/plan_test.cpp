#include "rnnts/kernels/plan.hpp"

#include "support/catch.hpp"

using namespace rnnts;
using detail::Kernel;
using detail::product_plan;

TEST_CASE("the build option decides whether there is a BLAS") {
  CHECK(detail::with_blas == (RNNTS_WITH_BLAS == 1));
  STATIC_REQUIRE(product_plan(512, 512).may_use_blas() == detail::with_blas);
  STATIC_REQUIRE_FALSE(product_plan(2, 2048).may_use_blas() && detail::with_simd);
  STATIC_REQUIRE_FALSE(product_plan(8, 8).may_use_blas());
}

TEST_CASE("weights of a few rows stay in registers, others run in tiles, and narrow ones in plain loops") {
  const auto with_registers = [](Kernel kernel) { return detail::with_simd ? kernel : Kernel::naive; };
  CHECK(product_plan(1, 16).kernel == with_registers(Kernel::few_terms));
  CHECK(product_plan(3, 4).kernel == with_registers(Kernel::few_terms));
  CHECK(product_plan(4, 8).kernel == with_registers(Kernel::tiles));
  CHECK(product_plan(512, 512).kernel == with_registers(Kernel::tiles));
  STATIC_REQUIRE(product_plan(0, 16).kernel == Kernel::naive);
  STATIC_REQUIRE(product_plan(1, 3).kernel == Kernel::naive);
  STATIC_REQUIRE(product_plan(4, 7).kernel == Kernel::naive);
}

TEST_CASE("without SIMD registers no layer has samples in their lanes") {
  STATIC_REQUIRE((detail::lanes_below_units > 0) == detail::with_simd);
}
