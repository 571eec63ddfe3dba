// What `rnnts forecast --json` says, piece by piece.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "forecast_output.hpp"
#include "forecast_search.hpp"

namespace tools {

/// A text for each name.
nlohmann::json json_of(const Lines& lines);

/// The errors of all methods, and what share of the values was below each quantile of these levels.
nlohmann::json json_of(const Judged& judged, const std::vector<double>& levels);

/// What a search has come to.
nlohmann::json json_of(const Searched& searched);

}  // namespace tools
