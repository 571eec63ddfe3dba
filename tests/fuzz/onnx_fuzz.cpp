// ONNX files, changed by libFuzzer: an error, or a model that fits. See fuzz, beside this file.
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
