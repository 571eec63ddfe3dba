// Pieces of a page: texts of anybody, tables, lists of names and values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"

namespace tools {

/// A text in which nothing is markup. Of one that is too long to be read, the beginning.
inline std::string escaped(std::string_view text, std::size_t longest = 2000) {
  const bool is_cut = text.size() > longest;
  if (is_cut) {
    while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xC0) == 0x80) --longest;  // within a character
    text = text.substr(0, longest);
  }
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += c;
    }
  }
  return is_cut ? safe + "…" : safe;
}

/// Cells are texts for reading.
struct ReportTable {
  std::string title = {}, note = {};  ///< the note is a sentence under the title, or nothing
  std::vector<std::string> columns = {};
  std::vector<std::vector<std::string>> rows = {};  ///< as many cells as columns
  std::optional<std::size_t> marked = {};           ///< the number of a row that stands out
};

/// The table, without its title and note, of which at most `most` rows are shown; nothing where there are no columns.
/// Columns of numbers are aligned to the right.
///
/// Throws ShapeError if a row has not as many cells as there are columns.
inline std::string table_html(const ReportTable& table, std::string_view label, std::size_t most = 400) {
  using rnnts::detail::sentence;
  if (table.columns.empty()) return "";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    if (table.rows[r].size() == table.columns.size()) continue;
    throw rnnts::ShapeError(sentence("report_html: row ", r, " (counted from 0) of the table '", label, "': expected ",
                                     table.columns.size(), " cells, found ", table.rows[r].size()));
  }
  const std::size_t shown = std::min(table.rows.size(), most);
  const auto is_number = [](std::string_view cell) {
    return cell.empty() || cell == "-" || cell.find_first_of("0123456789") == (cell.front() == '-' ? 1 : 0);
  };
  std::vector<const char*> cells;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const bool numbers =
        std::ranges::all_of(std::span(table.rows).first(shown), is_number,
                            [&](const std::vector<std::string>& row) { return std::string_view(row[c]); });
    cells.push_back(numbers ? " class=\"number\">" : ">");
  }
  constexpr std::size_t longest = 80;
  std::string text = sentence("<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"", escaped(label),
                              "\"><table><thead><tr>");
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    text += sentence("<th scope=\"col\"", cells[c], escaped(table.columns[c], longest), "</th>");
  }
  text += "</tr></thead>\n<tbody>\n";
  for (std::size_t r = 0; r < shown; ++r) {
    text += r == table.marked ? "<tr class=\"marked\">" : "<tr>";
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      text += sentence("<td", cells[c], escaped(table.rows[r][c], longest), "</td>");
    }
    text += "</tr>\n";
  }
  text += "</tbody></table></div>\n";
  if (shown < table.rows.size()) text += sentence("<p>The first ", shown, " of ", table.rows.size(), " rows.</p>\n");
  return text;
}

/// Names and values; nothing where there are none.
inline std::string list_html(std::span<const std::pair<std::string, std::string>> items) {
  if (items.empty()) return "";
  std::string text = "<dl>\n";
  for (const auto& [name, value] : items) {
    text += rnnts::detail::sentence("<dt>", escaped(name), "</dt><dd>", escaped(value), "</dd>\n");
  }
  return text + "</dl>\n";
}

}  // namespace tools
