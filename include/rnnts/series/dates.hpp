// Calendar dates and times beside a series: from CSV files, and as a number that a net can use.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/series/csv_reader.hpp"

namespace rnnts::inline RNNTS_ABI {
namespace detail {

/// The number of an ISO 8601 text that these characters are, all of them digits.
inline std::optional<int> parse_digits(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return {};
  int value = 0;
  for (const char digit : text) value = 10 * value + (digit - '0');
  return value;
}

/// The first day of a year, YYYY, of a quarter, YYYY-Qn or YYYYQn, or of a week of ISO 8601, YYYY-Www or YYYYWww.
inline std::optional<std::chrono::year_month_day> parse_period(std::string_view text) {
  const auto digits = parse_digits(text.substr(0, 4));
  if (text.size() < 4 || text.size() > 8 || !digits) return {};
  const std::chrono::year year(*digits);
  text.remove_prefix(4);
  if (text.empty()) return year / 1 / 1;
  if (text[0] == '-') text.remove_prefix(1);
  if (text.empty()) return {};
  const auto number = parse_digits(text.substr(1));
  if (!number || *number < 1) return {};
  if (text[0] == 'Q' && text.size() == 2 && *number <= 4) return year / (3 * *number - 2) / 1;
  if (text[0] != 'W' || text.size() != 3) return {};
  const std::chrono::sys_days fourth = year / 1 / 4;  // which is in the first week
  const auto monday = fourth - (std::chrono::weekday(fourth) - std::chrono::Monday) + std::chrono::weeks(*number - 1);
  const std::chrono::year_month_day thursday(monday + std::chrono::days(3));
  if (thursday.year() != year) return {};
  return monday;
}

/// A date, YYYY-MM-DD or YYYYMMDD as in ISO 8601, YYYY/MM/DD or DD.MM.YYYY; or the first day of a month, YYYY-MM,
/// YYYY/MM, MM/YYYY or MM.YYYY, or of another period.
inline std::optional<std::chrono::year_month_day> parse_date(std::string_view text) {
  if (const auto first = parse_period(text)) return first;
  std::string dashes;
  if (text.size() == 8 && parse_digits(text)) {
    dashes = sentence(text.substr(0, 4), "-", text.substr(4, 2), "-", text.substr(6));
    text = dashes;
  }
  if (text.size() != 7 && text.size() != 10) return {};
  const bool day_first = text.size() == 10 && text[2] == '.' && text[5] == '.';
  const bool month_first = text.size() == 7 && (text[2] == '.' || text[2] == '/');
  const auto year = parse_digits(text.substr(day_first ? 6 : month_first ? 3 : 0, 4));
  const auto month = parse_digits(text.substr(day_first ? 3 : month_first ? 0 : 5, 2));
  const auto day = text.size() == 7 ? std::optional(1) : parse_digits(text.substr(day_first ? 0 : 8, 2));
  const bool year_first = (text[4] == '-' || text[4] == '/') && (text.size() == 7 || text[7] == text[4]);
  if (!year || !month || !day || !(day_first || month_first || year_first)) return {};

  const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return {};
  return date;
}

/// An ISO 8601 time of day, HH:MM or HH:MM:SS, whose fraction of a second, behind a point or a comma, is cut off.
inline std::optional<std::chrono::seconds> parse_time_of_day(std::string_view text) {
  const bool has_fraction = text.size() > 9 && (text[8] == '.' || text[8] == ',');
  if (has_fraction && text.find_first_not_of("0123456789", 9) == text.npos) text = text.substr(0, 8);
  if (text.size() != 5 && text.size() != 8) return {};
  const auto hour = parse_digits(text.substr(0, 2));
  const auto minute = parse_digits(text.substr(3, 2));
  const auto second = text.size() == 5 ? std::optional(0) : parse_digits(text.substr(6));
  const bool has_colons = text[2] == ':' && (text.size() == 5 || text[5] == ':');
  if (!hour || !minute || !second || !has_colons || *hour > 23 || *minute > 59 || *second > 59) return {};
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

/// How far a zone is ahead of UTC: Z, or a sign and HH:MM, HHMM or HH.
inline std::optional<std::chrono::seconds> parse_zone(std::string_view text) {
  if (text == "Z") return std::chrono::seconds(0);
  if (text.size() != 3 && text.size() != 5 && text.size() != 6) return {};
  const bool has_colon = text.size() == 6;
  if ((text[0] != '+' && text[0] != '-') || (has_colon && text[3] != ':')) return {};
  const auto hour = parse_digits(text.substr(1, 2));
  const auto minute = text.size() == 3 ? std::optional(0) : parse_digits(text.substr(has_colon ? 4 : 3));
  if (!hour || !minute || *hour > 23 || *minute > 59) return {};
  const std::chrono::seconds offset = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
  return text[0] == '-' ? -offset : offset;
}

/// A date, or one with a day and a time of day with a blank or a T between them; a zone may follow, as a Z or +HH:MM,
/// whose offset is taken off, so that the time is one of UTC.
inline std::optional<std::chrono::sys_seconds> parse_time(std::string_view text) {
  const bool has_time = text.size() > 10 && (text[10] == ' ' || text[10] == 'T');
  const auto date = parse_date(has_time ? text.substr(0, 10) : text);
  if (!date) return {};
  if (!has_time) return std::chrono::sys_days(*date);
  text.remove_prefix(11);
  const auto zone = std::min(text.find_first_of("Z+-"), text.size());
  const auto time = parse_time_of_day(text.substr(0, zone));
  const auto offset = zone == text.size() ? std::optional(std::chrono::seconds(0)) : parse_zone(text.substr(zone));
  if (!time || !offset) return {};
  return std::chrono::sys_days(*date) + *time - *offset;
}

/// The time in a field of the current row; `expected` is what to ask for if there is none.
inline std::chrono::sys_seconds csv_time(const CsvReader& file, std::size_t column, std::string_view expected) {
  const auto& field = file.field(column);
  const auto text = trimmed(field.text);
  const auto time = parse_time(text);
  if (!time)
    throw file.error_at(field.position,
                        sentence(file.describe(column), ": expected ", expected, ", found ", in_quotes(text)));
  return *time;
}

}  // namespace detail

/// The times of a column: dates and times of day, `2016-07-01 13:00:00`, `2016-07-01T13:00` and the like, to the
/// second, so that fractions of one are cut off; a date alone is its midnight. A date is also one as `31.12.2016`,
/// `2016/12/31` or `20161231`; `2016-07`, `2016/07`, `07/2016`, `07.2016`, `2016`, `2016Q3` or `2016-Q3`, and the week
/// `2016-W26` or `2016W26` are the first day of it. With a zone behind a time of
/// day, Z or an offset as in `+02:00`, times become those of UTC; without one they are taken as they stand, as if of
/// UTC.
///
/// Throws FileError like read_csv does, and where a field is no such time.
inline std::vector<std::chrono::sys_seconds> read_csv_times(const std::string& path, const CsvColumn& column,
                                                            CsvOptions options = {}) {
  return detail::read_csv_rows<1>(path, {column}, std::move(options),
                                  [](const detail::CsvReader& file, const auto& indices) {
                                    return detail::csv_time(file, indices[0], "a time as YYYY-MM-DD HH:MM:SS");
                                  });
}

/// The dates of a column, written as YYYY-MM-DD, YYYYMMDD or DD.MM.YYYY, or YYYY-MM for the first day of a month;
/// others, years, quarters and weeks as `read_csv_times` reads them. A time of day behind a date has to be midnight, as
/// in `2016-07-01 00:00:00`.
///
/// Throws FileError like read_csv does, and where a field is no such date.
inline std::vector<std::chrono::year_month_day> read_csv_dates(const std::string& path, const CsvColumn& column,
                                                               CsvOptions options = {}) {
  return detail::read_csv_rows<1>(
      path, {column}, std::move(options), [](const detail::CsvReader& file, const auto& indices) {
        const auto time = detail::csv_time(file, indices[0], "a date as YYYY-MM-DD or YYYY-MM");
        const auto day = std::chrono::floor<std::chrono::days>(time);
        if (day != time) {
          const auto& field = file.field(indices[0]);
          throw file.error_at(field.position, detail::sentence(file.describe(indices[0]), ": expected a date, found \"",
                                                               detail::trimmed(field.text),
                                                               "\" with a time of day, which read_csv_times reads"));
        }
        return std::chrono::year_month_day(day);
      });
}

/// 1 for the first of January, to 365 or 366. A calendar input is the sine and cosine of 2 pi day_of_year / 365.25.
///
/// Throws ArgumentError if there is no such date.
inline int day_of_year(std::chrono::year_month_day date) {
  if (!date.ok()) throw ArgumentError("day_of_year: there is no such date");
  const std::chrono::sys_days first = date.year() / std::chrono::January / 1;
  return static_cast<int>((std::chrono::sys_days(date) - first).count()) + 1;
}

}  // namespace rnnts::inline RNNTS_ABI
