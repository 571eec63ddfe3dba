// The umbrella of forecast/: forecasters of whole series, and how forecasts are judged. Beside rnnts.hpp, as it takes
// longer to compile.
#pragma once

#include "rnnts/forecast/backtest.hpp"
#include "rnnts/forecast/baselines.hpp"
#include "rnnts/forecast/conformal_intervals.hpp"
#include "rnnts/forecast/data_path.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/forecast/forecast_net.hpp"
#include "rnnts/forecast/forecaster.hpp"
#include "rnnts/forecast/forecaster_options.hpp"
#include "rnnts/forecast/named_series.hpp"
#include "rnnts/forecast/point_errors.hpp"
#include "rnnts/forecast/quantile_errors.hpp"
#include "rnnts/forecast/search.hpp"
#include "rnnts/forecast/search_result.hpp"
#include "rnnts/forecast/search_space.hpp"
#include "rnnts/forecast/steps.hpp"
#include "rnnts/forecast/window_steps.hpp"
