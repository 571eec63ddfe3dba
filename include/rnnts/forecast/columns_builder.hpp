// ColumnsBuilder: the columns beside the series of a SeriesTable, which grow row by row, as a file is read.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rnnts/core/error.hpp"
#include "rnnts/forecast/named_series.hpp"
#include "rnnts/forecast/series_builder.hpp"
#include "rnnts/forecast/series_table.hpp"
#include "rnnts/forecast/time_step.hpp"
#include "rnnts/series/csv.hpp"
#include "rnnts/series/csv_reader.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

/// What messages about columns that have no numbers end with.
inline constexpr std::string_view or_encode =
    "; a column of text is to be encoded first, as one of 0 and 1 for each of its values";

class ColumnsBuilder {
 public:
  /// `taken` are those columns of the file that are something else.
  ///
  /// Throws FileError if there is no such column; ArgumentError if one stands in two roles.
  ColumnsBuilder(const CsvReader& file, std::vector<std::size_t> taken, const std::vector<std::string>& known,
                 const std::vector<std::string>& past, const std::vector<std::string>& fixed)
      : known_(known.size()), changing_(known.size() + past.size()) {
    for (const auto* const names : {&known, &past, &fixed}) {
      for (const std::string& name : *names) {
        const std::size_t field = file.find(name);
        if (std::ranges::find(taken, field) != taken.end()) {
          throw ArgumentError(
              sentence("read_series: expected each column in one role, found ", in_quotes(name), " in two"));
        }
        taken.push_back(field);
        columns_.push_back({name, field});
      }
    }
  }

  bool empty() const { return columns_.empty(); }

  /// Takes the numbers of the current row, one of a series that has begun, and its time if there is a column of that.
  ///
  /// Throws FileError if there is neither a number nor a missing one, if the time is not after that of the row before,
  /// or if a static column has another number than before.
  void push(std::size_t series, const std::string& unique_id, const CsvReader& file,
            std::optional<std::size_t> time_column) {
    if (series >= rows_.size()) rows_.resize(series + 1);
    Rows& rows = rows_[series];
    rows.numbers.resize(changing_);
    rows.fixed.resize(columns_.size() - changing_, none);
    if (time_column) {
      const auto last = rows.times.empty() ? std::nullopt : std::optional(rows.times.last());
      rows.times.add(time_after(last, file, *time_column, unique_id));
    }
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const double number = number_in(file, columns_[c].field);
      if (c < changing_) {
        rows.numbers[c].push_back(number);
      } else if (double& fixed = rows.fixed[c - changing_]; std::isnan(fixed)) {
        fixed = number;
      } else if (!std::isnan(number) && number != fixed) {
        throw file.error_at(
            file.field(columns_[c].field).position,
            sentence(file.describe(columns_[c].field), ": ", series_text(unique_id),
                     ": expected a static column to be ", fixed, " as in the rows before, found ", number));
      }
    }
  }

  /// Puts the columns into the table of the series beside them.
  ///
  /// Throws DataError, naming series, column and time, if a number is missing that must not be, or times are not even.
  void finish(SeriesTable& table, const std::string& path, bool allow_missing) && {
    if (table.has_times() && table.step == TimeStep{}) {
      throw DataError(sentence(path, ": expected at least 2 values of a series beside columns, found 1"));
    }
    rows_.resize(table.size());
    for (std::size_t s = 0; s < table.size(); ++s) {
      const std::size_t values = table.series[s].second.size();
      if (values == 0) {  // nor is any of a column
        rows_[s].numbers.resize(changing_);
        rows_[s].fixed.resize(columns_.size() - changing_, 0);
      }
      const std::string whose = sentence(path, ": ", series_text(table.series[s].first));
      Rows& rows = rows_[s];
      for (std::size_t c = 0; c < changing_; ++c) {
        const std::string& name = columns_[c].name;
        std::vector<double>& numbers = rows.numbers[c];
        if (table.has_times()) space(numbers, rows.times, table.step, allow_missing, whose);
        if (c >= known_) numbers.resize(values);
        while (numbers.size() > values && std::isnan(numbers.back())) numbers.pop_back();
        for (std::size_t t = 0; t < numbers.size(); ++t) {
          if (!std::isnan(numbers[t])) continue;
          if (!allow_missing) {
            throw DataError(
                sentence(whose, ": column ", in_quotes(name), ": expected a number at ",
                         table.has_times() ? time_text(table.time(s, t)) : sentence("row ", t, " (counted from 0)"),
                         ", found a missing one", or_allow_missing));
          }
          ++table.missing_in_columns;
        }
        (c < known_ ? table.known : table.past)[name].push_back(std::move(numbers));
      }
      for (std::size_t c = changing_; c < columns_.size(); ++c) {
        const std::string& name = columns_[c].name;
        const double number = rows.fixed[c - changing_];
        if (std::isnan(number)) {
          throw DataError(sentence(whose, ": static column ", in_quotes(name), ": expected a number, found none"));
        }
        table.fixed[name].push_back(number);
      }
    }
  }

 private:
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();

  struct Column {
    std::string name;
    std::size_t field;  ///< its index in the file
  };
  /// Those of a series, from its first value on.
  struct Rows {
    TimeRuns times;
    std::vector<std::vector<double>> numbers;  ///< of each column that is known or past
    std::vector<double> fixed;                 ///< of each static column; NaN until there is one
  };

  static double number_in(const CsvReader& file, std::size_t field) {
    try {
      return csv_number<double>(file, field);
    } catch (const FileError& error) {
      throw FileError(sentence(error.what(), or_encode));
    }
  }

  std::vector<Column> columns_;   ///< known ones, then past ones, then static ones
  std::size_t known_, changing_;  ///< known ones, and known and past ones together
  std::vector<Rows> rows_;        ///< of each series
};

}  // namespace rnnts::inline RNNTS_ABI::detail
