// `rnnts forecast` and `rnnts backtest`: from a CSV file to forecasts, and how good they would have been.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "forecast_data.hpp"
#include "rnnts/model/ranks.hpp"

namespace CLI {
class App;
}

namespace tools {

/// What the user asks for. Numbers that are 0 are chosen by the program.
struct ForecastArguments {
  DataOptions data;
  std::string model;         ///< a file of an earlier run, with which to forecast
  std::string output = ".";  ///< the folder that files are written to
  std::size_t horizon = 0, look_back = 0, units = 0, members = 0, epochs = 0, windows = 0, step_size = 0;
  std::vector<double> quantiles = {0.1, 0.5, 0.9};
  double budget = 0;  ///< seconds for a search; 0: none
  std::uint64_t seed = 1;
  bool json = false, resume = false, stream = false;
  rnnts::Ranks* ranks = nullptr;  ///< of the processes that train together, of which the first one speaks and writes

  bool is_first() const { return ranks == nullptr || ranks->rank() == 0; }
};

class ForecastCommands {
 public:
  /// Adds both to the program.
  explicit ForecastCommands(CLI::App& app);

  bool parsed() const;
  bool json() const { return arguments_.json; }
  /// Runs the one that was parsed, and returns the exit code. Throws CLI::ValidationError for options that cannot be
  /// used, and exceptions of the library for data that cannot.
  int run();

 private:
  ForecastArguments arguments_;
  CLI::App *forecast_ = nullptr, *backtest_ = nullptr;
};

/// Whether `rnnts forecast` has written a file. Throws FileError if it cannot be read.
bool is_forecast_file(const std::string& path);

/// Prints what the forecaster of such a file forecasts, from what and how.
void inspect_forecast_file(const std::string& path, bool json);

}  // namespace tools
