#include "rnnts/io/rtneural.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "rnnts/layers/input.hpp"
#include "support/catch.hpp"
#include "unit/io/folder.hpp"

using namespace rnnts;

namespace {

constexpr Conv1DOptions causal{.padding = Padding::causal, .dilation_rate = 2};

using Fixed = Sequential<float, Input<1>, Conv1D<2, 3, ReLU, causal>, ReturnSequences<GRU<2>>, Dropout<0.5>, LSTM<1>,
                         Dense<2, Softmax>>;
using Chosen = Sequential<float, Input<>, Conv1D<dynamic, 3, ReLU, causal>, ReturnSequences<GRU<>>, Dropout<0.5>,
                          LSTM<>, Dense<dynamic, Softmax>>;

std::vector<float> weights_of(const auto& model) {
  std::vector<float> all;
  for (const auto& weight : model.weights()) all.insert(all.end(), weight.values.begin(), weight.values.end());
  return all;
}

/// The text of a file of `Fixed` with random weights.
std::string whole() {
  const Folder folder("rnnts_rtneural_test");
  save_rtneural(Fixed{seed(3)}, folder / "x.json");
  return content_of(folder / "x.json");
}

/// What loading into a model, which stays as it was, and loading one of the file's sizes say.
struct Refusals {
  std::string fixed = "loaded", chosen = "loaded";
};
Refusals refusals(const std::string& json) {
  static const Folder folder("rnnts_rtneural_test");
  const std::string path = folder / "x.json";
  std::ofstream(path, std::ios::binary) << json;
  Refusals said;
  Fixed model{seed(4)};
  try {
    load_rtneural(model, path);
  } catch (const FileError& error) {
    said.fixed = std::string(error.what()).substr(path.size() + 2);
    CHECK(weights_of(model) == weights_of(Fixed{seed(4)}));
  }
  try {
    load_rtneural<Chosen>(path);
  } catch (const FileError& error) {
    said.chosen = std::string(error.what()).substr(path.size() + 2);
  }
  return said;
}

/// … of a file where the first `before` has become `after`.
Refusals refusals_with(const std::string& before, const std::string& after) {
  std::string json = whole();
  const auto at = json.find(before);
  REQUIRE(at != std::string::npos);
  return refusals(json.replace(at, before.size(), after));
}

}  // namespace

TEST_CASE("what is saved for RTNeural is loaded, bit by bit") {
  const Folder folder("rnnts_rtneural_test");
  const Fixed model{seed(3)};
  save_rtneural(model, folder / "x.json");
  CHECK(weights_of(load_rtneural<Fixed>(folder / "x.json")) == weights_of(model));
  const auto chosen = load_rtneural<Chosen>(folder / "x.json");
  CHECK(weights_of(chosen) == weights_of(model));
  CHECK(chosen.summary() == model.summary());
  save_rtneural(chosen, folder / "y.json");
  CHECK(content_of(folder / "y.json") == content_of(folder / "x.json"));
}

TEST_CASE("a file as RTNeural's own function writes it is computed as RTNeural does it") {
  const Folder folder("rnnts_rtneural_test");
  // y[t] = tanh(2 x[t] + 3 x[t-1] + 1), then 4 y[t]: the first row of a kernel is that of the oldest step.
  std::ofstream(folder / "x.json") << R"({"in_shape": [null, null, 1], "layers": [
    {"type": "conv1d", "activation": "tanh", "shape": [null, null, 1], "kernel_size": [2], "dilation": [1],
     "weights": [[[[3]], [[2]]], [1]]},
    {"type": "time-distributed-dense", "activation": "", "shape": [null, null, 1], "weights": [[[4]], [0]]}]})";
  constexpr Conv1DOptions options{.padding = Padding::causal};
  const auto model =
      load_rtneural<Sequential<double, Input<>, Conv1D<dynamic, 2, Tanh, options>, Dense<>>>(folder / "x.json");
  const auto y = model.predict(std::vector<double>{0.5, -1});
  CHECK_THAT(y.data()[0], WithinAbs(4 * std::tanh(2.0), 1e-12));
  CHECK_THAT(y.data()[1], WithinAbs(4 * std::tanh(0.5), 1e-12));
}

TEST_CASE("a layer that is missing, left over, or another one is named") {
  CHECK(refusals_with("\"gru\"", "\"lstm\"").chosen == "1.gru: type: expected \"gru\", found \"lstm\"");
  CHECK(refusals_with("\"relu\"", "\"tanh\"").fixed == "0.conv1d: activation: expected \"relu\", found \"tanh\"");
  CHECK(refusals_with("\"softmax\"", "\"\"").fixed == "4.dense: activation: expected \"softmax\", found \"\"");
  CHECK(refusals_with("\"tanh\"", "\"relu\"").fixed == "1.gru: activation: expected \"tanh\", found \"relu\"");
  CHECK(refusals_with("\"tanh\"", "\"\"").fixed == "loaded");
  CHECK(refusals_with("\"dilation\": [2]", "\"dilation\": [1]").chosen == "0.conv1d: dilation: expected 2, found 1");
  CHECK(refusals_with("\"kernel_size\": [3], ", "").fixed == "0.conv1d: kernel_size: expected 3, found 0");

  const std::string more = R"({"type": "dense", "shape": [2], "weights": []}, )";
  CHECK(refusals_with("{\"type\": \"lstm\"", more + "{\"type\": \"lstm\"").fixed ==
        "3.lstm: type: expected \"lstm\", found \"dense\"");
  std::string json = whole();
  json.insert(json.rfind(']'), ", " + more.substr(0, more.size() - 2));
  CHECK(refusals(json).fixed == "expected 4 layers, found 5");
  json = whole();
  json.erase(json.rfind(",\n  {"), json.rfind(']') - json.rfind(",\n  {"));
  CHECK(refusals(json).chosen == "expected a layer for 4.dense, found only 3");
}

TEST_CASE("sizes that differ are refused, and those that do not fit each other before a model is made of them") {
  const auto features = refusals_with("\"in_shape\": [null, null, 1]", "\"in_shape\": [null, null, 2]");
  CHECK(features.fixed == "in_shape: expected 1 features, found 2");
  CHECK(features.chosen == "does not fit the model: 0.conv1d: expected a kernel for 2 inputs, found one for 1");
  const auto units = refusals_with("\"tanh\", \"shape\": [null, null, 2]", "\"tanh\", \"shape\": [null, null, 3]");
  CHECK(units.fixed == "1.gru: expected a shape of 2 outputs, found 3");
  CHECK(units.chosen == "1.gru.kernel: expected one for 3 units, found (2, 6)");
  CHECK(refusals_with("\"in_shape\": [null, null, 1]", "\"in_shape\": [9999999999999999999]")
            .chosen.starts_with("does not fit the model: "));

  std::string json = whole();
  const auto bias = json.rfind(",\n    [");
  json.replace(bias, json.rfind("]}]}") - bias, ",\n    [1, 2, 3]");
  CHECK(refusals(json).fixed == "4.dense.bias: expected (2), found (3)");
  json = whole();
  json.replace(bias, json.rfind("]}]}") - bias, ",\n    [1, 1e300]");
  CHECK(refusals(json).fixed == "4.dense.bias: expected numbers that the model can hold, found 1e+300");
  CHECK(refusals(json).chosen == refusals(json).fixed);
  json = whole();
  json.erase(bias, json.rfind("]}]}") - bias);
  CHECK(refusals(json).fixed == "4.dense: number of weights: expected 2, found 1");
}

TEST_CASE("a weight that is not finite is not written, and the old file stays") {
  const Folder folder("rnnts_rtneural_test");
  Sequential<float, Input<1>, Dense<1>> model{seed(1)};
  save_rtneural(model, folder / "x.json");
  const std::string before = content_of(folder / "x.json");
  model.layer<0>().bias(0) = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(save_rtneural(model, folder / "x.json"),
                    folder / "x.json" + ": 0.dense.bias: expected finite numbers, as JSON has no others, found inf");
  CHECK(content_of(folder / "x.json") == before);
}

TEST_CASE("every truncation of a file is refused, and of each flipped bit it is or a number has changed") {
  const std::string json = whole();
  const std::size_t end = json.rfind('}');
  for (std::size_t size = 0; size <= end; size += 3) {
    const auto said = refusals(json.substr(0, size));
    CHECK(said.fixed.starts_with("expected JSON"));
    CHECK(said.chosen == said.fixed);
  }
  std::size_t refused = 0, tried = 0;
  for (std::size_t bit = 0; bit < 8 * json.size(); bit += 3) {
    std::string damaged = json;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const auto said = refusals(damaged);
    CHECK((said.fixed == "loaded") == (said.chosen == "loaded"));
    refused += said.fixed != "loaded";
    ++tried;
  }
  CHECK(refused > tried / 2);
}
