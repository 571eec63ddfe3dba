#include "rnnts/core/abi.hpp"

#include <string>
#include <type_traits>
#include <typeinfo>

#include "rnnts/core/error.hpp"
#include "rnnts/core/version.hpp"
#include "support/catch.hpp"

TEST_CASE("the inline namespace says the version and what the program is compiled for, and nobody need name it") {
  STATIC_REQUIRE(std::is_same_v<rnnts::Error, rnnts::RNNTS_ABI::Error>);
  const std::string name = typeid(rnnts::Error).name();  // mangled, but with the names in it
  INFO(name);
  CHECK(name.find("v" + std::to_string(RNNTS_VERSION_MAJOR) + "_" + std::to_string(RNNTS_VERSION_MINOR) + "_") !=
        std::string::npos);
  CHECK((name.find("_xsimd") != std::string::npos) == (RNNTS_WITH_XSIMD == 1));
  CHECK((name.find("_blas") != std::string::npos) == (RNNTS_WITH_BLAS == 1));
}
