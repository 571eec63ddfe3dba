// ForecastSeries: a series with its name and its covariates.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI {

/// A series and its covariates: columns with names, in three roles. A forecaster looks at those that its options name.
///
///     ForecastSeries load{.values = megawatts, .known = {{"temperature", degrees}}};
struct ForecastSeries {
  std::string unique_id = "0";
  std::vector<double> values = {};
  std::map<std::string, std::vector<double>> known = {};  ///< in advance: as many numbers, then those of steps to come
  std::map<std::string, std::vector<double>> past = {};   ///< past only: as many numbers, and no more
  std::map<std::string, double> fixed = {};               ///< static: one number for the series
};

}  // namespace rnnts::inline RNNTS_ABI
