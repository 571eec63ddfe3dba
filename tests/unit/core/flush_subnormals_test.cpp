#include "rnnts/core/flush_subnormals.hpp"

#include <limits>

#include "support/catch.hpp"

using rnnts::FlushSubnormals;

namespace {

/// Half of the smallest normal number: computed when it is called.
template <class T> T half_of_smallest() {
  volatile T smallest = std::numeric_limits<T>::min();
  return smallest / 2;
}

template <class T> T twice(T number) {
  volatile T copy = number;
  return copy * 2;
}

}  // namespace

TEMPLATE_TEST_CASE("subnormal numbers are zero while it exists, and again numbers afterwards", "", float, double) {
  constexpr auto smallest = std::numeric_limits<TestType>::min();
  const TestType subnormal = half_of_smallest<TestType>();
  REQUIRE(twice(subnormal) == smallest);
  if (!FlushSubnormals::is_supported) return;
  {
    const FlushSubnormals outer;
    CHECK(half_of_smallest<TestType>() == 0);  // as a result
    CHECK(twice(subnormal) == 0);              // as an operand
    {
      const FlushSubnormals inner;
      CHECK(half_of_smallest<TestType>() == 0);
    }
    CHECK(half_of_smallest<TestType>() == 0);
  }
  CHECK(half_of_smallest<TestType>() == subnormal);
  CHECK(twice(subnormal) == smallest);
}
