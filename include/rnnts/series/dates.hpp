// Calendar dates beside a series: from CSV files, and as a number that a net can use.
#pragma once

#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/series/csv_reader.hpp"

namespace rnnts::inline v0 {
namespace detail {

/// An ISO 8601 date, YYYY-MM-DD or YYYY-MM (its first day).
inline std::optional<std::chrono::year_month_day> parse_date(std::string_view text) {
  if (text.size() != 7 && text.size() != 10) return {};
  const auto number = [text](std::size_t first, std::size_t digits) -> std::optional<unsigned> {
    unsigned value = 0;
    const char* const end = text.data() + first + digits;
    const auto [parsed_until, status] = std::from_chars(text.data() + first, end, value);
    if (status != std::errc{} || parsed_until != end) return {};
    return value;
  };
  const auto year = number(0, 4);
  const auto month = number(5, 2);
  const auto day = text.size() == 7 ? std::optional(1U) : number(8, 2);
  const bool has_dashes = text[4] == '-' && (text.size() == 7 || text[7] == '-');
  if (!year || !month || !day || !has_dashes) return {};

  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                         std::chrono::day(*day));
  if (!date.ok()) return {};
  return date;
}

}  // namespace detail

/// The dates of a column, written as YYYY-MM-DD, or YYYY-MM for the first day of a month.
/// \throws FileError like read_csv, and where a field is no such date.
inline std::vector<std::chrono::year_month_day> read_csv_dates(const std::string& path, const CsvColumn& column,
                                                               CsvOptions options = {}) {
  return detail::read_csv_rows<1>(path, {column}, options, [](const detail::CsvReader& file, const auto& indices) {
    const auto& field = file.field(indices[0]);
    const auto text = detail::trimmed(field.text);
    const auto date = detail::parse_date(text);
    if (!date)
      throw file.error_at(field.position,
                          detail::sentence(file.describe(indices[0]),
                                           ": expected a date as YYYY-MM-DD or YYYY-MM, found \"", text, "\""));
    return *date;
  });
}

/// 1 for the first of January, to 365 or 366. A calendar input is the sine and cosine of 2 pi day_of_year /
/// 365.25.
/// \throws ArgumentError if there is no such date.
inline int day_of_year(std::chrono::year_month_day date) {
  if (!date.ok()) throw ArgumentError("day_of_year: there is no such date");
  const std::chrono::sys_days first = date.year() / std::chrono::January / 1;
  return static_cast<int>((std::chrono::sys_days(date) - first).count()) + 1;
}

}  // namespace rnnts::inline v0
