#include "rnnts/core/version.hpp"

#include "support/catch.hpp"

TEST_CASE("the version is what can be asked for with #if") {
  STATIC_REQUIRE(RNNTS_VERSION_MAJOR == 0);
  STATIC_REQUIRE(RNNTS_VERSION_MINOR == 1);
  STATIC_REQUIRE(RNNTS_VERSION_PATCH == 0);
}
