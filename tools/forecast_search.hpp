// `--budget`: what forecasts a part before the held-out one best, as far as there is time to try it out.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
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
  rnnts::SearchResult result = {};  ///< empty if there are no such windows, or too few
  bool is_better = false;           ///< rnnts::SearchResult::beats_usual: the plan has the settings of the best trial
  bool is_interrupted = false;      ///< by Ctrl-C
  double seconds = 0;
};

/// Searches for settings that the user has not given, for `asked.budget` seconds, by the windows before the held-out
/// part, and puts them into the plan if they are better than those that it has, by more than chance. The held-out part
/// is not looked at. Adds columns of the calendar to the table, which a trial may look at, and sets
/// `asked.data.calendar` if the plan does then. `tell` is called with how far it is.
///
/// Trials are written to the file, if there is a name of one, and those that stand there are not run again. Throws
/// FileError if it is of other data, options or settings, or cannot be written; Error if there is no forecast with the
/// usual settings.
Searched search_settings(ForecastPlan& plan, rnnts::SeriesTable& table, ForecastArguments& asked,
                         const std::filesystem::path& file, const std::function<void(const std::string&)>& tell);

/// The mean absolute error of the forecasts of the last values of each series; of many, scaled as in MASE. Its cases
/// are those of `trial_cases`.
rnnts::TrialErrors errors_of_last(const ForecastModel& model, const std::vector<rnnts::ForecastSeries>& series,
                                  const Windows& windows, std::size_t season);

}  // namespace tools
