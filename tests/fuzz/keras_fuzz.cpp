// Files of Keras, changed by libFuzzer: an error, or a model that fits. See fuzz, beside this file.
#include <cstddef>
#include <cstdint>
#include <string>

#include "rnnts/io/keras.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"

using namespace rnnts;

using Net = Sequential<float, Input<>, GRU<>, Dense<>>;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Net net{Input(2), GRU(2), Dense(1)};
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  try {
    const detail::KerasFile file("file", bytes, !bytes.starts_with(detail::zip_local_magic));
    static_cast<void>(detail::keras_sizes<Net>(file));
    detail::load_keras(net, file, {});
  } catch (const FileError&) {
  }
  return 0;
}
