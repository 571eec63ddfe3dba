#include "rnnts/kernels/simd.hpp"

#include <array>
#include <cstddef>

#include "support/catch.hpp"

#if RNNTS_WITH_XSIMD

using namespace rnnts;

TEST_CASE("a pack has as many numbers as fit, and not more than are wanted") {
  STATIC_REQUIRE(detail::simd::lanes<float>(1) == 1);
  STATIC_REQUIRE(detail::simd::lanes<float>(3) == 1);
  STATIC_REQUIRE(detail::simd::lanes<float>(7) == 4);
  STATIC_REQUIRE(detail::simd::lanes<double>(3) == 2);
  STATIC_REQUIRE(detail::simd::lanes<float>(1000) == detail::simd::widest<float>);
}

TEMPLATE_TEST_CASE_SIG("packs of any size add, multiply, load and store", "", ((std::size_t L), L), 1, 4, 8) {
  if constexpr (detail::simd::lanes<float>(L) == L) {
    std::array<float, L + 1> in{}, out{};
    for (std::size_t n = 0; n < L; ++n) in[n + 1] = static_cast<float>(n + 1);
    using Pack = detail::simd::Pack<float, L>;
    Pack sum = Pack::load(in.data() + 1);  // from memory that is not aligned
    sum.add_product(Pack::all(3), Pack::load(in.data() + 1));
    sum.add_product(Pack::all(2), Pack::all(5));
    sum.add(Pack::all(0.5f));
    sum.store(out.data() + 1);
    CHECK(out[0] == 0);
    for (std::size_t n = 0; n < L; ++n) CHECK(out[n + 1] == 4 * static_cast<float>(n + 1) + 10.5f);
  }
}

#else

TEST_CASE("without xsimd there are no packs") { CHECK(RNNTS_WITH_XSIMD == 0); }

#endif
