// The command lines of the examples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace examples {

/// What a command line says.
struct Options {
  std::uint64_t seed = 1;
  std::size_t seeds = 1;
  std::uint64_t series_seed = 1;
  std::optional<std::size_t> epochs{};  ///< in place of each net's own number
  std::optional<std::size_t> units{};   ///< likewise
  std::size_t threads = 1;
  bool select = false;
  std::filesystem::path out{}, log{};
  std::string data{};

  std::size_t epochs_or(std::size_t usual) const { return epochs.value_or(usual); }
};

/// The options that an example has: --seed, --epochs and --out, and those that are set here.
struct CommandLine {
  std::string example, description;
  std::string data_file{};             ///< --data; by default this file in examples/data, or a path from the root
  std::optional<std::size_t> seeds{};  ///< --seeds; by default as many
  bool makes_series = false;           ///< --series-seed
  bool compares_models = false;        ///< --threads and --select
  bool writes_log = false;             ///< --log, by default logs in the folder of --out
  std::string sized_layers{};          ///< --units; which layers have so many

  /// Ends the program with --help, or if an option is wrong. Makes the folder of --out, unless --select is given.
  ///
  /// An example that compares models trains each in one thread, and so OpenBLAS starts no threads beside.
  Options parse(int argc, char** argv) const;
};

}  // namespace examples
