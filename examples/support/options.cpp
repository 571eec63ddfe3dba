#include "options.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <rnnts/core/parallel_for.hpp>

extern "C" __attribute__((weak)) void openblas_set_num_threads(int);  // null if another BLAS is linked

namespace examples {

Options CommandLine::parse(int argc, char** argv) const {
  CLI::App app(description);
  Options options;
  options.out = "out/" + example;
  app.add_option("--seed", options.seed, "Seed of the weights and of the order of the samples")->capture_default_str();
  app.add_option("--epochs", options.epochs, "Epochs of every net, in place of each net's own number")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--out", options.out, "Folder for plots, history.csv and report.json")->capture_default_str();
  if (!data_file.empty()) {
    options.data = (std::filesystem::path(RNNTS_EXAMPLES_DATA) / data_file).string();
    app.add_option("--data", options.data, "Path of the series, a file with the columns of the default one")
        ->capture_default_str();
  }
  if (seeds) {
    options.seeds = *seeds;
    app.add_option("--seeds", options.seeds, "Number of seeds that each net is trained with, --seed being the first")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
  }
  if (makes_series) {
    app.add_option("--series-seed", options.series_seed, "Seed of the series")->capture_default_str();
  }
  if (compares_models) {
    options.threads = rnnts::hardware_threads();
    app.add_option("--threads", options.threads,
                   "Number of models that are trained at once, one thread each; changes no result")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    app.add_flag("--select", options.select,
                 "Compare the candidates on the training part, in place of judging the best ones on the test part");
    if (openblas_set_num_threads) openblas_set_num_threads(1);
  }
  if (!sized_layers.empty()) {
    app.add_option("--units", options.units, "Units of " + sized_layers + ", in place of each layer's own number")
        ->check(CLI::Range(1, 4096));
  }
  if (writes_log) {
    app.add_option("--log", options.log,
                   "Folder for TensorBoard, by default logs in that of --out; each net has a folder in it, which is "
                   "made anew");
  }

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  if (writes_log && options.log.empty()) options.log = options.out / "logs";
  if (!options.select) std::filesystem::create_directories(options.out);
  return options;
}

}  // namespace examples
