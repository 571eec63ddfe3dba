// What `rnnts forecast` reads: a CSV file whose columns and form are given or guessed.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/forecast/fill_missing.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/series_table.hpp"
#include "rnnts/series/csv_reader.hpp"

namespace tools {

/// Where the numbers are. What is empty is guessed.
struct DataOptions {
  std::string file;
  std::string separator, decimal;  ///< the characters
  char thousands = '\0';           ///< what may group digits, as the file says it; none
  std::string layout;              ///< "long", "columns" or "rows"
  std::string id, time, target;
  std::vector<std::string> known, past, fixed;  ///< columns beside the target
  bool calendar = false;                        ///< whether those of the calendar are made too
  std::string fill;                 ///< "forward", "linear" or "seasonal"; empty: missing values are refused
  std::string resample, frequency;  ///< a rule, and the words of the step to come to; empty: uneven times are refused
  std::size_t season = 0;
  bool season_given = false;  ///< then it is not looked for, and 0 is none
};

/// A name and what was found, or chosen and why: a line for people.
using Lines = std::vector<std::pair<std::string, std::string>>;

/// What DataOptions::fill says.
rnnts::MissingValue missing_value(const std::string& fill);

/// To standard output, an empty line after them.
void print(const char* title, const Lines& lines);

/// How the file is written, with the marks that are given or found; fields as "NA" are missing values.
rnnts::CsvOptions csv_options(const DataOptions& options);

/// Sets separator and decimal mark, if they are empty, by a look at the first rows, and adds them to `lines` if they
/// are not comma and point. Leaves them alone for what is no file, as a pipe.
///
/// Throws FileError if the file cannot be read, or could be read in two ways.
void guess_marks(DataOptions& options, Lines& lines);

/// The same for layout, id, time and target.
///
/// Throws FileError if the file has no column of numbers; ArgumentError if columns beside the target are asked for
/// where there are none.
void guess_columns(DataOptions& options, Lines& lines);

/// Says how many of the last values of each series have no say.
using HeldOut = std::function<std::size_t(const rnnts::SeriesTable&)>;

/// Reads the series, finds their season if none is given, and fills missing values. Adds what was found to `lines`.
/// Values that are held out have no say in the season, if the others are enough for one.
///
/// Throws FileError and DataError as rnnts::read_series does.
rnnts::SeriesTable read_data(DataOptions& options, Lines& lines, const HeldOut& held_out = {});

/// The series without their last values, and what of their columns stands beside the others.
std::vector<rnnts::ForecastSeries> without_last(const rnnts::SeriesTable& table, std::size_t count);

/// Values that a series has to have, what for, as in "a horizon of 12", and what else can be done.
struct LeastValues {
  std::size_t values = 0;
  std::string what_for = {}, hint = {};
};

/// Takes out the series that are too short, and adds which to `lines`. Returns their names.
///
/// Throws DataError, naming the longest, if all are.
std::vector<std::string> leave_out_short(rnnts::SeriesTable& table, const std::string& file, const LeastValues& least,
                                         Lines& lines);

/// Adds columns of the calendar to those known in advance, also for so many steps to come, and which to `lines`.
/// Returns their names.
///
/// Throws ArgumentError if there are no times, their step has no calendar, or the file has a column of such a name.
std::vector<std::string> add_calendar(rnnts::SeriesTable& table, std::size_t steps, Lines& lines);

/// Throws DataError, naming series and column, if a column known in advance ends before so many steps to come.
void require_known(const rnnts::SeriesTable& table, const std::string& file, std::size_t steps);

}  // namespace tools
