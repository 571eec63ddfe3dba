// The command line options that all examples have.
#pragma once

#include <rnnts/core/parallel_for.hpp>

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

extern "C" __attribute__((weak)) void openblas_set_num_threads(int);  // null if another BLAS is linked

namespace examples {

struct Options {
  std::uint64_t seed = 1;
  std::optional<std::size_t> epochs;
  std::filesystem::path out;
  std::string data;

  /// Adds the options to a command line; `name` is that of the example, whose series is made by a formula.
  Options(CLI::App& app, const std::string& name) : out("out/" + name) {
    app.add_option("--seed", seed, "Seed of the weights and of the order of the samples")->capture_default_str();
    app.add_option("--epochs", epochs, "Epochs of every net, in place of each net's own number")
        ->check(CLI::Range(1, 1'000'000));
    app.add_option("--out", out, "Folder for plots, history.csv and report.json")->capture_default_str();
  }

  /// The same for an example that reads a series: `data_file` is its file in examples/data.
  Options(CLI::App& app, const std::string& name, const std::string& data_file) : Options(app, name) {
    data = RNNTS_EXAMPLES_DATA "/" + data_file;
    app.add_option("--data", data, "Path of the series, a CSV file with the columns of the default one")
        ->capture_default_str();
  }
  Options(const Options&) = delete;  // the command line refers to the members
  Options& operator=(const Options&) = delete;

  std::size_t epochs_or(std::size_t usual) const { return epochs.value_or(usual); }
};

/// Those of an example that compares models. Each is trained by one thread, and so OpenBLAS starts no threads beside.
struct StudyOptions : Options {
  std::size_t seeds;
  std::size_t threads = rnnts::hardware_threads();
  bool select = false;

  StudyOptions(CLI::App& app, const std::string& name, const std::string& data_file, std::size_t usual_seeds)
      : Options(app, name, data_file), seeds(usual_seeds) {
    app.add_option("--seeds", seeds, "Number of seeds that each net is trained with, --seed being the first")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    app.add_option("--threads", threads,
                   "Number of models that are trained at once, one thread each; changes no result")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    app.add_flag("--select", select,
                 "Compare the candidates on the training part, in place of judging the best ones on the test part");
    if (openblas_set_num_threads) openblas_set_num_threads(1);
  }
};

}  // namespace examples
