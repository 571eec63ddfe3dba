#include "rnnts/io/crc32c.hpp"

#include <string>

#include "support/catch.hpp"

using rnnts::detail::crc32, rnnts::detail::crc32c;

TEST_CASE("CRC-32C gives the check value and the examples of RFC 3720, B.4") {
  STATIC_REQUIRE(crc32c("123456789") == 0xe3069283);
  STATIC_REQUIRE(crc32c("") == 0);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43);
  std::string up;
  for (char byte = 0; byte < 32; ++byte) up += byte;
  CHECK(crc32c(up) == 0x46dd794e);
}

TEST_CASE("CRC-32 gives its check value") {
  STATIC_REQUIRE(crc32("123456789") == 0xcbf43926);
  STATIC_REQUIRE(crc32("") == 0);
}
