// `--budget`: what forecasts a part before the held-out one best, as far as there is time to try it out.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "forecast_arguments.hpp"
#include "forecast_model.hpp"
#include "forecast_plan.hpp"
#include "rnnts/forecast/search_result.hpp"
#include "rnnts/forecast/series_table.hpp"

namespace tools {

/// What a search has come to. Errors are those on the windows of `ForecastPlan::validation`.
struct Searched {
  rnnts::SearchResult result = {};
  std::optional<double> usual_error = {};  ///< of the settings that the plan had; none if there are no such windows
  std::string failure = {};                ///< the first one, if all trials have failed; there are none in the result
  bool is_better = false;                  ///< whether the plan has those of the best trial now
  bool is_interrupted = false;             ///< by Ctrl-C
  double seconds = 0;
};

/// Searches for settings that the user has not given, for `asked.budget` seconds, by the windows before the held-out
/// part, and puts them into the plan if they are better than those that it has. The held-out part is not looked at.
/// Adds columns of the calendar to the table, which a trial may look at, and sets `asked.data.calendar` if the plan
/// does then.
///
/// Trials are written to the file, if there is a name of one, and those that stand there are not run again. Throws
/// FileError if it is of other data, options or settings, or cannot be written.
Searched search_settings(ForecastPlan& plan, rnnts::SeriesTable& table, ForecastArguments& asked,
                         const std::filesystem::path& file);

/// The mean absolute error of the forecasts of the last values of each series; of many, scaled as in MASE.
double error_of_last(const ForecastModel& model, const std::vector<rnnts::ForecastSeries>& series,
                     const Windows& windows, std::size_t season);

}  // namespace tools
