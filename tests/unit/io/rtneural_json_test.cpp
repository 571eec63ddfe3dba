#include "rnnts/io/rtneural_json.hpp"

#include <array>
#include <string>
#include <vector>

#include "rnnts/core/text.hpp"
#include "support/catch.hpp"

using namespace rnnts;

namespace {

/// What reading says, or the layers with the shapes of their weights.
std::string read(const std::string& json) {
  std::string all;
  try {
    detail::RTNeuralReader reader("x");
    reader.read(json);
    all = detail::sentence(reader.features);
    for (const auto& layer : reader.layers) {
      all += detail::sentence("; ", layer.type, " ", layer.activation, " ", layer.units, " ", layer.kernel_size, " ",
                              layer.dilation);
      for (const auto& weight : layer.weights) {
        all += " " + detail::shape_text(weight.shape);
        for (const double value : weight.values) all += detail::sentence(" ", value);
      }
    }
  } catch (const FileError& error) {
    return error.what();
  }
  return all;
}

std::string layer(const std::string& weights) {
  return R"({"in_shape": [1], "layers": [{"type": "dense", "shape": [1], "weights": )" + weights + "}]}";
}

/// What is refused of weights, without where.
std::string refusal(const std::string& weights) {
  const std::string said = read(layer(weights));
  const auto at = said.rfind(": ");
  return at == std::string::npos ? said : said.substr(at + 2);
}

}  // namespace

TEST_CASE("a file of RTNeural is read") {
  CHECK(read(R"({"in_shape": [null, null, 2], "layers": [
      {"type": "conv1d", "activation": "relu", "shape": [null, 5, 1], "kernel_size": [2], "dilation": 3,
       "weights": [[[[1], [-2]], [[0.5], [4e1]]], [0]]}, {"weights": [], "shape": [1], "type": "gru"}]})") ==
        "2; conv1d relu 1 2 3 (2, 2, 1) 1 -2 0.5 40 (1) 0; gru  1 0 0");
}

TEST_CASE("ragged weights, and what is no file of RTNeural, are refused") {
  CHECK(refusal("[[[1, 2], [3]]]") == "expected 2 values, as in those before, found 1");
  CHECK(refusal("[[[1], [2], []]]") == "expected 1 values, as in those before, found 0");
  CHECK(refusal("[[[[1]], [[2], [3]]]]") == "expected 1 values, as in those before, found 2");
  const std::string brackets = "expected numbers in as many brackets as those before";
  CHECK(refusal("[[1, [2]]]") == brackets);
  CHECK(refusal("[[[1], 2]]") == brackets);
  CHECK(refusal("[[[], 2]]") == brackets);
  CHECK(refusal("[[[[[1]]]]]") == "expected at most 7 brackets in each other, found more");
  CHECK(refusal("[[1], [2], [3], [4]]") == "expected at most 3 weights");
  CHECK(refusal("[1]") == "expected no number of this kind");
  CHECK(refusal("[[\"1\"]]") == "expected no text");
  CHECK(refusal("[[null]]") == "expected no null");
  CHECK(refusal("[[NaN]]").starts_with("expected JSON, found something else at its byte "));
  CHECK(refusal("[[{}]]") == "expected a file as RTNeural has it, found other brackets");
  CHECK(refusal("[], \"shape\": [2]") == "expected this key once, found it twice");
  CHECK(refusal("[], \"groups\": 2") == "expected no number of this kind");
  CHECK(refusal(std::string(1'000'000, '[')) == "expected at most 7 brackets in each other, found more");

  CHECK(read("[]") == "x: [0]: expected a file as RTNeural has it, found other brackets");
  CHECK(read("{}") == "x: expected in_shape and layers");
  CHECK(read(R"({"in_shape": [1], "layers": [{"type": "gru", "shape": [1]}]})") ==
        "x: layers[0]: expected type, shape and weights");
  CHECK(read(R"({"in_shape": [1.5]})") == "x: in_shape[0]: expected no number of this kind");
  CHECK(read(R"({"in_shape": [-1]})") == "x: in_shape[0]: expected no number of this kind");
  CHECK(read(R"({"in_shape": [1, null], "layers": []})") == "0");
}

TEST_CASE("numbers are written in brackets, as numbers that are not whole") {
  std::string json;
  const std::array<float, 6> values{1, -0.0f, 0.1f, 1e-20f, -2.5f, 3};
  detail::append_nested<float>(json, std::array<std::size_t, 2>{3, 2}, values);
  CHECK(json == "[[1.0, -0.0], [0.1, 1e-20], [-2.5, 3.0]]");
}
