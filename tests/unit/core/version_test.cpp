#include "rnnts/core/version.hpp"

#include "rnnts/core/error.hpp"
#include "support/catch.hpp"

TEST_CASE("the inline namespace carries the major version") {
  STATIC_REQUIRE(RNNTS_VERSION_MAJOR == 0);
  STATIC_REQUIRE(std::is_same_v<rnnts::Error, rnnts::v0::Error>);
}
