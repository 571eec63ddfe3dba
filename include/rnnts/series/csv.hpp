// Columns of numbers from CSV files.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/core/scalar.hpp"
#include "rnnts/series/csv_reader.hpp"

namespace rnnts::inline RNNTS_ABI {
namespace detail {

/// What to do about the text of a field if it stands for a missing number.
inline std::string if_missing(std::string_view text) {
  return sentence("; if it is missing, put ", in_quotes(text), " into CsvOptions::missing");
}

/// Whether a text is that of a whole number, without a sign, whose digits are grouped by thousands.
inline bool is_grouped(std::string_view text, char mark) {
  auto group = text.substr(0, text.find(mark));
  if (group.empty() || group.size() > 3 || group.size() == text.size() || group[0] == '0') return false;
  for (;;) {
    if (group.find_first_not_of("0123456789") != group.npos) return false;
    if (group.end() == text.end()) return true;
    text.remove_prefix(group.size() + 1);
    group = text.substr(0, text.find(mark));
    if (group.size() != 3) return false;
  }
}

/// The text with a blank for each no-break space, U+00A0 or U+202F, and ' for U+2019.
inline std::string with_plain_marks(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    std::size_t size = 1;
    char mark = text[0];
    for (const auto& [encoded, by] :
         {std::pair<std::string_view, char>{"\xC2\xA0", ' '}, {"\xE2\x80\xAF", ' '}, {"\xE2\x80\x99", '\''}}) {
      if (!text.starts_with(encoded)) continue;
      size = encoded.size();
      mark = by;
    }
    plain += mark;
    text.remove_prefix(size);
  }
  return plain;
}

/// The number that a text is, all of it, with such marks whatever the locale; or why it is none.
template <Scalar T> std::pair<T, std::errc> parse_number(std::string_view text, char decimal, char thousands = '\0') {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  std::string grouped, plain;  // the latter as a program writes it
  if (thousands == ' ' || thousands == '\'') {
    grouped = with_plain_marks(text);
    text = grouped;
  }
  if (decimal != '.' || (thousands != '\0' && text.find(thousands) != text.npos)) {
    plain = text;
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    const std::string_view whole = text.substr(sign, text.find(decimal) - sign);
    if (thousands != '\0' && is_grouped(whole, thousands)) {
      std::string digits(whole);
      std::erase(digits, thousands);
      plain.replace(sign, whole.size(), digits);
    }
    if (decimal != '.') {
      std::ranges::replace(plain, '.', ' ');  // which is in no number
      std::ranges::replace(plain, decimal, '.');
    }
    text = plain;
  }
  T number{};
  const auto [parsed_until, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  return {number, parsed_until == text.data() + text.size() ? status : std::errc::invalid_argument};
}

/// The first one of these units that stands before or behind a number, or after its sign; empty if none does.
inline std::string_view unit_of(std::string_view text, const std::vector<std::string>& units) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const auto found = std::ranges::find_if(units, [text](const std::string& unit) {
    return !unit.empty() && (text.starts_with(unit) || text.ends_with(unit));
  });
  return found == units.end() ? std::string_view() : std::string_view(*found);
}

/// A number without that, and without the blanks between.
inline std::string without_unit(std::string_view text, const std::vector<std::string>& units) {
  const std::string_view unit = unit_of(text, units);
  if (unit.empty()) return std::string(text);
  const std::string_view sign = text.substr(0, text.starts_with('-') || text.starts_with('+') ? 1 : 0);
  text.remove_prefix(sign.size());
  if (text.starts_with(unit)) {
    text.remove_prefix(unit.size());
  } else {
    text.remove_suffix(unit.size());
  }
  return sentence(sign, trimmed(with_plain_marks(text)));
}

/// The number that a text is, in a file with such options.
template <Scalar T> std::pair<T, std::errc> parse_number(std::string_view text, const CsvOptions& options) {
  if (options.units.empty()) return parse_number<T>(text, options.decimal, options.thousands);
  return parse_number<T>(without_unit(text, options.units), options.decimal, options.thousands);
}

/// The number in a field of the current row; spaces around it are allowed.
template <Scalar T> T csv_number(const CsvReader& file, std::size_t column) {
  const CsvField& field = file.field(column);
  const std::string_view text = trimmed(field.text);
  const auto error = [&](std::string_view problem) {
    return file.error_at(field.position, sentence(file.describe(column), ": ", problem));
  };
  if (file.is_missing(text)) return std::numeric_limits<T>::quiet_NaN();
  if (text.empty()) throw error("expected a number, found nothing" + if_missing(text));

  const auto [number, status] = parse_number<T>(text, file.options());
  if (status == std::errc::invalid_argument) {
    const bool has_digits = text.find_first_of("0123456789") != std::string_view::npos;
    const bool is_one_otherwise =
        parse_number<T>(without_unit(text, file.options().units), file.options().decimal == '.' ? ',' : '.').second ==
        std::errc();
    throw error(sentence("expected a number, found ", in_quotes(text),
                         is_one_otherwise ? ", which is one with another CsvOptions::decimal"
                         : has_digits     ? ""
                                          : if_missing(text)));
  }
  if (status == std::errc::result_out_of_range) throw error(in_quotes(text) + " is too large or too small");
  if (!std::isfinite(number)) throw error(in_quotes(text) + " is not a finite number" + if_missing(text));
  return number;
}

}  // namespace detail

/// The numbers of a column: `read_csv<float>("airline.csv", "passengers")`. Other columns are not looked into.
///
/// Knows quotes, line ends of both kinds, blank lines and byte order marks. Takes memory for the numbers, and for the
/// longest row. What cannot be read twice, such as a pipe, can be read.
///
/// Throws FileError, starting with `file:line:column: `, where the file is empty or has no rows, the column does not
/// exist or is not the only one of that name, a row has another number of fields than the first line, or a field holds
/// no finite number that fits in T and is not one of `options.missing`; and with the system's reason if the file cannot
/// be read. ArgumentError if `options.joined` has a column of none.
template <Scalar T> std::vector<T> read_csv(const std::string& path, const CsvColumn& column, CsvOptions options = {}) {
  return detail::read_csv_rows<1>(
      path, {column}, std::move(options),
      [](const detail::CsvReader& file, const auto& indices) { return detail::csv_number<T>(file, indices[0]); });
}

/// The numbers of several columns, row by row: `read_csv<float>("melbourne.csv", {"Min_Temp", "Max_Temp"})` is a vector
/// of `std::array<float, 2>`.
///
/// Throws as the above.
template <Scalar T, std::size_t N>
  requires(N > 1)
std::vector<std::array<T, N>> read_csv(const std::string& path, const CsvColumn (&columns)[N],
                                       CsvOptions options = {}) {
  return detail::read_csv_rows(path, columns, std::move(options),
                               [](const detail::CsvReader& file, const auto& indices) {
                                 std::array<T, N> row;
                                 for (std::size_t i = 0; i < N; ++i) row[i] = detail::csv_number<T>(file, indices[i]);
                                 return row;
                               });
}

}  // namespace rnnts::inline RNNTS_ABI
