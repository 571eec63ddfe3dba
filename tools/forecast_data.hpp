// What `rnnts forecast` reads: the series of a CSV file, their season, and columns beside them.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "data_options.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/series_table.hpp"

namespace tools {

/// Says how many of the last values of each series have no say.
using HeldOut = std::function<std::size_t(const rnnts::SeriesTable&)>;

/// Reads the series, finds their season if none is given, and fills missing values, or leaves them NaN if they are to
/// stay missing. Adds what was found to `lines`. Values that are held out have no say in the season, if the others are
/// enough for one.
///
/// Throws FileError and DataError as rnnts::read_series does; DataError, naming series, column and time, if numbers are
/// missing beside values that are to stay so.
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
