// How far forecasts of M4 Hourly, of ETTh1 and of the bundled weather are off, beside the seasonal naive one, and what
// they cost on one core. docs/forecast_benchmarks.md says where the data are from, what the protocols are, and why the
// recipes are as they are.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <string>

#include "../openblas.hpp"
#include "results.hpp"

int main(int argc, char** argv) {
  CLI::App app("Forecasts of public data: errors, seconds, megabytes.");
  bench::Arguments arguments;
  std::string json;
  app.add_option("--data", arguments.data, "the folder of M4-Hourly-train.csv, M4-Hourly-test.csv and ETTh1.csv")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--epochs", arguments.epochs, "in place of those of the recipes, to see that all runs");
  app.add_option("--json", json, "a file for the table");
  CLI11_PARSE(app, argc, argv);
  try {
    bench::hold_blas_to_one_thread();
    bench::Results results;
    bench::add_m4(arguments, results);
    bench::add_etth1(arguments, results);
    bench::add_weather(arguments, results);
    bench::print_coverage(results);
    if (!json.empty()) bench::write_json(results, json);
  } catch (const std::exception& error) {
    std::cerr << "forecasts: " << error.what() << "\n";
    return 1;
  }
}
