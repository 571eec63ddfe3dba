// ONNX files, changed by libFuzzer: an error, or a model that fits. By hand, with a corpus of tests/golden/onnx:
//   clang++-19 -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -DRNNTS_WITH_BLAS=0 -Iinclude
//   tests/fuzz/onnx_fuzz.cpp
//   ./a.out -max_total_time=60 -malloc_limit_mb=64 CORPUS
#include <cstddef>
#include <cstdint>
#include <string>

#include "rnnts/io/onnx.hpp"
#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"

using namespace rnnts;

using Net = Sequential<float, Input<>, Bidirectional<GRU<>>, Dense<>>;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const detail::OnnxFile file("file", std::string(reinterpret_cast<const char*>(data), size));
    static_cast<void>(detail::model_of_onnx<Net>(file, {}));
  } catch (const FileError&) {
  }
  return 0;
}
