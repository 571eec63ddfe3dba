// What a file of `rnnts forecast` says of the data that its model was trained with.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <sstream>
#include <string>

#include "forecast_data.hpp"
#include "forecast_model.hpp"
#include "rnnts/core/error.hpp"
#include "rnnts/forecast/series_table.hpp"

namespace tools {

/// What a file of a forecaster says of the data, a line each. Of the columns known in advance, the last ones are those
/// of the calendar.
inline std::string notes_of(const DataOptions& data, const rnnts::SeriesTable& table, std::size_t of_calendar) {
  return rnnts::detail::sentence(data.layout, "\n", data.id, "\n", data.time, "\n", data.target, "\n", data.fill, "\n",
                                 data.season, "\n", table.step.text(), "\n", of_calendar, "\n");
}

/// Takes what is not given from the notes, and the columns from the model's options. Returns the step of the data.
inline std::string take_notes(DataOptions& data, const std::string& notes, const ModelOptions& model) {
  std::istringstream lines(notes);
  const auto take = [&](std::string& option) {
    std::string line;
    std::getline(lines, line);
    if (option.empty()) option = line;
  };
  std::string season, step, of_calendar;
  take(data.layout);
  take(data.id);
  take(data.time);
  take(data.target);
  take(data.fill);
  take(season);
  take(step);
  take(of_calendar);
  if (!data.season_given) data.season = std::strtoul(season.c_str(), nullptr, 10);
  data.season_given = true;
  const std::size_t count = std::strtoul(of_calendar.c_str(), nullptr, 10);
  data.calendar = count > 0;
  data.known.assign(model.known.begin(),
                    model.known.end() - static_cast<std::ptrdiff_t>(std::min(count, model.known.size())));
  data.past = model.past;
  data.fixed = model.fixed;
  return step;
}

}  // namespace tools
