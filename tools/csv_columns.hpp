// What the first rows of a CSV file say of its columns, and which of them is likely to be the one to forecast.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "rnnts/series/csv.hpp"
#include "rnnts/series/csv_reader.hpp"
#include "rnnts/series/dates.hpp"

namespace tools {

/// The words of a name, in small letters: of "Weekly_Sales", weekly and sales.
inline std::vector<std::string> words_of(const std::string& name) {
  std::vector<std::string> words(1);
  for (const char c : name) {
    if (c == ' ' || c == '_' || c == '-' || c == '.') {
      words.emplace_back();
    } else {
      words.back() += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return words;
}

/// Whether a column of this name has times.
inline bool is_time_name(const std::string& name) {
  constexpr auto names =
      std::to_array<std::string_view>({"date", "datetime", "timestamp", "ds", "year", "datum", "jahr"});
  const auto words = words_of(name);
  return std::ranges::find(names, words.back()) != names.end() || (words.size() == 1 && words[0] == "time");
}

/// Whether a column of this name has times, or a part of them.
inline bool is_name_of_part(const std::string& name) {
  constexpr auto parts =
      std::to_array<std::string_view>({"quarter", "month", "monat", "mois", "week", "day", "hour", "minute"});
  return is_time_name(name) || std::ranges::find(parts, words_of(name).back()) != parts.end();
}

/// What the first rows have in a column, in those of its fields that are not missing.
struct Column {
  std::string name;
  std::string first;                          ///< text
  bool times = true, like_times = true;       ///< the latter: digits and two or more of . / - :
  bool clocks = true;                         ///< times of day
  bool years = true;                          ///< times that are numbers too, and each another one than that before
  bool ascending = true, descending = false;  ///< times or numbers, of which the latter are at least three
  std::size_t numbers = 0;                    ///< fields
  bool whole = true, flags = true;            ///< numbers, and whether they are 0 or 1
  bool counts = true;                         ///< whether each number is the one before and 1
  std::set<std::string> texts, units;         ///< the latter: of its numbers
  std::size_t fields = 0;

  void add(std::string_view text, const rnnts::CsvOptions& csv) {
    if (fields == 0) first = text;
    texts.emplace(text);
    const auto time = rnnts::detail::parse_time(text);
    times = times && time.has_value();
    like_times = like_times && text.size() >= 6 && text[0] >= '0' && text[0] <= '9' &&
                 std::ranges::count_if(text, [](char c) { return std::string_view("./-:").find(c) != text_end; }) >= 2;
    clocks = clocks && rnnts::detail::parse_time_of_day(text).has_value();
    const auto [number, error] = rnnts::detail::parse_number<double>(text, csv);
    const bool is_number = error == std::errc();
    const double place = time && (!is_number || text.size() == 7)
                             ? static_cast<double>(time->time_since_epoch().count())
                         : is_number ? number
                                     : std::numeric_limits<double>::quiet_NaN();
    years = years && time && is_number_too(text) && (fields == 0 || place != last_place_);
    ascending = ascending && !std::isnan(place) && (fields == 0 || place > last_place_);
    falls_ = falls_ && !std::isnan(place) && (fields == 0 || place < last_place_);
    last_place_ = place;
    ++fields;
    descending = falls_ && fields >= 3;
    if (!is_number) return;
    if (const auto unit = rnnts::detail::unit_of(text, csv.units); !unit.empty()) units.emplace(unit);
    whole = whole && number == std::floor(number);
    flags = flags && (number == 0 || number == 1);
    counts = counts && (numbers == 0 || number == last_number_ + 1);
    last_number_ = number;
    ++numbers;
  }
  /// Numbers of four digits are years only where the name says so, and those as 03.2024 months.
  bool has_times() const {
    if (!times || fields == 0) return false;
    return !is_number_too(first) || (years && (first.size() == 4 ? is_time_name(name) : is_name_of_part(name)));
  }
  /// Some may be none, which are refused with their line when they are read. They have one unit at most.
  bool has_numbers() const { return fields > 0 && 10 * numbers >= 9 * fields && units.size() <= 1 && !has_times(); }
  /// Times of day by themselves, and days by themselves.
  bool has_clocks() const { return fields > 0 && clocks; }
  bool has_days() const {
    return has_times() && std::ranges::all_of(texts, [](const std::string& text) { return text.size() <= 10; });
  }
  bool has_text() const { return fields > 0 && !has_times() && !has_numbers(); }
  /// A few whole numbers that occur again and again, as those of seasons and kinds of weather.
  bool has_kinds() const { return whole && texts.size() <= 10 && 5 * texts.size() <= fields; }
  /// Whether these are likely to be times that cannot be read.
  bool has_unread_times() const {
    return has_text() && (like_times || is_time_name(name) || (is_name_of_part(name) && texts.size() == fields));
  }

 private:
  static constexpr auto text_end = std::string_view::npos;

  /// Of a time: a year, or a month as 03.2024.
  static bool is_number_too(std::string_view text) { return text.size() == 4 || (text.size() == 7 && text[2] == '.'); }

  double last_number_ = 0, last_place_ = 0;
  bool falls_ = true;
};

inline std::vector<Column> first_rows(const std::string& path, const rnnts::CsvOptions& csv) {
  constexpr std::size_t rows = 100;
  rnnts::detail::CsvReader file(path, csv);
  std::vector<Column> columns;
  for (const std::string& name : file.names()) columns.emplace_back().name = name;
  for (std::size_t row = 0; row < rows && file.next_of_any_width(); ++row) {
    for (std::size_t k = 0; k < std::min(columns.size(), file.fields()); ++k) {
      const auto text = rnnts::detail::trimmed(file.field(k).text);
      if (!file.is_missing(text)) columns[k].add(text, csv);
    }
  }
  return columns;
}

/// The first column for which `matches(column)` is true; null if there is none.
template <class Matches> const Column* first_that(const std::vector<Column>& columns, Matches matches) {
  const auto found = std::ranges::find_if(columns, matches);
  return found == columns.end() ? nullptr : &*found;
}

/// A file with a row for each series: a name, then more numbers than other files have columns.
inline bool has_rows_of_series(const std::vector<Column>& columns) {
  constexpr std::size_t many = 8;
  return columns.size() > many && !columns[0].has_numbers() && !columns[0].has_times() &&
         columns[0].texts.size() == columns[0].fields &&
         std::ranges::all_of(columns.begin() + 1, columns.end(),
                             [](const Column& c) { return c.fields == 0 || c.has_numbers(); });
}

/// Whether the first line has no names but is a row: one of numbers and times alone, or with a time above times; or
/// with a row for each series, numbers that do not ascend as those of steps do.
inline bool has_no_header(const std::vector<Column>& columns, const rnnts::CsvOptions& csv) {
  const auto is_time = [](const Column& c) { return rnnts::detail::parse_time(c.name).has_value(); };
  const auto number = [&](const Column& c) {
    return rnnts::detail::parse_number<double>(c.name, csv.decimal, csv.thousands);
  };
  const auto is_number = [&](const Column& c) { return number(c).second == std::errc(); };
  bool is_numbered = true;  // as programs number columns that have no names
  for (std::size_t k = 0; k < columns.size(); ++k) is_numbered = is_numbered && columns[k].name == std::to_string(k);
  if (is_numbered) return false;
  if (std::ranges::any_of(columns, [&](const Column& c) { return is_time(c) && c.has_times(); })) return true;
  if (std::ranges::all_of(columns, [&](const Column& c) { return is_time(c) || is_number(c); })) return true;
  if (!has_rows_of_series(columns) || !std::all_of(columns.begin() + 1, columns.end(), is_number)) return false;
  return !std::is_sorted(columns.begin() + 1, columns.end(),
                         [&](const Column& a, const Column& b) { return number(a).first < number(b).first; });
}

/// Numbers that name a series or a part of a date, or count rows.
inline bool is_label(const Column& column) {
  constexpr auto labels =
      std::to_array<std::string_view>({"", "id", "store", "shop", "item", "sku", "product", "quarter", "month", "week",
                                       "weekday", "dayofweek", "day", "hour", "minute", "index"});
  const auto words = words_of(column.name);
  return column.counts || is_time_name(column.name) || std::ranges::find(labels, words.back()) != labels.end();
}

/// The column to forecast, of some columns of numbers, and why that one.
inline std::pair<const Column*, std::string> guessed_target(const std::vector<const Column*>& columns) {
  // Names that are usual for it, the earlier ones more than the later ones.
  constexpr auto usual_names =
      std::to_array<std::string_view>({"target", "value", "values", "sales", "demand", "load", "power", "consumption",
                                       "close", "quantity", "amount", "count", "cnt", "qty", "units", "volume"});
  const auto first = [&](auto matches) {
    const auto found = std::ranges::find_if(columns, matches);
    return found == columns.end() ? nullptr : *found;
  };
  const Column* found = first([](const Column* c) { return c->name == "y" || c->name == "Y"; });
  for (const bool whole : {true, false}) {  // the whole name, or its last word
    for (const std::string_view usual : usual_names) {
      if (found != nullptr) break;
      found = first([&](const Column* c) {
        const auto words = words_of(c->name);
        return words.back() == usual && (words.size() == 1 || !whole);
      });
    }
  }
  if (found != nullptr) return {found, "guessed by its name"};
  if (columns.size() == 1) return {columns[0], "guessed: the only column of numbers"};
  const auto can_be = [](const Column* c) { return !is_label(*c) && !c->flags && c->texts.size() > 1; };
  found = first([&](const Column* c) { return can_be(c) && !c->has_kinds(); });
  if (found == nullptr) found = first(can_be);
  if (found == nullptr || found == columns[0]) return {columns[0], "guessed: the first column of numbers"};
  return {found, "guessed: the first column of numbers that is no number of a row, name, date, flag or kind"};
}

}  // namespace tools
