// What a forecast.rnnts says beside its forecaster, and what it is.
#pragma once

#include <cstddef>
#include <string>

#include "forecast_data.hpp"
#include "forecast_model.hpp"
#include "rnnts/forecast/series_table.hpp"
#include "rnnts/forecast/time_step.hpp"

namespace tools {

/// What the file of a forecaster says of the data, a line each. Of the columns known in advance, the last ones are
/// those of the calendar.
std::string notes_of(const DataOptions& data, const rnnts::SeriesTable& table, std::size_t of_calendar);

/// What it says of the file that the forecaster was trained with.
struct TrainingFile {
  rnnts::TimeStep step;            ///< 0 without times
  std::string separator, decimal;  ///< the characters; empty if that was no file but a pipe
  char thousands = '\0';
};

/// Takes what is not given from the notes, but for the marks, and the columns from the model's options.
TrainingFile take_notes(DataOptions& data, const std::string& notes, const ModelOptions& model);

/// Whether `rnnts forecast` has written a file. Throws FileError if it cannot be read.
bool is_forecast_file(const std::string& path);

/// Prints what the forecaster of such a file forecasts, from what and how.
void inspect_forecast_file(const std::string& path, bool json);

}  // namespace tools
