// Files of our own, changed by libFuzzer, with size and checksum as they should be: an error, or a model that fits. See
// fuzz, beside this file. Puts a file without a self-test into the corpus first, one with it, and one of a training.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include "changed_file.hpp"
#include "rnnts/io/save.hpp"
#include "rnnts/io/save_training.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"
#include "rnnts/optimizers/adam.hpp"

using namespace rnnts;

using Net = Sequential<float, Input<>, GRU<>, Dense<>>;

/// The last argument is the corpus.
extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  const std::filesystem::path corpus = (*arguments)[*count - 1];
  if (std::filesystem::is_directory(corpus)) {
    const Net net{Input(2), GRU(2), Dense(1), seed(1)};
    save(net, corpus / "plain");
    save(net, corpus / "tested", {.self_test = true});
    save(net, TrainingState<Net, Adam>(), corpus / "training");
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("rnnts_fuzz_" + std::to_string(::getpid()))).string();
  static Net net{Input(2), GRU(2), Dense(1)};
  const std::string file = changed_file(data, size);
  std::ofstream(path, std::ios::binary) << file;
  try {
    load(net, std::as_bytes(std::span(file)));
  } catch (const FileError&) {
  }
  try {
    load(net, path);
  } catch (const FileError&) {
  }
  try {
    load<Net>(path);
  } catch (const FileError&) {
  }
  static TrainingState<Net, Adam> state;
  try {
    load(net, state, path);
  } catch (const FileError&) {
  }
  return 0;
}
