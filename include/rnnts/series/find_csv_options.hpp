// find_csv_options: what stands between the fields of a CSV file, and before the decimals of its numbers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include "rnnts/core/error.hpp"
#include "rnnts/series/csv.hpp"
#include "rnnts/series/csv_reader.hpp"
#include "rnnts/series/dates.hpp"

namespace rnnts::inline RNNTS_ABI {
namespace detail {

/// A separator or decimal mark as messages call it.
inline std::string mark_text(char mark) {
  for (const auto& [known, text] : {std::pair{',', "comma"},
                                    {';', "semicolon"},
                                    {'\t', "tab"},
                                    {'|', "vertical bar"},
                                    {'.', "point"},
                                    {' ', "blank"},
                                    {'\'', "apostrophe"}}) {
    if (mark == known) return text;
  }
  return sentence("'", mark, "'");
}

inline bool is_number(std::string_view text, char decimal, char thousands) {
  return parse_number<double>(text, decimal, thousands).second == std::errc();
}

/// What may group the digits of a number: a blank or an apostrophe if the text has one, else the other mark.
inline char grouping_mark(std::string_view text, char decimal) {
  const std::string plain = with_plain_marks(text);
  const auto at = plain.find_first_of(" '");
  return at != plain.npos ? plain[at] : decimal == '.' ? ',' : '.';
}

/// Whether a text is a number with such a mark before its decimals, and digits grouped by any other.
inline bool is_number_with(std::string_view text, char decimal) {
  return is_number(text, decimal, grouping_mark(text, decimal));
}

/// The text of a field as a number would be, without a unit.
inline std::string number_text_of(const CsvField& field, const CsvOptions& options) {
  return without_unit(trimmed(field.text), options.units);
}

/// What the first rows of a file are when they are cut at a separator.
struct CutRows {
  char separator = ',';     ///< of the file, if it says it itself
  std::size_t width = 0;    ///< of the first line
  bool is_even = true;      ///< whether all rows have as many fields
  double understood = 0.0;  ///< the share of the fields below it that are times, numbers with either mark or missing

  bool is_table() const { return is_even && width > 1; }
  auto rank() const { return std::tuple(is_table(), understood, is_even); }
};

/// None if it cannot be cut so, as where something else follows a closing quote.
inline std::optional<CutRows> cut_rows(const std::string& path, const CsvOptions& options) try {
  constexpr std::size_t most_rows = 100;
  CsvReader file(path, options);
  CutRows cut{.separator = file.options().separator, .width = file.width()};
  double fields = 0;
  for (std::size_t row = 0; row < most_rows && file.next_of_any_width(); ++row) {
    cut.is_even = cut.is_even && file.fields() == file.width();
    for (std::size_t k = 0; k < file.fields(); ++k, ++fields) {
      const std::string text = number_text_of(file.field(k), options);
      const bool is_known =
          file.is_missing(text) || is_number_with(text, '.') || is_number_with(text, ',') || parse_time(text);
      cut.understood += is_known ? 1 : 0;
    }
  }
  if (fields > 0) cut.understood /= fields;
  return cut;
} catch (const FileError&) {
  return {};
}

/// Throws FileError if two of them cut the first rows alike well.
inline char find_separator(const std::string& path, CsvOptions options) {
  options.joined.clear();  // a column that the header does not name is refused where it is known how to read it
  char best = ',';
  std::optional<CutRows> best_cut;
  std::string alike;
  for (const char separator : {',', ';', '\t', '|'}) {
    options.separator = separator;
    const auto cut = cut_rows(path, options);
    if (cut && cut->separator != separator) return cut->separator;  // by a line "sep=;"
    if (!cut || (best_cut && cut->rank() < best_cut->rank())) continue;
    if (best_cut && cut->rank() == best_cut->rank()) {
      if (cut->is_table()) alike = sentence("a ", mark_text(best), " and a ", mark_text(separator));
      continue;
    }
    best = separator;
    best_cut = cut;
    alike.clear();
  }
  if (!alike.empty()) {
    throw FileError(sentence(path, ":1:1: expected one separator of fields, found that ", alike,
                             " would do alike; name the separator"));
  }
  return best;
}

/// The blank or apostrophe that groups digits in the first rows, as in 1 234,5 and 1'234.5; '\0' if none does.
inline char find_grouping(const std::string& path, const CsvOptions& options) {
  constexpr std::size_t most_rows = 10000;
  CsvReader file(path, options);
  for (std::size_t row = 0; row < most_rows && file.next_of_any_width(); ++row) {
    for (std::size_t k = 0; k < file.fields(); ++k) {
      const std::string text = number_text_of(file.field(k), options);
      const char mark = grouping_mark(text, '.');
      if (mark != ',' && (is_number(text, '.', mark) || is_number(text, ',', mark))) return mark;
    }
  }
  return '\0';
}

/// The decimal mark of the numbers in the first rows; none where no number has one for certain. A number with both
/// marks, or one of them twice, says it as well: 1.234,5 and 1.234.567 have thousands.
///
/// Throws FileError at the number that leaves it open.
inline std::optional<char> find_decimal(const std::string& path, const CsvOptions& options) {
  constexpr std::size_t rows = 100, most_rows = 10000;  // the last ones where the first ones have no such number
  CsvReader file(path, options);
  std::string first;  // number that has one
  char decimal = '\0';
  std::optional<FileError> doubt;
  for (std::size_t row = 0; row < (first.empty() ? most_rows : rows) && file.next_of_any_width(); ++row) {
    for (std::size_t k = 0; k < file.fields(); ++k) {
      const std::string text = number_text_of(file.field(k), options);
      const auto last = text.find_last_of(".,");
      if (last == text.npos || parse_time(text)) continue;
      const char mark = text[last], other = mark == '.' ? ',' : '.';
      const bool is_repeated = text.find(mark) != last, has_other = text.find(other) != text.npos;
      const char its = is_repeated ? other : mark;
      if (!is_number_with(text, its)) continue;
      const auto refuse = [&](std::string_view found) {
        return file.error_at(file.field(k).position, sentence(file.describe(k), ": expected ", found));
      };
      const auto digits = std::string_view(text).substr(text[0] == '+' || text[0] == '-' ? 1 : 0);
      if (!is_repeated && !has_other && is_grouped(digits, mark)) {
        if (!doubt && (mark == ',' || options.separator == ';')) {
          doubt = refuse(sentence("numbers that can be read in one way, found ", in_quotes(text),
                                  ", with decimals or with thousands; name the decimal mark"));
        }
        continue;
      }
      if (first.empty()) {
        first = text;
        decimal = its;
      } else if (its != decimal) {
        throw refuse(sentence("one mark before decimals, found ", in_quotes(text), ", and ", in_quotes(first),
                              " before it; name the decimal mark"));
      }
    }
  }
  if (!first.empty()) return decimal;
  if (doubt) throw FileError(*doubt);
  return {};
}

}  // namespace detail

/// The options with the marks that a file has, as its first rows say; one that is given is taken as it is, but for a
/// separator where a first line "sep=;" says another, by which the file is read.
///
///     read_csv<double>(path, "load", find_csv_options(path));
///
/// The separator is the comma, semicolon, tab or vertical bar that cuts all rows into as many fields as the first line,
/// several of them, and most of these into times and numbers; or what a first line "sep=;" says. The decimal mark is
/// the comma where numbers have it, as 1,5 and 1.234,5, and else the point. Digits are grouped by blanks or apostrophes
/// where numbers have them, as 1 234,5 and 1'234.5; else by the other one of comma and point, if the decimal mark is
/// known. The file is read several times, and so may be no pipe.
///
/// Throws FileError if the file cannot be read; if two separators do alike; with line and column if numbers have both
/// marks before decimals, or all that have one could be thousands too, as 1,234. The point is not doubted but beside
/// semicolons, which programs write where the comma is the decimal mark.
inline CsvOptions find_csv_options(const std::string& path, CsvOptions options = {}, std::optional<char> separator = {},
                                   std::optional<char> decimal = {}) {
  options.separator = separator ? *separator : detail::find_separator(path, options);
  if (const auto cut = detail::cut_rows(path, options)) options.separator = cut->separator;
  if (!decimal) decimal = detail::find_decimal(path, options);
  if (decimal) {
    options.decimal = *decimal;
    options.thousands = *decimal == '.' ? ',' : '.';
  }
  if (const char mark = detail::find_grouping(path, options); mark != '\0') options.thousands = mark;
  return options;
}

}  // namespace rnnts::inline RNNTS_ABI
