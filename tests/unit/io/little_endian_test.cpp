#include "rnnts/io/little_endian.hpp"

#include <cstdint>
#include <limits>
#include <string>

#include "support/catch.hpp"

using namespace rnnts::detail;
using namespace std::string_literals;

TEST_CASE("numbers are written with the lowest byte first") {
  std::string bytes;
  append_little_endian(bytes, std::uint32_t{0x01020304});
  append_little_endian(bytes, std::uint64_t{0x0506});
  append_little_endian(bytes, 1.0f);
  append_little_endian(bytes, -2.0);
  CHECK(bytes ==
        "\x04\x03\x02\x01"
        "\x06\x05\0\0\0\0\0\0"
        "\0\0\x80\x3f"
        "\0\0\0\0\0\0\0\xc0"s);
}

TEST_CASE("numbers are read from where they stand, not aligned") {
  std::string bytes = "x";
  append_little_endian(bytes, 0.1);
  append_little_endian(bytes, std::numeric_limits<float>::infinity());
  append_little_endian(bytes, std::uint32_t{0xfffefdfc});
  CHECK(read_little_endian<double>(bytes, 1) == 0.1);
  CHECK(read_little_endian<float>(bytes, 9) == std::numeric_limits<float>::infinity());
  CHECK(read_little_endian<std::uint32_t>(bytes, 13) == 0xfffefdfc);
}
