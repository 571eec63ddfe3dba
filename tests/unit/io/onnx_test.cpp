#include "rnnts/io/onnx.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "rnnts/layers/bidirectional.hpp"
#include "rnnts/layers/dense.hpp"
#include "rnnts/layers/gru.hpp"
#include "support/catch.hpp"
#include "support/unique_path.hpp"

using namespace rnnts;

namespace {

using Net = Sequential<float, Input<>, Bidirectional<GRU<>>, Dense<dynamic, Sigmoid>>;

std::string content_of(const std::filesystem::path& path) {
  std::string content;
  detail::InputFile(path).read(content, 1 << 20);
  return content;
}

std::string golden() { return content_of(RNNTS_GOLDEN_DIR "/onnx/gru.onnx"); }

/// What loading these bytes says; nothing if it succeeds.
template <class M = Net> std::string said(const std::string& bytes) {
  try {
    const detail::OnnxFile file("net.onnx", bytes);
    static_cast<void>(detail::model_of_onnx<M>(file, {}));
    return "";
  } catch (const FileError& error) {
    return error.what();
  }
}

/// The bytes with one text, that is there, replaced by another of the same length.
std::string replaced(std::string bytes, std::string_view from, std::string_view to) {
  const auto at = bytes.find(from);
  REQUIRE(at != std::string::npos);
  return bytes.replace(at, from.size(), to);
}

std::string bytes_of(const auto& model) { return detail::onnx_bytes(model, "net.onnx", {}); }

}  // namespace

TEST_CASE("load_onnx: a file of PyTorch's exporter gives what PyTorch computes") {
  const auto expected = nlohmann::json::parse(content_of(RNNTS_GOLDEN_DIR "/onnx/gru.json"));
  const auto net = load_onnx<Net>(RNNTS_GOLDEN_DIR "/onnx/gru.onnx");
  const auto output = net.predict(expected["input"].get<std::vector<std::vector<float>>>());
  const auto outputs = expected["output"].get<std::vector<double>>();
  REQUIRE(output.size() == outputs.size());
  for (std::size_t k = 0; k < outputs.size(); ++k) CHECK(std::abs(output(k) - outputs[k]) < 1e-6);
}

TEST_CASE("save_onnx: what is loaded again has the same weights") {
  const auto path = unique_path("rnnts_onnx");
  const Net net{Input(2), Bidirectional(GRU(3)), Dense<dynamic, Sigmoid>(2), seed(3)};
  save_onnx(net, path);
  Net again{Input(2), Bidirectional(GRU(3)), Dense<dynamic, Sigmoid>(2), seed(4)};
  load_onnx(again, path);
  const auto of_any_size = load_onnx<Net>(path);
  std::filesystem::remove(path);
  for (std::size_t k = 0; k < net.weights().size(); ++k) {
    CHECK(std::ranges::equal(net.weights()[k].values, again.weights()[k].values));
    CHECK(std::ranges::equal(net.weights()[k].values, of_any_size.weights()[k].values));
  }
}

TEST_CASE("load_onnx: the self-test of a file is run again") {
  const Net net(Input(3), Bidirectional(GRU<>(2)), Dense<dynamic, Sigmoid>(2), seed(5));
  const std::string bytes = detail::onnx_bytes(net, "net.onnx", {.self_test = true});
  CHECK(bytes.starts_with(bytes_of(net)));
  CHECK(said(bytes) == "");
  CHECK(to_bytes(detail::model_of_onnx<Net>(detail::OnnxFile("net.onnx", bytes), {})) == to_bytes(net));

  const std::string other = replaced(bytes, "\"output\":[[0.", "\"output\":[[1.");
  const std::string differs =
      "net.onnx: computes otherwise here than where it was written: expected the output of its self-test, ";
  CHECK(said(other).starts_with(differs + "to "));
  CHECK_THAT(said(other), ContainsSubstring("found a difference of 1; "));
  Net loaded(Input(3), Bidirectional(GRU<>(2)), Dense<dynamic, Sigmoid>(2), seed(6));
  const auto before = to_bytes(loaded);
  const detail::OnnxFile file("net.onnx", other);
  CHECK_THROWS_AS(detail::load_onnx(loaded, file, detail::onnx_layers(file), {}), FileError);
  CHECK(to_bytes(loaded) == before);
  detail::load_onnx(loaded, file, detail::onnx_layers(file), {.self_test = false});
  CHECK(to_bytes(loaded) == to_bytes(net));
  CHECK_THAT(said(replaced(bytes, "\"output\"", "\"outputs")), StartsWith("net.onnx: self-test: expected "));
}

TEST_CASE("load_onnx: what does not fit is refused, and the model stays as it was") {
  Net wider{Input(2), Bidirectional(GRU(4)), Dense<dynamic, Sigmoid>(2), seed(4)};
  const auto before = wider.weights()[0].values[0];
  CHECK_THROWS_MATCHES(
      load_onnx(wider, RNNTS_GOLDEN_DIR "/onnx/gru.onnx"), FileError,
      Catch::Matchers::Message(RNNTS_GOLDEN_DIR "/onnx/gru.onnx: does not fit the model: 0.bidirectional, in GRU "
                                                "\"node_gru__1\": expected \"merge concat [0.gru (4): activation tanh, "
                                                "recurrent_activation sigmoid, reset_after]\", found \"merge concat "
                                                "[0.gru (3): activation tanh, recurrent_activation sigmoid, "
                                                "reset_after]\""));
  CHECK(wider.weights()[0].values[0] == before);

  using Tanhs = Sequential<float, Input<>, Bidirectional<GRU<>>, Dense<dynamic, Tanh>>;
  CHECK(said<Tanhs>(golden()) ==
        "net.onnx: does not fit the model: 1.dense, in Gemm \"node_linear\": expected \"activation tanh\", found "
        "\"activation sigmoid\"");
  using Short = Sequential<float, Input<>, Bidirectional<GRU<>>>;
  CHECK(said<Short>(golden()) ==
        "net.onnx: does not fit the model: expected the output, found Gemm \"node_linear\" for dense");
}

TEST_CASE("load_onnx: a GRU of PyTorch without linear_before_reset is refused with the cure") {
  const std::string bytes = replaced(golden(), "linear_before_reset", "linear_before_resex");
  CHECK(said(bytes) == "net.onnx: GRU \"node_gru__1\": expected no attribute linear_before_resex, found one");
  // The number behind the name: field 3, 1.
  std::string zero = golden();
  const auto at = zero.find("linear_before_reset") + std::string_view("linear_before_reset").size();
  const auto number = zero.find(std::string("\x18\x01", 2), at);
  REQUIRE(number < at + 8);
  zero[number + 1] = 0;
  CHECK(said(zero).find("expected linear_before_reset 1, as PyTorch's GRU computes, found none, which is a fault of "
                        "its exporter: export again with onnxscript 0.7.2 or newer") != std::string::npos);
}

TEST_CASE("load_onnx: nodes that it does not know are refused by name") {
  CHECK(said(replaced(golden(), "Gemm", "Gexm")).starts_with("net.onnx: Gexm \"node_linear\": expected a node that"));
  CHECK(
      said(replaced(golden(), "Gemm", "Loop")).starts_with("net.onnx: Loop \"node_linear\": expected RNN, GRU and LS"));
  CHECK(said(replaced(golden(), "bidirectional", "bidirectionax")).find("expected a direction forward") !=
        std::string::npos);
}

// One bit of 11; tests/fuzz has the rest.
TEST_CASE("load_onnx: every truncation is an error, and a flipped bit is one or a model that fits") {
  const std::string bytes = bytes_of(Net{Input(1), Bidirectional(GRU(1)), Dense<dynamic, Sigmoid>(1), seed(3)});
  CHECK(said(bytes) == "");
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(said(bytes.substr(0, size)) != "");
  for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 11) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    static_cast<void>(said(flipped));
  }
}

TEST_CASE("load_onnx: a length beyond the file, an endless number and huge extents are errors") {
  CHECK(said("").starts_with("net.onnx: not an ONNX file"));
  CHECK(said("\x08\x08\x3a\xff\xff\xff\xff\x0f").find("bytes left where it needs") != std::string::npos);
  CHECK(said(std::string(20, '\xff')).find("a number of more than 64 bits") != std::string::npos);
  detail::ProtobufWriter tensor, graph, opset, model;
  tensor.integer(1, std::int64_t{1} << 40).integer(1, std::int64_t{1} << 40).integer(2, 1).bytes(8, "w");
  graph.bytes(5, tensor.message());
  opset.bytes(1, "").integer(2, 17);
  model.integer(1, 8).bytes(8, opset.message()).bytes(7, graph.message());
  CHECK(said(model.message()).find("expected as many numbers as its shape says, found 0 bytes") != std::string::npos);
}

TEST_CASE("load_onnx: constants that grow with each node are refused") {
  detail::ProtobufWriter tensor, graph, opset, model, axis;
  tensor.integer(1, 256).integer(2, 1).bytes(8, "c0").bytes(9, std::string(1024, 'x'));
  graph.bytes(5, tensor.message());
  axis.bytes(1, "axis").integer(3, 0);
  for (int k = 0; k < 40; ++k) {
    const std::string before = "c" + std::to_string(k), after = "c" + std::to_string(k + 1);
    detail::ProtobufWriter node;
    node.bytes(1, before).bytes(1, before).bytes(2, after).bytes(4, "Concat").bytes(5, axis.message());
    graph.bytes(1, node.message());
  }
  detail::ProtobufWriter one, extents, type, kind, port;
  one.integer(1, 2);
  extents.bytes(1, one.message()).bytes(1, one.message());
  type.integer(1, 1).bytes(2, extents.message());
  kind.bytes(1, type.message());
  port.bytes(1, "x").bytes(2, kind.message());
  graph.bytes(11, port.message());
  opset.bytes(1, "").integer(2, 17);
  model.integer(1, 8).bytes(8, opset.message()).bytes(7, graph.message());
  CHECK(said(model.message()).find("expected constants of a few times the size of the file, found more") !=
        std::string::npos);
}
