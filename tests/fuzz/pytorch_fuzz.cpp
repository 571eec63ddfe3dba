// Files of PyTorch and RTNeural, and the JSON of a self-test, changed by libFuzzer: an error, or a model that fits. See
// fuzz, beside this file.
// Puts a file of each kind into the corpus first.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "rnnts/io/pytorch.hpp"
#include "rnnts/io/rtneural.hpp"
#include "rnnts/io/self_test.hpp"
#include "rnnts/io/self_test_json.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"

using namespace rnnts;

using Net = Sequential<float, Input<>, GRU<>, Dense<>>;

const Net net{Input(2), GRU(2), Dense(1), seed(1)};

/// The last argument is the corpus.
extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  const std::filesystem::path corpus = (*arguments)[*count - 1];
  if (std::filesystem::is_directory(corpus)) {
    save_pytorch(net, corpus / "named", {.modules = {"rnn", "head"}});
    save_pytorch(net, corpus / "numbered");
    save_rtneural(net, corpus / "rtneural");
    std::ofstream(corpus / "self_test") << detail::self_test_json(detail::make_self_test("net", net));
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("rnnts_pytorch_fuzz_" + std::to_string(::getpid()))).string();
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  try {
    load_pytorch<Net>(path);
  } catch (const FileError&) {
  }
  try {
    load_rtneural<Net>(path);
  } catch (const FileError&) {
  }
  try {
    const std::string json(reinterpret_cast<const char*>(data), size);
    detail::check_self_test("file", net, detail::self_test_of_json<float>("file", json));
  } catch (const FileError&) {
  }
  return 0;
}
