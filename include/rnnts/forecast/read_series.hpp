// read_series: many series from one CSV file, in each of the forms that these have.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/columns_builder.hpp"
#include "rnnts/forecast/resample.hpp"
#include "rnnts/forecast/series_builder.hpp"
#include "rnnts/forecast/series_table.hpp"
#include "rnnts/series/csv_reader.hpp"

namespace rnnts::inline RNNTS_ABI {

/// The columns of a file with a row for each value: which series it is of, its time and its number. The usual names are
/// those of Nixtla's libraries.
struct SeriesColumns {
  std::optional<CsvColumn> unique_id = {};  ///< none: all rows are one series, which has the name of the column y
  std::optional<CsvColumn> ds = {};         ///< none: the rows of a series follow each other evenly
  CsvColumn y = "y";
  /// Columns beside the values, in the roles that a ForecastSeries has: known in advance, past only, static.
  std::vector<std::string> known = {}, past = {}, fixed = {};
};

struct ReadSeriesOptions {
  /// Whether values that are missing, and those that have no row, become NaN; else they are refused.
  bool allow_missing = false;
  /// Even steps to make of the times, as by `rnnts::resample`; a row without a number is then no value of its interval.
  std::optional<Resample> resample = {};
  CsvOptions csv = {.missing = {"", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "null", "NULL", "None",
                                "-"}};  ///< as other programs write
};

namespace detail {

inline std::optional<std::size_t> find_if_any(const CsvReader& file, const std::optional<CsvColumn>& column) {
  return column ? std::optional(file.find(*column)) : std::nullopt;
}

/// Throws ArgumentError if there is to be resampled what has no times, or columns that would have to be too.
inline void check_resample(std::string_view function, const ReadSeriesOptions& options, bool has_times,
                           bool has_columns = false) {
  if (!options.resample) return;
  check_resample(function, *options.resample);
  if (!has_times) throw ArgumentError(sentence(function, ": expected times to resample by, found none"));
  if (has_columns) {
    throw ArgumentError(
        sentence(function, ": expected no known or past columns beside values that are resampled, found some"));
  }
}

/// The name of a column, or without one its number.
inline std::string name_of(const CsvReader& file, std::size_t column) {
  return column < file.names().size() ? file.names()[column] : std::to_string(column);
}

}  // namespace detail

/// The series of a file in long format, with a row for each value:
///
///     const SeriesTable sales = read_series("sales.csv", {.unique_id = "store", .ds = "date", .y = "sales"});
///
/// The rows of a series are in the order of time; those of different series may alternate. Series are in the order in
/// which they first occur. Missing values before the first known one of a series, and after its last one, are left out;
/// so is a series without a value, and `without_values` names it.
///
/// Rows after the last value of a series have the numbers of its known columns for the steps to come. A static column
/// has one number in all rows of a series; it may be missing in some.
///
/// The file is read once, in blocks, and may be a pipe; memory is taken for the numbers. Throws FileError like
/// `read_csv` does, and where a time is not after the one before it, or a value is missing; DataError, naming series
/// and times, where times are not one step apart, which is what most of them are, and with the column, where a number
/// of one is missing; ArgumentError if a column stands in two roles, or options do not fit each other.
inline SeriesTable read_series(const std::string& path, const SeriesColumns& columns,
                               const ReadSeriesOptions& options = {}) {
  detail::check_resample("read_series", options, columns.ds.has_value(),
                         !columns.known.empty() || !columns.past.empty());
  detail::CsvReader file(path, options.csv);
  const auto id = detail::find_if_any(file, columns.unique_id), time = detail::find_if_any(file, columns.ds);
  const std::size_t y = file.find(columns.y);
  const std::string only_name = detail::name_of(file, y);
  detail::SeriesBuilder builder(path, options.allow_missing, options.resample);
  detail::ColumnsBuilder beside(file, {y, id.value_or(y), time.value_or(y)}, columns.known, columns.past,
                                columns.fixed);
  while (file.next()) {
    const auto s = builder.find(id ? detail::trimmed(file.field(*id).text) : std::string_view(only_name));
    if (builder.push(s, file, y, time) && !beside.empty()) {
      beside.push(s, builder.unique_id(s), file, options.resample ? std::nullopt : time);
    }
  }
  SeriesTable table = std::move(builder).finish();
  if (!beside.empty()) std::move(beside).finish(table, path, options.allow_missing);
  return detail::without_empty(std::move(table));
}

/// The series of a file with a column for each of them, beside that of the times, if there is one. They have the names
/// of their columns, and may begin later than the file and end earlier.
///
/// Throws what `read_series` does, and FileError if two columns have the same name.
inline SeriesTable read_series_columns(const std::string& path, const std::optional<CsvColumn>& ds = {},
                                       const ReadSeriesOptions& options = {}) {
  detail::check_resample("read_series_columns", options, ds.has_value());
  detail::CsvReader file(path, options.csv);
  const auto time = detail::find_if_any(file, ds);
  detail::SeriesBuilder builder(path, options.allow_missing, options.resample);
  for (std::size_t column = 0; column < file.width(); ++column) {
    if (column == time) continue;
    const std::string name = detail::name_of(file, column);
    if (options.csv.header && !name.empty())
      file.find(name);  // refuses a second one, as a forecast is told by its name
    builder.add(name);
  }
  while (file.next()) {
    for (std::size_t column = 0, series = 0; column < file.width(); ++column) {
      if (column != time) builder.push(series++, file, column, time);
    }
  }
  return detail::without_empty(std::move(builder).finish());
}

/// The series of a file with a row for each of them, as those of the M4 competition: its name, and then its values.
/// Rows may have different numbers of fields. There are no times.
///
/// Throws what `read_series` does, and FileError if two rows have the same name.
inline SeriesTable read_series_rows(const std::string& path, const ReadSeriesOptions& options = {}) {
  detail::check_resample("read_series_rows", options, false);
  detail::CsvReader file(path, options.csv);
  detail::SeriesBuilder builder(path, options.allow_missing, options.resample);
  for (std::size_t rows = 0; file.next_of_any_width(); ++rows) {
    const auto unique_id = detail::trimmed(file.field(0).text);
    const std::size_t series = builder.find(unique_id);
    if (series != rows) {
      throw file.error_at(
          0, detail::sentence("expected a row for each series, found a second one of ", detail::in_quotes(unique_id)));
    }
    for (std::size_t column = 1; column < file.fields(); ++column) builder.push(series, file, column, {});
  }
  return detail::without_empty(std::move(builder).finish());
}

}  // namespace rnnts::inline RNNTS_ABI
