// What is measured of forecasts: errors, costs, and what share of the values intervals hold.
#pragma once

#include <cstddef>
#include <ctime>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "rnnts/forecast/backtest_result.hpp"
#include "rnnts/forecast/forecast.hpp"
#include "rnnts/forecast/point_errors.hpp"

namespace bench {

using ListOfSeries = std::vector<std::vector<double>>;

constexpr std::size_t day = 24, week = 7 * day;  ///< values
constexpr std::size_t seeds = 4;                 ///< nets of a recipe

struct Arguments {
  std::string data;        ///< the folder
  std::size_t epochs = 0;  ///< in place of those of the recipes, to see that all runs; 0: theirs
};

/// Seconds of one core since it was made, and the most memory that the process has had in that time.
class Cost {
 public:
  Cost() { std::ofstream("/proc/self/clear_refs") << 5; }  // VmHWM counts from here on

  double seconds() const { return static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC; }
  double megabytes() const {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
    }
    return 0;
  }

 private:
  std::clock_t start_ = std::clock();
};

struct Row {
  std::string data, forecast;
  rnnts::PointErrors errors;
  std::optional<double> owa = {};  ///< of M4 alone, for which the errors of Naive2 are published
  double seconds = 0;              ///< training, forecasting and comparing
  double megabytes = 0;
};

/// The share of the values that intervals held: of all, and of each quarter of the horizon.
struct Coverage {
  std::string data;
  double level = 0, all = 0;
  std::vector<double> quarters = {};
};

struct Results {
  std::vector<Row> rows = {};
  std::vector<Coverage> coverage = {};
};

/// Prints it too, as the next one may take minutes.
void add_row(Results& results, const Row& row);

/// Forecasts of all series as backtest takes them, a row for each.
ListOfSeries rows_of(const rnnts::Forecast& forecast);

/// Some windows of a backtest, `last` left out.
struct Windows {
  const rnnts::BacktestResult& of;
  std::size_t first, last;
};

/// Split-conformal intervals around the forecasts of `judged`, by the errors in `calibration`: those of each series by
/// itself, or where `pooled` of all together.
void add_coverage(Results& results, const std::string& data, Windows calibration, Windows judged, bool pooled);

/// Adds what is measured. The first two need their files in the folder.
void add_m4(const Arguments& arguments, Results& results);
void add_etth1(const Arguments& arguments, Results& results);
void add_weather(const Arguments& arguments, Results& results);

void print_coverage(const Results& results);

/// Throws std::runtime_error if the file cannot be written.
void write_json(const Results& results, const std::string& path);

}  // namespace bench
