#include "forecast_columns.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "csv_columns.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/forecast/read_series.hpp"
#include "rnnts/series/csv_text.hpp"
#include "rnnts/series/find_csv_options.hpp"

namespace tools {
namespace {

using rnnts::FileError;
using rnnts::detail::in_quotes;
using rnnts::detail::sentence;

/// A pipe, a device or a folder. Whether it can be read at all is said where it is.
bool is_no_file(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error);
}

}  // namespace

void guess_marks(DataOptions& options, Lines& lines) {
  if (is_no_file(options.file)) return;  // is read once
  const auto given = [](const std::string& mark) { return mark.empty() ? std::nullopt : std::optional(mark[0]); };
  try {
    const auto found =
        rnnts::find_csv_options(options.file, csv_options(options), given(options.separator), given(options.decimal));
    const auto tell = [&](std::string& option, char mark, const char* name, char usual) {
      const char* const how = option.empty()      ? " (guessed)"
                              : option[0] == mark ? ", as given"
                                                  : ", as the first line of the file says, not as given";
      const bool is_other = !option.empty() && option[0] != mark;
      option = mark;
      if (mark != usual || is_other) lines.emplace_back(name, rnnts::detail::mark_text(mark) + how);
    };
    tell(options.separator, found.separator, "separator", ',');
    tell(options.decimal, found.decimal, "decimal mark", '.');
    options.thousands = found.thousands;
    if (found.thousands == ' ' || found.thousands == '\'') {
      lines.emplace_back("thousands", rnnts::detail::mark_text(found.thousands) + " (guessed)");
    }
  } catch (const rnnts::FileError& error) {  // what the library says to programs, said to their users
    const std::string message = error.what();
    const auto is_about = [&](const char* end) { return message.ends_with(end); };
    throw rnnts::FileError(message + (is_about("name the separator")      ? " by --separator"
                                      : is_about("name the decimal mark") ? " by --decimal"
                                                                          : ""));
  }
}

namespace {

using Columns = std::vector<Column>;

std::string first_names(const Columns& columns) {
  std::vector<std::string> names;
  for (const Column& c : columns) names.push_back(c.name);
  return list_of(names, 3);
}

/// What is said where there are no times that can be read.
std::string order_of_file(const Columns& columns) {
  std::vector<std::string> names;
  for (const Column& c : columns) {
    if (is_name_of_part(c.name)) names.push_back(c.name);
  }
  return "no column of times was found: rows are taken in the order of the file, evenly apart" +
         (names.empty() ? "" : sentence("; no times that can be read: ", list_of(names, names.size())));
}

/// Throws FileError if the times go backwards, or without a column of them, numbers that are named as times.
void refuse_newest_first(const Columns& columns, const DataOptions& options) {
  const Column* const column = first_that(columns, [&](const Column& c) {
    return c.descending && (options.time.empty() ? is_time_name(c.name) : c.name == options.time);
  });
  if (column == nullptr) return;
  throw rnnts::FileError(sentence(options.file, ":3: column ", in_quotes(column->name),
                                  ": expected the oldest row first, found the newest, ", in_quotes(column->first),
                                  "; turn the order of the rows round"));
}

/// Takes out columns that have another role, and says what form the file has.
void guess_layout(Columns& columns, DataOptions& options, Lines& lines) {
  for (const auto& [option, text, names] : roles(options)) {
    if (names.empty()) continue;
    if (!options.layout.empty() && options.layout != "long") {
      throw rnnts::ArgumentError(sentence(option, ": expected the layout long, with a row for each value, found ",
                                          options.layout, ", which has no columns beside the values"));
    }
    options.layout = "long";
    std::erase_if(columns, [&](const Column& c) { return std::ranges::find(names, c.name) != names.end(); });
  }
  if (!options.layout.empty()) return;
  const bool rows = options.id.empty() && options.time.empty() && options.target.empty() && has_rows_of_series(columns);
  options.layout = rows ? "rows" : "long";
  if (rows) lines.emplace_back("form", "a row for each series (guessed)");
}

/// Makes one column of days and the only one of times of day beside it, where there are these. Returns whether it has.
bool join_time_of_day(const Column& days, Columns& columns, DataOptions& options) {
  if (!days.has_days() || std::ranges::count_if(columns, &Column::has_clocks) != 1) return false;
  const std::string clock = first_that(columns, [](const Column& c) { return c.has_clocks(); })->name;
  if (clock == options.id || clock.empty() || (days.name + clock).find(',') != std::string::npos) return false;
  options.time = days.name + "," + clock;
  std::erase_if(columns, [&](const Column& c) { return c.name == clock; });
  columns.push_back(first_rows(options.file, csv_options(options)).back());
  return true;
}

void guess_time(Columns& columns, DataOptions& options, Lines& lines) {
  if (options.time == "none" && first_that(columns, [](const Column& c) { return c.name == "none"; }) == nullptr) {
    options.time.clear();
    lines.emplace_back("time", "none, as given: rows are taken in the order of the file, evenly apart");
    return;
  }
  if (!options.time.empty()) return;
  const Column* time = first_that(columns, [](const Column& c) { return c.has_times() && c.texts.size() > 1; });
  if (time == nullptr) time = first_that(columns, [](const Column& c) { return c.has_times(); });
  if (time != nullptr && time->name.empty()) {
    throw FileError(options.file + ":1:1: expected a name of the column of times in the first line, found none");
  }
  const Column* const other =
      first_that(columns, [&](const Column& c) { return c.has_unread_times() && c.name != options.id; });
  if (time == nullptr && other != nullptr) {
    throw FileError(sentence(options.file, ":2: column ", in_quotes(other->name),
                             ": expected times as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS, found ", in_quotes(other->first)));
  }
  if (time == nullptr) {
    lines.emplace_back("time", order_of_file(columns));
    return;
  }
  options.time = time->name;
  const bool is_joined = join_time_of_day(Column(*time), columns, options);
  lines.emplace_back("time", in_quotes(options.time) + (is_joined ? " (guessed: days, and times of day beside them)"
                                                                  : " (guessed: the first column of times)"));
}

void guess_id(const Columns& columns, DataOptions& options, Lines& lines) {
  if (!options.id.empty()) return;
  const Column* id = first_that(columns, [](const Column& c) { return c.name == "unique_id"; });
  const Column* const time = first_that(columns, [&](const Column& c) { return c.name == options.time; });
  if (id == nullptr) {
    id = first_that(columns, [&](const Column& c) {
      return c.has_text() && c.name != options.target && (c.texts.size() == 1 || (time != nullptr && !time->ascending));
    });
  }
  if (id == nullptr) return;
  if (id->clocks) {
    throw FileError(sentence(options.file, ":2: column ", in_quotes(id->name),
                             ": expected times of day behind their dates, as YYYY-MM-DD HH:MM:SS, found ",
                             in_quotes(id->first), " by itself; --time date,time joins two columns"));
  }
  options.id = id->name;
  lines.emplace_back("names", in_quotes(id->name) + " (guessed)");
}

void guess_target(const Columns& columns, DataOptions& options, Lines& lines) {
  std::vector<const Column*> numbers;
  for (const Column& c : columns) {
    if (c.has_numbers() && c.name != options.id) numbers.push_back(&c);
  }
  if (numbers.empty()) {
    const Column* const other = first_that(columns, [&](const Column& c) {
      return c.has_text() && c.name != options.id && c.first.find_first_of("0123456789") != std::string::npos;
    });
    throw FileError(sentence(
        options.file, ":1:1: expected a column of numbers, found none in the first rows",
        other == nullptr ? "" : sentence("; column ", in_quotes(other->name), " has ", in_quotes(other->first))));
  }
  const auto [target, why] = guessed_target(numbers);
  options.target = target->name;
  lines.emplace_back("target", sentence(in_quotes(target->name), " (", why, ")"));
  std::vector<std::string> others;
  for (const Column* c : numbers) {
    if (c != target && !c->name.empty()) others.push_back(c->name);
  }
  if (!others.empty()) {
    lines.emplace_back("other columns of numbers",
                       sentence(list_of(others, 10), " (see --target, --known and --past",
                                options.id.empty() ? ", or --layout columns for all)" : ")"));
  }
}

}  // namespace

void guess_columns(DataOptions& options, Lines& lines) {
  if (is_no_file(options.file)) {
    throw FileError(options.file + ": expected a file, which is read twice, found a pipe, a device or a folder");
  }
  Columns columns = first_rows(options.file, csv_options(options));
  if (options.target.empty() && options.layout != "columns" && has_no_header(columns, csv_options(options))) {
    throw FileError(sentence(options.file, ":1:1: expected a line with the names of the columns, found the row ",
                             first_names(columns), "; put one before it"));
  }
  guess_layout(columns, options, lines);
  if (options.layout == "rows") return;
  guess_time(columns, options, lines);
  refuse_newest_first(columns, options);
  if (options.layout == "columns") return;
  guess_id(columns, options, lines);
  if (options.target.empty()) guess_target(columns, options, lines);
  const Column* const target = first_that(columns, [&](const Column& c) { return c.name == options.target; });
  if (target != nullptr && !target->units.empty()) {
    lines.emplace_back("unit", sentence(in_quotes(*target->units.begin()), ": left out of the numbers, as in ",
                                        in_quotes(target->first)));
  }
}

}  // namespace tools
