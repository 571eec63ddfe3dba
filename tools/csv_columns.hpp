// What the first rows of a CSV file say of its columns, and which of them is likely to be the one to forecast.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
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

/// What the first rows have in a column.
struct Column {
  std::string name;
  bool times = true, ascending = true;  ///< of those fields that are not missing
  bool like_times = true;               ///< digits and two or more of . / - :
  std::size_t numbers = 0;              ///< fields
  bool flags = true, counts = true;     ///< whether all are 0 or 1, and each is the one before and 1
  std::optional<std::chrono::sys_seconds> last;
  std::set<std::string> texts;
  std::size_t fields = 0;

  void add(std::string_view text, const rnnts::CsvOptions& csv) {
    ++fields;
    texts.emplace(text);
    const auto time = rnnts::detail::parse_time(text);
    times = times && time.has_value();
    ascending = ascending && time && (!last || *time > *last);
    last = time;
    like_times = like_times && text.size() >= 6 && text[0] >= '0' && text[0] <= '9' &&
                 std::ranges::count_if(text, [](char c) { return std::string_view("./-:").find(c) != text_end; }) >= 2;
    const auto [number, error] = rnnts::detail::parse_number<double>(text, csv.decimal, csv.thousands);
    if (error != std::errc()) return;
    flags = flags && (number == 0 || number == 1);
    counts = counts && (numbers == 0 || number == last_number_ + 1);
    last_number_ = number;
    ++numbers;
  }
  bool has_times() const { return fields > 0 && times; }
  /// Some may be none, which are refused with their line when they are read.
  bool has_numbers() const { return fields > 0 && 10 * numbers >= 9 * fields && !times; }
  bool has_text() const { return fields > 0 && !times && !has_numbers(); }

 private:
  static constexpr auto text_end = std::string_view::npos;

  double last_number_ = 0;
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

/// Numbers that name a series or a part of a date, or count rows.
inline bool is_label(const Column& column) {
  constexpr auto labels =
      std::to_array<std::string_view>({"", "id", "store", "shop", "item", "sku", "product", "year", "quarter", "month",
                                       "week", "weekday", "dayofweek", "day", "hour", "minute", "index"});
  const auto words = words_of(column.name);
  return column.counts || std::ranges::find(labels, words.back()) != labels.end();
}

/// The column to forecast, of some columns of numbers, and why that one.
inline std::pair<const Column*, std::string> guessed_target(const std::vector<const Column*>& columns) {
  // Names that are usual for it, the earlier ones more than the later ones.
  constexpr auto usual_names =
      std::to_array<std::string_view>({"target", "value", "values", "sales", "demand", "load", "power", "consumption",
                                       "close", "quantity", "amount", "count"});
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
  found = first([](const Column* c) { return !is_label(*c) && !c->flags && c->texts.size() > 1; });
  if (found == nullptr || found == columns[0]) return {columns[0], "guessed: the first column of numbers"};
  return {found, "guessed: the first column of numbers that is no number of a row, name, date or flag"};
}

}  // namespace tools
