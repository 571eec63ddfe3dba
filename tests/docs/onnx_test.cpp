// The code of docs/onnx.md.
// [include]
#include <rnnts/io/onnx.hpp>
#include <rnnts/rnnts.hpp>
// [/include]

#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/unique_path.hpp"

using namespace rnnts;

namespace {

// [net]
using Net = Sequential<float, Input<>, GRU<>, Dense<>>;  // or with sizes: Input<3>, GRU<16>, Dense<1>
// [/net]

}  // namespace

TEST_CASE("onnx.md: to ONNX and back") {
  const auto before = std::filesystem::current_path(), folder = unique_path("rnnts_docs_onnx");
  std::filesystem::create_directories(folder);
  std::filesystem::current_path(folder);
  const Net trained(Input(3), GRU(16), Dense(1), seed(7));
  // [save]
  save_onnx(trained, "net.onnx");
  // [/save]
  // [load]
  const auto model = load_onnx<Net>("net.onnx");
  // [/load]
  // [self_test]
  save_onnx(trained, "tested.onnx", {.self_test = true});
  // [/self_test]
  const bool is_larger = std::filesystem::file_size("tested.onnx") > std::filesystem::file_size("net.onnx");
  std::string said;
  // [refused]
  try {
    load_onnx<Sequential<float, Input<>, LSTM<>, Dense<>>>("net.onnx");
  } catch (const FileError& error) {
    said = error.what();
  }
  // [/refused]
  std::filesystem::current_path(before);
  std::filesystem::remove_all(folder);
  const std::vector<std::vector<float>> window(20, {0.1f, 0.2f, 0.3f});
  CHECK(model.predict(window)(0) == trained.predict(window)(0));
  CHECK(is_larger);
  CHECK(said == "net.onnx: does not fit the model: 0.lstm: expected a node for lstm, found GRU \"0.gru.Y_h\" for gru");
}
