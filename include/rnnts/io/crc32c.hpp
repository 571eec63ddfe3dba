// CRC-32C, the checksum of model files and of TensorBoard's event files, and CRC-32, that of zip archives.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// The remainders of all bytes by a polynomial, bits reversed.
template <std::uint32_t reversed_polynomial>
inline constexpr auto crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) {
    auto remainder = static_cast<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? reversed_polynomial : 0u);
    }
    table[byte] = remainder;
  }
  return table;
}();

template <std::uint32_t reversed_polynomial> constexpr std::uint32_t crc(std::string_view bytes) {
  constexpr auto& table = crc_table<reversed_polynomial>;
  std::uint32_t remainder = ~0u;
  for (const char byte : bytes) {
    remainder = (remainder >> 8) ^ table[(remainder ^ static_cast<unsigned char>(byte)) & 0xff];
  }
  return ~remainder;
}

/// The cyclic redundancy check of Castagnoli, Bräuer and Herrmann 1993, with the conventions of RFC 3720, section 12.1:
/// polynomial 0x1edc6f41. It differs for any two texts that differ within 32 bits in a row, and so in one byte.
constexpr std::uint32_t crc32c(std::string_view bytes) { return crc<0x82f63b78>(bytes); }

/// That of zip archives, with the same conventions: polynomial 0x04c11db7.
constexpr std::uint32_t crc32(std::string_view bytes) { return crc<0xedb88320>(bytes); }

}  // namespace rnnts::inline RNNTS_ABI::detail
