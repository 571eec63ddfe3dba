// The text of a field of a CSV file: without blanks around it, and as messages show it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "rnnts/core/error.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

inline std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Whether a byte goes on with a character that one before it has begun, in UTF-8.
inline bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Text as messages show it: in quotes, and its beginning only if it is long.
inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 60;
  if (text.size() <= longest) return sentence("\"", text, "\"");
  std::size_t end = longest;
  while (end > 0 && continues_character(text[end])) --end;
  return sentence("\"", text.substr(0, end), "...\"");
}

}  // namespace rnnts::inline RNNTS_ABI::detail
