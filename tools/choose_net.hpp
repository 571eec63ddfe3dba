// Which net `rnnts forecast` takes where columns are known in advance.
#pragma once

#include "forecast_arguments.hpp"
#include "forecast_plan.hpp"
#include "rnnts/forecast/series_table.hpp"

namespace tools {

/// Puts the net that the user has named into the plan; without one, and beside columns that are known in advance, the
/// one that forecasts the windows before the held-out part better, for which each is trained without them. The held-out
/// part is not looked at.
///
/// Throws ArgumentError if the net is for such columns and there are none.
void choose_net(ForecastPlan& plan, const rnnts::SeriesTable& table, const ForecastArguments& asked);

}  // namespace tools
