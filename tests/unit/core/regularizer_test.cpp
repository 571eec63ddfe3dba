#include "rnnts/core/regularizer.hpp"

#include "support/catch.hpp"

using namespace rnnts;

namespace {

template <Regularizer regularizer> struct TakesRegularizer {
  static constexpr double l2 = regularizer.l2;
};

}  // namespace

TEST_CASE("regularizers are constants that may be template arguments") {
  STATIC_REQUIRE(TakesRegularizer<L2(0.25)>::l2 == 0.25);
  STATIC_REQUIRE(TakesRegularizer<L1(0.25)>::l2 == 0);
  STATIC_REQUIRE(Regularizer{}.is_none());
  STATIC_REQUIRE_FALSE(L1(0.1).is_none());
  STATIC_REQUIRE_FALSE(L2(0.1).is_none());
  STATIC_REQUIRE(L1L2(0, 0).is_none());
}

TEST_CASE("the factors of a regularizer are Keras' by default") {
  CHECK(L1().l1 == 0.01);
  CHECK(L2().l2 == 0.01);
  CHECK(L1L2(0.5, 0.25).l1 == 0.5);
  CHECK(L1L2(0.5, 0.25).l2 == 0.25);
}

TEST_CASE("a regularizer that rewards large weights is refused") {
  CHECK_THROWS_AS(L2(-0.5), ArgumentError);
  CHECK_THROWS_WITH(L2(-0.5), "regularizer: expected factors of at least 0, found l1 = 0 and l2 = -0.5");
  CHECK_THROWS_WITH(L1(-1), "regularizer: expected factors of at least 0, found l1 = -1 and l2 = 0");
}
