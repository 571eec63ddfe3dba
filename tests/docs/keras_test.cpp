// The code of docs/keras.md.
// [include]
#include <rnnts/io/keras.hpp>
#include <rnnts/rnnts.hpp>
// [/include]

#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/working_folder.hpp"

using namespace rnnts;

namespace {

// [net]
using Net = Sequential<float, Input<>, GRU<>, Dense<>>;  // or with sizes: Input<3>, GRU<16>, Dense<1>
// [/net]

}  // namespace

TEST_CASE("keras.md: from Keras and to it") {
  const WorkingFolder folder("rnnts_docs_keras");
  const Net trained(Input(3), GRU(16), Dense(1), seed(7));
  save_keras(trained, "net.keras");
  const std::vector<std::vector<float>> window(20, {0.1f, 0.2f, 0.3f});

  // [load]
  const auto model = load_keras<Net>("net.keras");
  const auto forecast = model.predict(window);  // 20 steps of 3 numbers
  // [/load]
  CHECK(forecast(0) == trained.predict(window)(0));

  // [save]
  save_keras(model, "ours.keras");       // for keras.models.load_model
  save_keras(model, "ours.weights.h5");  // for load_weights of a net that is there
  // [/save]

  // [refused]
  Sequential<float, Input<>, GRU<dynamic, ReLU>, Dense<>> other(Input(3), GRU<dynamic, ReLU>(16), Dense(1));
  std::string said;
  try {
    load_keras(other, "net.keras");
  } catch (const FileError& error) {
    said = error.what();
  }
  // [/refused]
  CHECK(said ==
        "net.keras: does not fit the model: 0.gru, in Keras GRU \"gru\": expected activation \"relu\", found \"tanh\"");
}
