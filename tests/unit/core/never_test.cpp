#include "rnnts/core/never.hpp"

#include "support/catch.hpp"

TEST_CASE("never is false for all types") {
  STATIC_REQUIRE_FALSE(rnnts::detail::never<>);
  STATIC_REQUIRE_FALSE(rnnts::detail::never<int, double>);
}
