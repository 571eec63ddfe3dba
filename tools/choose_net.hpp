// Which net `rnnts forecast` takes where columns are known in advance, and whether it looks at them.
#pragma once

#include "forecast_arguments.hpp"
#include "forecast_plan.hpp"
#include "rnnts/forecast/series_table.hpp"

namespace tools {

/// Where columns are known in advance, puts into the plan what forecasts the windows before the held-out part best: a
/// net of either kind beside these columns, or the usual one without them. Each is trained without these windows, and
/// the held-out part is not looked at. Of two to eight columns, of which those of the calendar are one, each is then
/// left out where the error is lower without it. What is left out is taken out of plan, table and arguments. A net that
/// the user has named is not compared with others, and keeps the columns.
///
/// Throws ArgumentError if it is for such columns and there are none.
void choose_net(ForecastPlan& plan, rnnts::SeriesTable& table, ForecastArguments& asked);

}  // namespace tools
