// Files of the program's forecasters, changed by libFuzzer, with size and checksum as they should be: an error, or a
// model. See fuzz, beside this file. Puts one of each net into the corpus first.
#include <unistd.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "../../tools/forecast_model.cpp"
#include "../../tools/forecast_net.cpp"
#include "../../tools/horizon_net.cpp"
#include "changed_file.hpp"
#include "rnnts/core/error.hpp"

using namespace rnnts;

/// The last argument is the corpus.
extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  const std::filesystem::path corpus = (*arguments)[*count - 1];
  if (!std::filesystem::is_directory(corpus)) return 0;
  ForecastSeries series{.values = std::vector<double>(40), .known = {{"price", std::vector<double>(42)}}};
  for (std::size_t t = 0; t < 40; ++t) series.values[t] = std::sin(static_cast<double>(t)) + 2;
  for (const auto net : {tools::NetKind::forecast, tools::NetKind::horizon}) {
    tools::ModelOptions options{.horizon = 2, .look_back = 4, .segment = 2, .net = net, .units = 2, .members = 1};
    if (net == tools::NetKind::horizon) options.known = {"price"};
    options.levels = {0.1, 0.5};
    options.epochs = 1;
    tools::ForecastModel model(options);
    model.fit(std::vector{series});
    model.save(corpus / (net == tools::NetKind::horizon ? "horizon.rnnts" : "forecast.rnnts"), "notes\n");
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("rnnts_fuzz_" + std::to_string(::getpid()))).string();
  const std::string file = changed_file(data, size);
  std::ofstream(path, std::ios::binary) << file;
  try {
    tools::ForecastModel::load(path);
  } catch (const FileError&) {
  }
  return 0;
}
