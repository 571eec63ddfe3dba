#include "results.hpp"

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "rnnts/forecast/conformal_intervals.hpp"
#include "rnnts/forecast/quantile_errors.hpp"

namespace bench {

using namespace rnnts;

ListOfSeries rows_of(const Forecast& forecast) {
  ListOfSeries rows;
  for (std::size_t s = 0; s < forecast.size(); ++s) {
    const auto mean = forecast.mean(s);
    rows.emplace_back(mean.begin(), mean.end());
  }
  return rows;
}

void add_coverage(Results& results, const std::string& data, Windows calibration, Windows judged, bool pooled) {
  const std::size_t series = judged.of.series, horizon = judged.of.horizon;
  std::vector<ConformalIntervals> intervals(pooled ? 1 : series, ConformalIntervals(horizon));
  for (std::size_t s = 0; s < series; ++s) {
    for (std::size_t w = calibration.first; w < calibration.last; ++w) {
      intervals[pooled ? 0 : s].add(calibration.of.actual_of(s, w), calibration.of.forecast_of(s, w));
    }
  }
  for (const double level : {0.8, 0.95}) {
    std::vector<ForecastInterval> bounds;
    std::vector<IntervalForecast> forecasts;
    bounds.reserve(series * (judged.last - judged.first));  // forecasts refer to them
    for (std::size_t s = 0; s < series; ++s) {
      for (std::size_t w = judged.first; w < judged.last; ++w) {
        bounds.push_back(intervals[pooled ? 0 : s].around(judged.of.forecast_of(s, w), level));
        forecasts.push_back({s, judged.of.actual_of(s, w), bounds.back().lower, bounds.back().upper});
      }
    }
    const HorizonErrors<IntervalErrors> errors = interval_errors(forecasts, level);
    Coverage row{.data = data, .level = level, .all = errors.together.coverage, .quarters = std::vector<double>(4)};
    for (std::size_t h = 0; h < horizon; ++h) {
      row.quarters[h * 4 / horizon] += errors.steps[h].coverage * 4 / static_cast<double>(horizon);
    }
    results.coverage.push_back(std::move(row));
  }
}

void add_row(Results& results, const Row& row) {
  if (results.rows.empty()) {
    std::printf("%-10s %-28s %7s %7s %7s %7s %7s %8s %6s\n", "", "", "sMAPE", "MASE", "OWA", "MSE", "MAE", "seconds",
                "MB");
  }
  std::printf("%-10s %-28s", row.data.c_str(), row.forecast.c_str());
  if (row.owa) {
    std::printf(" %7.3f %7.3f %7.4f %7s %7s", row.errors.smape, *row.errors.mase, *row.owa, "", "");
  } else {
    std::printf(" %7s %7s %7s %7.4f %7.4f", "", "", "", row.errors.mse, row.errors.mae);
  }
  std::printf(" %8.1f %6.0f\n", row.seconds, row.megabytes);
  std::fflush(stdout);
  results.rows.push_back(row);
}

void print_coverage(const Results& results) {
  std::printf("\n%-10s %-28s %7s %7s %7s %7s %7s\n", "", "values in the intervals", "all", "1st", "2nd", "3rd",
              "4th quarter");
  for (const Coverage& row : results.coverage) {
    std::printf("%-10s %2.0f %%%24s %6.1f%%", row.data.c_str(), 100 * row.level, "", 100 * row.all);
    for (const double share : row.quarters) std::printf(" %6.1f%%", 100 * share);
    std::printf("\n");
  }
}

void write_json(const Results& results, const std::string& path) {
  using nlohmann::json;
  json rows = json::array(), coverage = json::array();
  for (const Row& row : results.rows) {
    json one{{"data", row.data}, {"forecast", row.forecast}, {"seconds", row.seconds}, {"megabytes", row.megabytes}};
    if (row.owa) {
      one.update({{"smape", row.errors.smape}, {"mase", *row.errors.mase}, {"owa", *row.owa}});
    } else {
      one.update({{"mse", row.errors.mse}, {"mae", row.errors.mae}});
    }
    rows.push_back(std::move(one));
  }
  for (const auto& [data, level, all, quarters] : results.coverage) {
    coverage.push_back({{"data", data}, {"level", level}, {"all", all}, {"quarters", quarters}});
  }
  std::ofstream out(path);
  out << json{{"rows", rows}, {"coverage", coverage}}.dump(2) << "\n";
  out.close();
  if (!out) throw std::runtime_error(path + " cannot be written");
}

}  // namespace bench
