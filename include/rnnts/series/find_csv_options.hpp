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
  for (const auto& [known, text] :
       {std::pair{',', "comma"}, {';', "semicolon"}, {'\t', "tab"}, {'|', "vertical bar"}, {'.', "point"}}) {
    if (mark == known) return text;
  }
  return sentence("'", mark, "'");
}

inline bool is_number(std::string_view text, char decimal) {
  return parse_number<double>(text, decimal).second == std::errc();
}

/// What the first rows of a file are when they are cut at a separator.
struct CutRows {
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
  CutRows cut{.width = file.width()};
  double fields = 0;
  for (std::size_t row = 0; row < most_rows && file.next_of_any_width(); ++row) {
    cut.is_even = cut.is_even && file.fields() == file.width();
    for (std::size_t k = 0; k < file.fields(); ++k, ++fields) {
      const std::string_view text = trimmed(file.field(k).text);
      const bool is_known = file.is_missing(text) || is_number(text, '.') || is_number(text, ',') || parse_time(text);
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
  char best = ',';
  std::optional<CutRows> best_cut;
  std::string alike;
  for (const char separator : {',', ';', '\t', '|'}) {
    options.separator = separator;
    const auto cut = cut_rows(path, options);
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

/// Whether the mark in a number may group its digits by thousands: "1,234" is 1.234 or 1234.
inline bool may_be_grouped(std::string_view number) {
  if (number[0] == '+' || number[0] == '-') number.remove_prefix(1);
  const auto mark = number.find_first_of(".,");
  return mark != number.npos && mark >= 1 && mark <= 3 && number[0] != '0' && number.size() == mark + 4 &&
         number.find_first_not_of("0123456789", mark + 1) == number.npos;
}

/// Throws FileError at the number that leaves it open.
inline char find_decimal(const std::string& path, const CsvOptions& options) {
  constexpr std::size_t rows = 100, most_rows = 10000;  // the last ones where the first ones have no such number
  CsvReader file(path, options);
  std::string point, comma;  // the first number that has it for certain
  std::optional<FileError> doubt;
  for (std::size_t row = 0; row < (point.empty() && comma.empty() ? most_rows : rows) && file.next_of_any_width();
       ++row) {
    for (std::size_t k = 0; k < file.fields(); ++k) {
      const std::string_view text = trimmed(file.field(k).text);
      const bool has_point = text.find('.') != text.npos, has_comma = text.find(',') != text.npos;
      if (has_point == has_comma || !is_number(text, has_point ? '.' : ',')) continue;
      const auto refuse = [&](std::string_view found) {
        return file.error_at(file.field(k).position, sentence(file.describe(k), ": expected ", found));
      };
      if (may_be_grouped(text)) {
        if (!doubt && (has_comma || options.separator == ';')) {
          doubt = refuse(sentence("numbers that can be read in one way, found ", in_quotes(text),
                                  ", with decimals or with thousands; name the decimal mark"));
        }
        continue;
      }
      std::string& first = has_point ? point : comma;
      const std::string& other = has_point ? comma : point;
      if (!other.empty()) {
        throw refuse(sentence("one mark before decimals, found ", in_quotes(text), ", and ", in_quotes(other),
                              " before it; name the decimal mark"));
      }
      if (first.empty()) first = text;
    }
  }
  if (point.empty() && comma.empty() && doubt) throw FileError(*doubt);
  return comma.empty() ? '.' : ',';
}

}  // namespace detail

/// The options with the separator and the decimal mark that a file has, as its first rows say; one that is given is
/// taken as it is.
///
///     read_csv<double>(path, "load", find_csv_options(path));
///
/// The separator is the comma, semicolon, tab or vertical bar that cuts all rows into as many fields as the first line,
/// several of them, and most of these into times and numbers. The mark is the comma where numbers have it, as 1,5, and
/// else the point. The file is read twice, and so may be no pipe.
///
/// Throws FileError if the file cannot be read; if two separators do alike; with line and column if numbers have both
/// marks, or all that have one could be thousands too, as 1,234. The point is not doubted but beside semicolons, which
/// programs write where the comma is the decimal mark.
inline CsvOptions find_csv_options(const std::string& path, CsvOptions options = {}, std::optional<char> separator = {},
                                   std::optional<char> decimal = {}) {
  options.separator = separator ? *separator : detail::find_separator(path, options);
  options.decimal = decimal ? *decimal : detail::find_decimal(path, options);
  return options;
}

}  // namespace rnnts::inline RNNTS_ABI
