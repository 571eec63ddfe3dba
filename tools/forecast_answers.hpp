// Rows of CSV in, a line of forecasts out for each.
#pragma once

#include <cstddef>
#include <iosfwd>

#include "forecast_stream.hpp"
#include "rnnts/series/csv_options.hpp"

namespace tools {

/// Reads rows until there are none, and answers each. Returns how many could not be used: each of these has a line on
/// `errors`. Answers are rows of CSV, or lines of JSON, as errors are then. A row is on one line.
///
/// Throws what `ForecastStream::find_columns` does; DataError if there were too few rows for a forecast.
std::size_t answer_rows(ForecastStream& stream, const ForecastModel& model, const rnnts::CsvOptions& csv, bool json,
                        std::istream& rows, std::ostream& answers, std::ostream& errors);

}  // namespace tools
