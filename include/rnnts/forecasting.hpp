// The umbrella of forecast/: forecasters of whole series, and how forecasts are judged. Beside rnnts.hpp, as it takes
// longer to compile.
#pragma once

#include "rnnts/forecast/backtest.hpp"
#include "rnnts/forecast/baselines.hpp"
#include "rnnts/forecast/calendar.hpp"
#include "rnnts/forecast/conformal_intervals.hpp"
#include "rnnts/forecast/data_path.hpp"
#include "rnnts/forecast/fill_missing.hpp"
#include "rnnts/forecast/find_season.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/forecast/forecast_net.hpp"
#include "rnnts/forecast/forecast_series.hpp"
#include "rnnts/forecast/forecaster.hpp"
#include "rnnts/forecast/forecaster_options.hpp"
#include "rnnts/forecast/named_series.hpp"
#include "rnnts/forecast/point_errors.hpp"
#include "rnnts/forecast/quantile_errors.hpp"
#include "rnnts/forecast/read_series.hpp"
#include "rnnts/forecast/series_table.hpp"
#include "rnnts/forecast/steps.hpp"
#include "rnnts/forecast/time_step.hpp"
#include "rnnts/forecast/window_steps.hpp"
