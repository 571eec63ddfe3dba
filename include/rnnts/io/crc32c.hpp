// CRC-32C, the checksum of model files and of TensorBoard's event files.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The remainders of all bytes by the polynomial 0x1edc6f41, bits reversed.
inline constexpr auto crc32c_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) {
    auto remainder = static_cast<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? 0x82f63b78u : 0u);
    table[byte] = remainder;
  }
  return table;
}();

/// The cyclic redundancy check of Castagnoli, Bräuer and Herrmann 1993, with the conventions of RFC 3720, section 12.1.
/// It differs for any two texts that differ within 32 bits in a row, and so in one byte.
constexpr std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = ~0u;
  for (const char byte : bytes) crc = (crc >> 8) ^ crc32c_table[(crc ^ static_cast<unsigned char>(byte)) & 0xff];
  return ~crc;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
