// Numbers as bytes, the lowest first, whatever the order of the machine.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

template <class T>
  requires std::is_arithmetic_v<T>
void append_little_endian(std::string& bytes, T number) {
  auto raw = std::bit_cast<std::array<char, sizeof(T)>>(number);
  if constexpr (std::endian::native == std::endian::big) std::ranges::reverse(raw);
  bytes.append(raw.data(), raw.size());
}

/// The number that stands at `offset`; all of its bytes must be there.
template <class T>
  requires std::is_arithmetic_v<T>
T read_little_endian(std::string_view bytes, std::size_t offset) {
  std::array<char, sizeof(T)> raw;
  std::copy_n(bytes.data() + offset, sizeof(T), raw.data());
  if constexpr (std::endian::native == std::endian::big) std::ranges::reverse(raw);
  return std::bit_cast<T>(raw);
}

}  // namespace rnnts::inline RNNTS_ABI::detail
