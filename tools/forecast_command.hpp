// `rnnts forecast` and `rnnts backtest`: from a CSV file to forecasts, and how good they would have been.
#pragma once

#include "forecast_arguments.hpp"

namespace CLI {
class App;
}

namespace tools {

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

}  // namespace tools
