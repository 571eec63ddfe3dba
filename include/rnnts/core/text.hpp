// Small pieces of text: rounded numbers and aligned tables.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/core/error.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// A number with `digits` significant digits.
inline std::string rounded(double number, int digits = 4) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number, std::chars_format::general, digits).ptr;
  return {text, end};
}

/// As in "1 window", "2 windows".
inline std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return sentence(count, " ", count == 1 ? one : many);
}

/// Extents as "(2, 3)".
inline std::string shape_text(const auto& shape) {
  std::string text = "(";
  for (const auto extent : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
  return text + ")";
}

/// Bytes as in "89 52 4e".
inline std::string hexadecimal(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += sentence(text.empty() ? "" : " ", digits.substr(byte / 16, 1), digits.substr(byte % 16, 1));
  }
  return text;
}

/// A field of a CSV file, in quotes if it needs them.
inline std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

/// Rows of equally many cells, the first column aligned to the left and the others to the right, with a rule
/// under the first row.
inline std::string format_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - row[c].size(), ' ');
      line += c == 0 ? row[c] + padding : "  " + padding + row[c];
    }
    text += line + "\n";
    if (&row == &rows.front()) text += std::string(line.size(), '-') + "\n";
  }
  return text;
}

}  // namespace rnnts::inline RNNTS_ABI::detail
