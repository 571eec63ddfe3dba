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

TEST_CASE("blocks cover all columns, the widest first") {
  const auto columns_of_blocks = []<std::size_t N>() {
    std::size_t next = 0;
    detail::simd::for_each_block<float, N, 2>([&]<std::size_t first, detail::simd::Block block>() {
      CHECK(first == next);
      CHECK(block.packs <= 2);
      CHECK(block.lanes == detail::simd::lanes<float>(N - first));
      next += block.columns();
    });
    return next;
  };
  CHECK(columns_of_blocks.operator()<1>() == 1);
  CHECK(columns_of_blocks.operator()<7>() == 7);
  CHECK(columns_of_blocks.operator()<64>() == 64);
  CHECK(columns_of_blocks.operator()<99>() == 99);
}

TEST_CASE("blocks of a run cover all of its columns, the widest first, and no more") {
  for (std::size_t columns = 1; columns <= 300; ++columns) {
    std::size_t next = 0, last = ~std::size_t{0};
    detail::simd::for_each_block<float, 16>(columns, [&]<detail::simd::Block block>(std::size_t first) {
      CHECK(first == next);
      CHECK(block.columns() <= last);
      last = block.columns();
      next += block.columns();
    });
    CHECK(next == columns);
  }
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

TEST_CASE("without xsimd a register holds one number") { STATIC_REQUIRE(rnnts::detail::simd::widest<float> == 1); }

#endif
