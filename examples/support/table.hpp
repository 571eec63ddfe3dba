// Tables on the screen.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iomanip>
#include <sstream>
#include <string>
#include <vector>

namespace examples {

using Row = std::vector<std::string>;

inline std::string with_digits(double number, int digits) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(digits) << number;
  return text.str();
}

/// Rows as text, the first one being the heads. The first `texts` columns stand on the left, numbers on the right.
inline std::string table(const std::vector<Row>& rows, std::size_t texts = 1) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], row[k].size());
  }
  std::ostringstream text;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    std::ostringstream line;
    for (std::size_t k = 0; k < rows[n].size(); ++k) {
      line << (k == 0 ? "" : "  ") << (k < texts ? std::left : std::right) << std::setw(static_cast<int>(widths[k]))
           << rows[n][k];
    }
    text << line.str() << '\n';
    if (n == 0) text << std::string(line.str().size(), '-') << '\n';
  }
  return text.str();
}

}  // namespace examples
