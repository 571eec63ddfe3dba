#include "rnnts/io/load_any.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <fstream>
#include <functional>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../tools/model_type.hpp"  // compiled here, beside the layers, which take the most time
#include "rnnts/io/keras.hpp"
#include "rnnts/io/rtneural.hpp"
#include "rnnts/layers/average_pooling1d.hpp"
#include "rnnts/layers/branches.hpp"
#include "rnnts/layers/cycle.hpp"
#include "rnnts/layers/dropout.hpp"
#include "rnnts/layers/embedding.hpp"
#include "rnnts/layers/last_steps.hpp"
#include "rnnts/layers/max_pooling1d.hpp"
#include "rnnts/layers/repeat_vector.hpp"
#include "support/catch.hpp"
#include "unit/io/folder.hpp"

using namespace rnnts;

namespace {

constexpr Conv1DOptions causal{.padding = Padding::causal, .dilation_rate = 2};
constexpr LayerNormalizationOptions without_gamma{.epsilon = 1e-5, .scale = false};
constexpr GRUOptions reset_before{.return_sequences = true, .reset_after = false};
constexpr LSTMOptions backwards{
    .return_sequences = true, .go_backwards = true, .use_bias = false, .recurrent_dropout = 0.25};
constexpr DenseOptions without_bias{.use_bias = false};

/// Every layer that AnyModel has.
using Every =
    Sequential<float, Input<2, 12>, Conv1D<3, 3, ReLU, causal>, Conv1D<3, 2, Tanh, Conv1DOptions{.strides = 1}>,
               LayerNormalization<without_gamma>, MaxPooling1D<2, 1>, AveragePooling1D<2, 1>,
               ReturnSequences<SimpleRNN<4>>, LSTM<3, Tanh, Sigmoid, backwards>, GRU<2, Tanh, Sigmoid, reset_before>,
               Bidirectional<ReturnSequences<LSTM<2>>, Merge::ave>, Bidirectional<ReturnSequences<GRU<2>>>, Flatten,
               Dense<4, GELU, without_bias>, Dropout<0.25>, RepeatVector<3>, Bidirectional<GRU<3>, Merge::mul>,
               RepeatVector<2>, GlobalMaxPooling1D, RepeatVector<2>, GlobalAveragePooling1D, Dense<3, Softmax>>;

/// What can run step by step, among it what no other format has.
using Steps = Sequential<float, Input<2>, Conv1D<3, 3, ReLU, causal>, ReturnSequences<SLSTM<3>>, LayerNormalization<>,
                         ReturnSequences<LSTM<3>>, LastStep, Dense<2, Sigmoid>>;

template <class T = float>
xt::xtensor<T, 3> random_windows(std::size_t count, std::size_t steps, std::size_t features) {
  auto x = xt::xtensor<T, 3>::from_shape({count, steps, features});
  Random random(seed(5));
  for (T& value : x) value = static_cast<T>(random.uniform(-1, 1));
  return x;
}

/// The largest difference of what two nets give, of which one is typed; a vector is one step.
template <class M> double difference(const AnyModel<typename M::scalar>& any, const M& model, std::size_t steps) {
  const auto x = random_windows<typename M::scalar>(3, steps, model.input_shape().features);
  const auto found = any.predict(x);
  const auto expected = model.predict(x);
  REQUIRE(found.size() == expected.size());
  double largest = 0;
  for (std::size_t k = 0; k < found.size(); ++k) {
    largest = std::max<double>(largest, std::abs(found.data()[k] - expected.data()[k]));
  }
  return largest;
}

/// A net of which no weight is zero, as first biases are.
template <class M> M drawn() {
  M model{seed(3)};
  Random random(seed(4));
  for (const auto& weight : model.weights()) {
    for (auto& value : weight.values) value = static_cast<typename M::scalar>(random.uniform(-0.6, 0.6));
  }
  return model;
}

/// What loading, or anything else, has thrown.
template <class E> std::string said(const std::function<void()>& function) {
  try {
    function();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing";
}

/// A net of one recurrent layer goes to a file and back.
template <class... Layers> void check_one() {
  using Net = Sequential<float, Input<2>, Layers...>;
  const Folder folder("rnnts_load_any_test");
  const Net model = drawn<Net>();
  save(model, folder / "net.rnnts");
  const auto any = load_any<float>(folder / "net.rnnts");
  CAPTURE(any.contents());
  CHECK(difference(any, model, 5) < 1e-6);
}

std::string golden(std::string_view name) { return std::string(RNNTS_GOLDEN_DIR "/keras/") + std::string(name); }

}  // namespace

TEST_CASE("every layer is read from our files and from Keras' ones, and written again") {
  const Folder folder("rnnts_load_any_test");
  const Every model = drawn<Every>();
  save(model, folder / "net.rnnts");
  save_keras(model, folder / "net.keras");
  for (const std::string name : {"net.rnnts", "net.keras"}) {
    const auto any = load_any<float>(folder / name);
    CHECK(any.contents() == detail::contents(model));
    CHECK(any.summary() == model.summary());
    CHECK(any.input_shape().steps == 12);
    CHECK(any.parameter_count() == model.parameter_count());
    CHECK(difference(any, model, 12) < 1e-6);
    CHECK(to_bytes(any.as<Every>()) == to_bytes(model));
    save_any(any, folder / "again.rnnts");
    CHECK(content_of(folder / "again.rnnts") == content_of(folder / "net.rnnts"));
  }
  save_any(load_any<float>(folder / "net.keras"), folder / "again.keras");
  CHECK(content_of(folder / "again.keras") == content_of(folder / "net.keras"));  // the rates of dropout too
}

TEST_CASE("the type that the program prints is that of the net") {
  using Pasted =
#include "tools/every_type.inc"
      ;
  STATIC_REQUIRE(std::same_as<Pasted, Every>);
  const Folder folder("rnnts_load_any_test");
  save_keras(Every(), folder / "net.keras");
  const std::string expected = content_of(std::string(RNNTS_GOLDEN_DIR) + "/../tools/every_type.inc");
  CHECK(tools::model_type(load_any<float>(folder / "net.keras").net()) + "\n" == expected);
}

TEST_CASE("every recurrent layer that AnyModel has gives what the typed one does") {
  check_one<SimpleRNN<3>, Dense<1>>();
  check_one<SimpleRNN<3, ReLU>, Dense<1, LeakyReLU>>();
  check_one<SimpleRNN<3, Sigmoid>, Dense<2, Softplus>>();
  check_one<SimpleRNN<3, Linear>, Dense<1, ELU>>();
  check_one<LSTM<3, ReLU>, Dense<1, SELU>>();
  check_one<LSTM<3, Tanh, HardSigmoid>, Dense<1, SiLU>>();
  check_one<LSTM<3, FastTanh, FastSigmoid>, Dense<1, Softsign>>();
  check_one<GRU<3, ReLU>, Dense<1, HardSigmoid>>();
  check_one<GRU<3, Tanh, HardSigmoid>, Dense<1, Exponential>>();
  check_one<GRU<3, FastTanh, FastSigmoid>, Dense<1, FastTanh>>();
  check_one<SLSTM<3, SLSTMOptions{.go_backwards = true}>, Dense<1, FastSigmoid>>();
  check_one<Bidirectional<SimpleRNN<2>, Merge::sum>>();
}

TEST_CASE("LastSteps is read and is in no other format") {
  using Net = Sequential<float, Input<2>, LastSteps<3>, Flatten, Dense<1>>;
  const Folder folder("rnnts_load_any_test");
  const Net model = drawn<Net>();
  save(model, folder / "net.rnnts", {.self_test = true});
  const auto any = load_any<float>(folder / "net.rnnts");
  CHECK(difference(any, model, 5) < 1e-6);
  CHECK(any.summary() == model.summary());
  CHECK(to_bytes(any.as<Net>()) == to_bytes(model));
  CHECK_THAT(tools::model_type(any.net()), ContainsSubstring("LastSteps<3>"));
  CHECK(said<ShapeError>([&] { any.predict(random_windows(1, 2, 2)); }) ==
        "last_steps: expected at least 3 steps, found 2");
  for (const char* const other : {"net.keras", "net.onnx", "net.json"}) {
    CAPTURE(other);
    CHECK_THAT(said<ArgumentError>([&] { save_any(any, folder / other); }), ContainsSubstring("0.last_steps"));
  }
}

TEST_CASE("an Embedding is read and is in no other format") {
  using Net = Sequential<float, Input<2>, Embedding<7, 3>, GRU<2>, Dense<1>>;
  const Folder folder("rnnts_load_any_test");
  const Net model = drawn<Net>();
  save(model, folder / "net.rnnts");
  const auto any = load_any<float>(folder / "net.rnnts");
  std::vector<std::vector<std::vector<float>>> windows{{{0.5f, 6}, {-1, 0}, {2, 3}}};
  const auto expected = model.predict(windows[0]);
  CHECK_THAT(any.predict(windows)(0, 0, 0), WithinAbs(expected(0), 1e-6));
  CHECK(any.summary() == model.summary());
  CHECK(to_bytes(any.as<Net>()) == to_bytes(model));
  CHECK_THAT(tools::model_type(any.net()), ContainsSubstring("Embedding<7, 3>"));
  AnyModel<float>::Stream stream(any);
  stream.step(windows[0][0]);
  stream.step(windows[0][1]);
  CHECK_THAT(stream.step(windows[0][2])[0], WithinAbs(expected(0), 1e-6));
  windows[0][0][1] = 7;
  CHECK(said<DataError>([&] { any.predict(windows); }) ==
        "embedding: expected a whole number from 0 to 6 in the last input, found 7");
  for (const char* const other : {"net.keras", "net.onnx", "net.json"}) {
    CAPTURE(other);
    CHECK_THAT(said<ArgumentError>([&] { save_any(any, folder / other); }), ContainsSubstring("0.embedding"));
  }
}

TEST_CASE("a stream of an AnyModel gives what a prediction does") {
  const Folder folder("rnnts_load_any_test");
  const Steps model = drawn<Steps>();
  save(model, folder / "net.rnnts");
  const auto any = load_any<float>(folder / "net.rnnts");
  CHECK(any.input_shape().steps == any_steps);
  CHECK(to_bytes(any.as<Steps>()) == to_bytes(model));
  AnyModel<float>::Stream stream(any);
  const auto x = random_windows(1, 9, 2);
  std::span<const float> y;
  for (std::size_t t = 0; t < 9; ++t) y = stream.step(std::array{x(0, t, 0), x(0, t, 1)});
  const auto expected = model.predict(x);
  REQUIRE(y.size() == 2);
  for (std::size_t n = 0; n < 2; ++n) CHECK_THAT(y[n], WithinAbs(expected(0, n), 1e-6));
  CHECK(said<ShapeError>([&] { stream.step(std::array{1.0f}); }) == "step: expected 2 numbers, found 1");

  const auto whole = load_any<float>(golden("gru.keras"));
  CHECK(said<ArgumentError>([&] { AnyModel<float>::Stream{load_any<float>(golden("gru.keras"))}; }) == "nothing");
  save(drawn<Every>(), folder / "every.rnnts");
  CHECK(said<ArgumentError>([&] { AnyModel<float>::Stream{load_any<float>(folder / "every.rnnts")}; }) ==
        "1.conv1d: cannot run step by step: it needs a whole window");
}

TEST_CASE("a file of Keras predicts as Keras does, tensors and ranges of windows alike") {
  const auto expected = detail::Json::parse(content_of(golden("gru.json")));
  const auto input = expected["input"].get<std::vector<float>>();
  std::vector<std::vector<std::vector<float>>> windows(2);
  for (auto& window : windows) {
    for (std::size_t t = 0; t < 4; ++t) window.push_back({input[2 * t], input[2 * t + 1]});
  }
  const auto any = load_any<float>(golden("gru.keras"));
  const auto found = any.predict(windows);
  REQUIRE(found.shape()[0] == 2);
  for (std::size_t b = 0; b < 2; ++b) CHECK_THAT(found(b, 0, 0), WithinAbs(expected["output"][0].get<float>(), 1e-6));
  windows[1].pop_back();
  CHECK(said<ShapeError>([&] { any.predict(windows); }) == "window 1: expected 4 steps, as in the first, found 3");
  CHECK(said<ShapeError>([&] { any.predict(random_windows(1, 4, 3)); }) ==
        "predict: expected a tensor of shape (batch, steps, 2), found (1, 4, 3)");
}

TEST_CASE("RTNeural's files are read, each layer giving sequences, and written") {
  using Net = Sequential<float, Input<2>, Conv1D<3, 3, ReLU, causal>, ReturnSequences<GRU<3>>, ReturnSequences<LSTM<2>>,
                         Dense<1, Tanh>>;
  const Folder folder("rnnts_load_any_test");
  const Net model = drawn<Net>();
  save_rtneural(model, folder / "net.json");
  const auto any = load_any<float>(folder / "net.json");
  CHECK(any.contents() == detail::contents(model));
  CHECK(difference(any, model, 6) < 1e-6);
  save_any(any, folder / "again.json");
  CHECK(content_of(folder / "again.json") == content_of(folder / "net.json"));
  save(drawn<Steps>(), folder / "steps.rnnts");
  CHECK_THAT(said<ArgumentError>([&] { save_any(load_any<float>(folder / "steps.rnnts"), folder / "net.json"); }),
             ContainsSubstring("net.json: 1.slstm: RTNeural has no such layer"));
  CHECK(content_of(folder / "again.json") == content_of(folder / "net.json"));
}

TEST_CASE("ONNX files are read and written") {
  using Net =
      Sequential<float, Input<2, 12>, LayerNormalization<LayerNormalizationOptions{.epsilon = 1e-5}>,
                 ReturnSequences<SimpleRNN<4>>, LSTM<3, Tanh, Sigmoid, backwards>, GRU<2, Tanh, Sigmoid, reset_before>,
                 Bidirectional<ReturnSequences<GRU<2>>>, Flatten, Dense<4, ELU, without_bias>, Dense<3, Softmax>>;
  const Folder folder("rnnts_load_any_test");
  const Net model = drawn<Net>();
  save_onnx(model, folder / "net.onnx");
  const auto any = load_any<float>(folder / "net.onnx");
  CHECK(any.contents() == detail::contents(model));
  CHECK(any.input_shape().steps == 12);
  CHECK(difference(any, model, 12) < 1e-6);
  CHECK(to_bytes(any.as<Net>()) == to_bytes(model));
  save_any(any, folder / "again.onnx");
  CHECK(content_of(folder / "again.onnx") == content_of(folder / "net.onnx"));

  // A recurrent layer and a LastStep are one layer, but for both directions of a Bidirectional.
  using Last = Sequential<float, Input<2>, Bidirectional<ReturnSequences<GRU<2>>>, LastStep, RepeatVector<2>>;
  const auto last = drawn<Last>();
  save(last, folder / "last.rnnts");
  CHECK(said<ArgumentError>([&] { save_any(load_any<float>(folder / "last.rnnts"), folder / "last.onnx"); }) ==
        folder / "last.onnx" + ": 2.repeat_vector: save_onnx has no such layer: see docs/onnx.md");
  using Ends = Sequential<float, Input<2>, Bidirectional<ReturnSequences<GRU<2>>>, LastStep, LayerNormalization<>,
                          Dense<2, Sigmoid>>;
  const auto ends = drawn<Ends>();
  save_onnx(ends, folder / "ends.onnx");
  CHECK(load_any<float>(folder / "ends.onnx").contents() == detail::contents(ends));
  using Vectors = Sequential<float, Input<2>, Bidirectional<GRU<3>>, Dense<1>>;
  const auto vectors = drawn<Vectors>();
  save_onnx(vectors, folder / "vectors.onnx");
  CHECK(load_any<float>(folder / "vectors.onnx").contents() == detail::contents(vectors));
  save_any(load_any<float>(folder / "vectors.onnx"), folder / "tested.onnx", {.self_test = true});
  CHECK_THAT(content_of(folder / "tested.onnx"), ContainsSubstring("rnnts.self_test"));
  CHECK(load_any<float>(folder / "tested.onnx").contents() == detail::contents(vectors));

  save_onnx(drawn<Sequential<float, Input<2>, SimpleRNN<3, Softsign>>>(), folder / "net.onnx");
  CHECK_THAT(said<ArgumentError>([&] { load_any<float>(folder / "net.onnx"); }),
             StartsWith(folder / "net.onnx" + ": 0.simple_rnn: expected one of \"activation tanh\", "));
}

TEST_CASE("an AnyModel keeps a self-test, and runs that of a file") {
  using Net = Sequential<float, Input<2, 12>, ReturnSequences<GRU<2>>, Flatten, Dense<4, GELU, without_bias>>;
  const Folder folder("rnnts_load_any_test");
  const Net model = drawn<Net>();
  save(model, folder / "net.rnnts", {.self_test = true});
  const auto any = load_any<float>(folder / "net.rnnts");
  CHECK(any.contents() == detail::contents(model));
  save_any(any, folder / "again.rnnts", {.self_test = true});
  CHECK(to_bytes(load<Net>(folder / "again.rnnts")) == to_bytes(model));
  save_any(any, folder / "net.keras", {.self_test = true});
  CHECK(to_bytes(load_keras<Net>(folder / "net.keras")) == to_bytes(model));
  CHECK(load_any<float>(folder / "net.keras").contents() == any.contents());
  CHECK_THAT(said<ArgumentError>([&] { save_any(any, folder / "net.json", {.self_test = true}); }),
             ContainsSubstring("expected no SaveOptions::self_test, as "));

  std::string file = content_of(folder / "net.rnnts");
  file.resize(file.size() - 5);  // one byte of the output, and the checksum
  file += '\x60';
  detail::append_little_endian(file, detail::crc32c(file));
  std::ofstream(folder / "net.rnnts", std::ios::binary) << file;
  CHECK_THAT(said<FileError>([&] { load_any<float>(folder / "net.rnnts"); }),
             StartsWith(folder / "net.rnnts" + ": computes otherwise here than where it was written: "));
  CHECK(to_bytes(load_any<float>(folder / "net.rnnts", {.self_test = false}).as<Net>()) == to_bytes(model));
}

TEST_CASE("what AnyModel has not is refused with the layer and what it has") {
  const Folder folder("rnnts_load_any_test");
  const auto path = folder / "net.rnnts";
  const auto refused = [&](const auto& model) {
    save(model, path);
    return said<ArgumentError>([&] { load_any<float>(path); });
  };
  CHECK(refused(Sequential<float, Input<1>, SimpleRNN<2, ELU>>()) ==
        path +
            ": 0.simple_rnn: expected one of \"activation tanh\", \"activation relu\", \"activation sigmoid\", "
            "\"activation linear\", which AnyModel has, found \"activation elu\"");
  CHECK(refused(Sequential<float, Input<1>, Concatenate<GRU<2>, LSTM<2>>>()) ==
        path + ": 0.concatenate: expected one of the layers that AnyModel has, found another");
  CHECK(refused(Sequential<float, Input<2>, Cycle<Period{}, GRU<2>>>()) ==
        path + ": 0.cycle: expected one of the layers that AnyModel has, found another");
  CHECK(refused(Sequential<float, Input<3>, LayerNormalization<LayerNormalizationOptions{.epsilon = 0.5}>>()) ==
        path + ": 0.layer_normalization: expected the epsilon 0.001, 1e-05 or 1e-06, which AnyModel has, found 0.5");
  CHECK(
      refused(Sequential<float, Input<1>, Bidirectional<GRU<2, Tanh, Sigmoid, GRUOptions{.go_backwards = true}>>>()) ==
      path + ": 0.bidirectional: expected a layer that goes forwards, found one that goes backwards");
  for (const std::string name : {"net.weights.h5", "net.safetensors", "net.txt"}) {
    CHECK_THAT(said<ArgumentError>([&] { load_any<float>(folder / name); }), StartsWith(folder / name + ": "));
  }
}

TEST_CASE("program.md: a file whose layers the program does not know") {
  const Folder folder("rnnts_load_any_test");
  save(Sequential<float, Input<3>, GRU<16>, Dense<1>>(), folder / "net.rnnts");
  const std::string path = folder / "net.rnnts", other_path = folder / "net.keras";
  const auto windows = random_windows(4, 20, 3);
  const std::vector<float> sample{1, 2, 3};

  // [load_any]
  const AnyModel<float> model = load_any<float>(path);
  const auto outputs = model.predict(windows);  // (batch, steps, features) in, the same out; a vector is one step
  std::cout << model.summary();

  AnyModel<float>::Stream stream(model);
  const std::span<const float> y = stream.step(sample);  // 3 numbers in, one out

  save_any(model, other_path);  // in the format of that suffix
  const auto typed = model.as<Sequential<float, Input<>, GRU<>, Dense<>>>();
  // [/load_any]
  CHECK(outputs.shape() == std::array<std::size_t, 3>{4, 1, 1});
  CHECK(y.size() == 1);
  CHECK(difference(load_any<float>(other_path), typed, 20) < 1e-6);
}

TEST_CASE("as says the first difference") {
  const Folder folder("rnnts_load_any_test");
  save(Sequential<float, Input<1>, GRU<2>, Dense<1>>(), folder / "net.rnnts");
  const auto any = load_any<float>(folder / "net.rnnts");
  CHECK(any.as<Sequential<float, Input<>, GRU<>, Dense<>>>().output_shape().features == 1);
  CHECK(said<FileError>([&] { any.as<Sequential<float, Input<1>, GRU<3>, Dense<1>>>(); }) ==
        "AnyModel: does not fit the model: expected \"0.gru (3): activation tanh, recurrent_activation sigmoid, "
        "reset_after\", found \"0.gru (2): activation tanh, recurrent_activation sigmoid, reset_after\"");
}

TEST_CASE("a damaged file of ours is refused, whatever its text says") {
  const Folder folder("rnnts_load_any_test");
  const auto path = folder / "net.rnnts";
  const auto write = [&](std::string_view content) { std::ofstream(path, std::ios::binary) << content; };
  const auto model = drawn<Sequential<float, Input<1>, LSTM<2>, Dense<1>>>();
  save(model, path);
  const std::string file = content_of(path);
  std::size_t loaded = 0;
  for (std::size_t k = 0; k < file.size(); ++k) {
    write(file.substr(0, k));
    CHECK_THROWS_AS(load_any<float>(path), FileError);
    std::string flipped = file;
    flipped[k] = static_cast<char>(flipped[k] ^ 4);
    write(flipped);
    try {
      load_any<float>(path);
      ++loaded;
    } catch (const FileError&) {
    } catch (const ArgumentError&) {
    }
  }
  CHECK(loaded == 0);
  const std::string text =
      "input (steps, 1)\n0.gru (100000000): activation tanh, recurrent_activation sigmoid, reset_after\n";
  write(detail::file_of(text, ""));
  CHECK(said<ArgumentError>([&] { load_any<float>(path); }) ==
        path + ": 0.gru: expected sizes of as many numbers as the file has");
  write(detail::file_of("input (steps, 64)\n0.last_step (64)\n1.repeat_vector (100000000, 64): steps 100000000\n", ""));
  CHECK(said<ArgumentError>([&] { load_any<float>(path); }) ==
        path + ": 1.repeat_vector: expected sizes of as many numbers as the file has");
  write(detail::file_of("input (steps, 1)\n0.dense (1): activation linear, sideways\n", ""));
  CHECK(said<ArgumentError>([&] { load_any<float>(path); }) ==
        path + ": 0.dense: expected no option \"sideways\", found it");
}
