// What the user asks `rnnts forecast` and `rnnts backtest` for.
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

/// Numbers that are 0 are chosen by the program.
struct ForecastArguments {
  DataOptions data;
  std::string model;         ///< a file of an earlier run, with which to forecast
  std::string net;           ///< forecast or horizon; empty: the program chooses
  std::string output = ".";  ///< the folder that files are written to
  std::size_t horizon = 0, look_back = 0, units = 0, members = 0, epochs = 0, windows = 0, step_size = 0;
  std::vector<double> quantiles = {0.1, 0.5, 0.9};
  double budget = 0;  ///< seconds for a search; 0: none
  std::uint64_t seed = 1;
  bool json = false, resume = false, stream = false;
  rnnts::Ranks* ranks = nullptr;  ///< of the processes that train together, of which the first one speaks and writes

  bool is_first() const { return ranks == nullptr || ranks->rank() == 0; }
};

/// Adds the options of `forecast`, or of `backtest`, which writes no files.
void add_options(CLI::App& command, ForecastArguments& given, bool writes_files);

}  // namespace tools
